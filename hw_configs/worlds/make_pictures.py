"""Draws the pictures of `sim_pictures.toml`, made by formula: `alley.jpg`, `courtyard.jpg`, `railing.jpg` and its mask.

They are such as generators make: a flat one in perspective whose horizon is tilted and not in the middle, a sphere from
the height of somebody's eyes, and a foreground. Run `python hw_configs/worlds/make_pictures.py [FOLDER]` to draw them.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from make_places import coded
from make_valley import Field, blend, fractal
from PIL import Image

FLAT_PX = (640, 360)
SPHERE_PX = (1024, 512)
SEED = 31
ALLEY_HORIZON, ALLEY_ROLL_DEG = 0.38, 5.0
"""The row of the alley's horizon, as a share of the height from the top, and how far it falls to the right."""
ALLEY_WIDTH_DEG = 64.0
COURTYARD_EYE_M, COURTYARD_M = 1.7, 9.0
"""How high above the courtyard's stones the eye is, and how far away its walls are."""


def flat_rays(horizon: float, roll_deg: float, width_deg: float) -> tuple[Field, Field]:
    """How far aside and up each pixel of a flat picture looks, for a metre ahead; tilted about the horizon's middle."""
    columns, rows = FLAT_PX
    scale = 2.0 * np.tan(np.radians(width_deg) / 2.0) / columns
    across, down = np.meshgrid(np.arange(columns) + 0.5 - columns / 2.0, np.arange(rows) + 0.5 - horizon * rows)
    turn = np.radians(roll_deg)
    aside = (across * np.cos(turn) + down * np.sin(turn)) * scale
    return aside, -(down * np.cos(turn) - across * np.sin(turn)) * scale


def alley() -> Field:
    """A narrow street at dusk, linear light: houses on both sides, wet stones, the last light at its end."""
    aside, up = flat_rays(ALLEY_HORIZON, ALLEY_ROLL_DEG, ALLEY_WIDTH_DEG)
    to_wall = 3.5 / np.maximum(np.abs(aside), 1e-6)
    to_ground = np.where(up < 0.0, 1.6 / np.maximum(-up, 1e-6), np.inf)
    reach = np.minimum(np.minimum(to_wall, to_ground), 60.0)
    x, z = aside * reach, up * reach + 1.6
    sky = blend((0.75, 0.42, 0.22), (0.10, 0.15, 0.30), np.clip(up / 0.7, 0.0, 1.0))
    house = np.floor(reach / 7.0)
    height = 6.0 + 4.0 * np.abs(np.sin(house * 2.4 + (x > 0) * 1.1))
    shade = 0.6 + 0.4 * np.abs(np.sin(house * 5.1 + (x > 0) * 2.0))
    wall = np.array((0.11, 0.085, 0.07)) * shade[..., None]
    pane = (np.abs(reach % 2.4 - 1.2) < 0.5) & (np.abs(z % 3.0 - 1.7) < 0.8)
    lit = pane & (np.sin(np.floor(reach / 2.4) * 3.7 + np.floor(z / 3.0) * 1.9 + (x > 0)) > 0.1)
    light = np.where((z < height)[..., None] & (reach < 59.0)[..., None], wall, sky)
    light = np.where((pane & (z < height))[..., None], np.array((0.02, 0.025, 0.03)), light)
    light = np.where((lit & (z < height) & (reach < 59.0))[..., None], np.array((1.4, 0.8, 0.32)), light)
    wet = 0.35 + 0.5 * fractal(np.abs(x) * 3.0 % 64, reach * 1.5 % 64, 4, SEED)
    stones = np.array((0.10, 0.085, 0.08)) * wet[..., None] + 0.25 * sky * np.clip(reach / 40.0, 0.0, 1.0)[..., None]
    return np.where((to_ground <= to_wall)[..., None] & (reach < 59.0)[..., None], stones, light)


def courtyard() -> Field:
    """A courtyard by day, linear light, all around: stones of a metre under the feet, plastered walls, a bright sky."""
    columns, rows = SPHERE_PX
    azimuth, elevation = np.meshgrid(
        ((np.arange(columns) + 0.5) / columns - 0.5) * 2 * np.pi, (0.5 - (np.arange(rows) + 0.5) / rows) * np.pi
    )
    down = np.maximum(-np.tan(elevation), 1e-6)
    reach = np.minimum(COURTYARD_EYE_M / down, COURTYARD_M)
    x, y = reach * np.sin(azimuth), reach * np.cos(azimuth)
    seam = (np.abs((x + 0.5) % 1.0 - 0.5) > 0.46) | (np.abs((y + 0.5) % 1.0 - 0.5) > 0.46)
    stone = 0.7 + 0.5 * np.abs(np.sin(np.floor(x + 0.5) * 7.3 + np.floor(y + 0.5) * 3.1))
    ground = np.array((0.34, 0.32, 0.29)) * (stone * (0.35 + 0.65 * ~seam))[..., None]
    height = COURTYARD_EYE_M + COURTYARD_M * np.tan(np.clip(elevation, -1.4, 1.4))
    along = (azimuth / (2 * np.pi) + 0.5) * 24.0
    arch = (np.abs(along % 1.0 - 0.5) < 0.22) & (height < 2.6)
    plaster = blend((0.62, 0.52, 0.40), (0.50, 0.42, 0.34), np.abs(np.sin(np.floor(along) * 1.7)))
    wall = np.where(arch[..., None], np.array((0.07, 0.06, 0.055)), plaster)
    sky = blend((0.95, 1.05, 1.2), (0.30, 0.55, 1.1), np.clip(elevation / 1.2, 0.0, 1.0))
    light = np.where((height < 4.2)[..., None], wall, sky)
    return np.where(((elevation < 0.0) & (COURTYARD_EYE_M / down < COURTYARD_M))[..., None], ground, light)


def bars() -> Field:
    """1 where the railing is, 0 between its bars and above it."""
    columns, rows = FLAT_PX
    across, down = np.meshgrid((np.arange(columns) + 0.5) / columns, (np.arange(rows) + 0.5) / rows)
    rail = (np.abs(down - 0.62) < 0.022) | (np.abs(down - 0.94) < 0.018)
    bar = (np.abs(across * 18.0 % 1.0 - 0.5) < 0.11) & (down > 0.62) & (down < 0.96)
    return (rail | bar).astype(float)


def railing() -> Field:
    """An iron railing, linear light; what is between its bars does not matter, the mask leaves it out."""
    columns, rows = FLAT_PX
    across, down = np.meshgrid((np.arange(columns) + 0.5) / columns, (np.arange(rows) + 0.5) / rows)
    shine = 0.4 + 0.6 * np.abs(np.sin(across * 18.0 * np.pi)) ** 3
    return np.array((0.045, 0.047, 0.052)) * (shine * (1.2 - 0.5 * down))[..., None]


PICTURES = {"alley.jpg": alley, "courtyard.jpg": courtyard, "railing.jpg": railing}
MASK = "railing.mask.png"


def mask() -> Image.Image:
    """The mask of the railing: white where it is."""
    return Image.fromarray(np.round(bars() * 255).astype(np.uint8))


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, picture in PICTURES.items():
        coded(picture()).save(folder / name, quality=88, subsampling=0)
    mask().save(folder / MASK, optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
