"""The pictures of the built-in street, made by code: walls with windows, and a road with its pavements."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from render.models.model import Picture
from render.models.texture_levels import linear_from_srgb, made_levels

BAYS = FLOORS = 8
"""Windows side by side, and above each other, in one style of house. The lowest row are shops and doors."""
STYLES = 2
"""Across and down in the picture of walls."""
_CELL_PX = 64
_GLASS = (
    ((0.30, 0.70, 0.20, 0.78), (0.22, 0.78, 0.30, 0.74)),
    ((0.26, 0.74, 0.12, 0.80), (0.36, 0.64, 0.16, 0.84)),
)
"""Of each style left, right, top and bottom of a window in its cell."""
_SHOP = (0.06, 0.94, 0.22, 0.92)
_POOLS_FALL = 0.89
"""The power of what one lamp alone would leave: other light fills the dark between lamps."""
LAMP_EVERY_M = 24.0
ROAD_HALF_M, PAVED_HALF_M = 3.5, 6.5
"""From the middle of the street to the kerb, and to the houses."""

Codes = NDArray[np.uint8]
_ROOTS = np.rint(255.0 * np.sqrt(linear_from_srgb(np.arange(256) / 255.0))).astype(np.uint8)


def walls_of_houses(seed: int = 3) -> Picture:
    """Walls with windows (`Material.is_front`): how bright the wall is, how bright lamps behind windows, how warm,
    and how dark it must be for them.
    """
    rng = np.random.default_rng(seed)
    side = STYLES * BAYS * _CELL_PX
    noise = rng.integers(-9, 10, (side // 4, side // 4)).repeat(4, 0).repeat(4, 1)
    codes = np.zeros((side, side, 4), np.uint8)
    codes[..., 0] = np.clip(226 + noise, 0, 255)
    for row in range(STYLES * FLOORS):
        for column in range(STYLES * BAYS):
            style = _GLASS[row // FLOORS][column // BAYS]
            is_shop = row % FLOORS == FLOORS - 1
            cell = (slice(row * _CELL_PX, (row + 1) * _CELL_PX), slice(column * _CELL_PX, (column + 1) * _CELL_PX))
            _paint_window(codes[cell], _SHOP if is_shop else style, rng, is_shop=is_shop)
    return _in_roots("walls", codes)


def _paint_window(
    cell: Codes, edges: tuple[float, float, float, float], rng: np.random.Generator, *, is_shop: bool
) -> None:
    """A window in its cell: reveal, frame, panes, a sill; behind it a lamp that is switched on at its own hour."""
    left, right, top, bottom = (round(edge * _CELL_PX) for edge in edges)
    wall, glow = cell[..., 0], cell[..., 1]
    wall[top - 4 : bottom + 4, left - 4 : right + 4] = 200
    wall[top - 4 : top - 1, left - 4 : right + 4] = 120
    wall[bottom + 1 : bottom + 4, left - 4 : right + 4] = 244
    wall[-3:] = 205
    glass = (slice(top, bottom), slice(left, right))
    wall[glass] = np.linspace(78, 34, bottom - top)[:, None]
    cell[..., 2] = 0 if is_shop and rng.random() < 0.5 else 255
    light = 255.0 * rng.uniform(0.55, 1.0)
    when = rng.uniform(0.05, 0.35) if is_shop else rng.uniform(0.2, 1.6)
    if when < 1.0:
        fall = np.linspace(1.0, 0.62, bottom - top)[:, None]
        glow[glass] = np.clip(fall * light + rng.integers(-12, 12, (bottom - top, 1)), 0, 255)
        if not is_shop and rng.random() < 0.5:  # curtains
            width = max(2, (right - left) // 5)
            for side in (slice(left, left + width), slice(right - width, right)):
                glow[top:bottom, side] //= 3
    cell[..., 3] = round(255 * min(when, 0.97))
    bar = 3 if is_shop else 2
    middle = (left + right) // 2
    for painted, code in ((wall, 215 if not is_shop else 60), (glow, 0)):
        painted[top:bottom, middle - bar // 2 : middle + (bar + 1) // 2] = code
        painted[top + (bottom - top) // 3 : top + (bottom - top) // 3 + 2, left:right] = code


def road(seed: int = 5) -> Picture:
    """The street between its houses over the way from lamp to lamp; alpha has the roots of the light of lamps on it."""
    rng = np.random.default_rng(seed)
    rows, columns = 512, 256
    across = (np.arange(columns) + 0.5) / columns * 2.0 * PAVED_HALF_M - PAVED_HALF_M
    along = (np.arange(rows) + 0.5) / rows * LAMP_EVERY_M
    is_paved = np.abs(across) > ROAD_HALF_M
    level = np.where(is_paved, 150.0, 92.0)[None, :] + rng.normal(0.0, 5.0, (rows, columns))
    slab = (np.floor(across / 0.75)[None, :] * 7 + np.floor(along / 1.0)[:, None] * 13) % 5
    level += np.where(is_paved[None, :], 4.0 * slab - 8.0, 0.0)
    level[:, np.abs(np.abs(across) - ROAD_HALF_M) < 0.09] = 178.0
    level[np.ix_(along % 6.0 < 3.0, np.abs(across) < 0.07)] = 205.0
    codes = np.full((rows, columns, 4), 255, np.uint8)
    codes[..., :3] = np.clip(level[..., None] * np.array((1.0, 0.99, 0.97)), 0, 255).astype(np.uint8)
    pools = np.zeros((rows, columns))
    for side, where in ((-1.0, 0.0), (1.0, 0.5 * LAMP_EVERY_M)):
        gap = np.abs(along - where)
        gap = np.minimum(gap, LAMP_EVERY_M - gap)
        squared = gap[:, None] ** 2 + (across[None, :] - side * (ROAD_HALF_M + 0.2)) ** 2
        pools += (4.6**2 / (squared + 4.6**2)) ** 2
    codes[..., 3] = np.rint(255.0 * np.minimum(pools, 1.0) ** (0.5 * _POOLS_FALL))
    return _in_roots("road", codes)


def _in_roots(name: str, codes: Codes) -> Picture:
    """A picture of sRGB codes as one of the roots of their light, with its levels (`Material.has_roots`)."""
    levels = (codes, *made_levels(codes, is_srgb=True))
    first, *others = (np.concatenate([_ROOTS[level[..., :3]], level[..., 3:]], axis=2) for level in levels)
    return Picture(name, first, tuple(others))
