"""Draws `street.jpg`, `fog.jpg` and `office.jpg`, the places of `sim_worlds.toml` beside the valley, made by formula.

Run `python hw_configs/worlds/make_places.py` to draw them again.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from make_valley import Field, blend, fractal
from PIL import Image

WIDTH, HEIGHT = 1024, 512
SEED = 23
HOUSES = 26
WINDOW_M, FLOOR_M = 2.2, 3.0
ROOM_M = (6.0, 4.5, 2.8)
"""Width, depth and height of the office; the eye stands in its middle."""
EYE_M = 1.5


def directions() -> tuple[Field, Field]:
    """Azimuth (+ right) and elevation of every pixel's centre, in radians."""
    azimuth, elevation = np.meshgrid(
        ((np.arange(WIDTH) + 0.5) / WIDTH - 0.5) * 2 * np.pi, (0.5 - (np.arange(HEIGHT) + 0.5) / HEIGHT) * np.pi
    )
    return azimuth, elevation


def street() -> Field:
    """A square at night, linear light: houses with lit windows around it, a hazy sky, wet stones that mirror both."""
    azimuth, elevation = directions()
    mirrored = np.abs(elevation)
    turn = azimuth / (2 * np.pi) + 0.5
    sky = blend((0.030, 0.034, 0.055), (0.004, 0.006, 0.014), np.clip(mirrored / 0.9, 0.0, 1.0))
    house = np.floor(turn * HOUSES).astype(int) % HOUSES
    dice = np.random.default_rng(SEED)
    heights_m, shades = dice.uniform(8.0, 19.0, HOUSES)[house], dice.uniform(0.6, 1.4, HOUSES)[house]
    height_m, along_m = 20.0 * np.tan(np.clip(mirrored, 0.0, 1.45)), turn * 2 * np.pi * 20.0
    wall = np.array((0.011, 0.010, 0.012)) * shades[..., None]
    lit = _windows(along_m, height_m, dice)
    facade = wall + lit[..., None] * np.array((1.5, 0.85, 0.36))
    light = np.where((height_m < heights_m)[..., None], facade, sky)
    lamp = np.exp(-(((turn * 8) % 1.0 - 0.5) ** 2) * 900.0 - ((mirrored - 0.16) ** 2) * 3000.0)
    light += lamp[..., None] * np.array((6.0, 4.0, 2.0))
    below = (elevation < 0.0)[..., None]
    ripple = 0.25 + 0.3 * fractal(turn * 64, np.clip(1.0 / (mirrored + 0.02), 0.0, 60.0), 3, SEED)
    return np.where(below, light * ripple[..., None] * 0.6 + np.array((0.004, 0.004, 0.005)), light)


def _windows(along_m: Field, height_m: Field, dice: np.random.Generator) -> Field:
    """1 in the panes that are lit, 0 elsewhere."""
    column, floor = np.floor(along_m / WINDOW_M).astype(int), np.floor(height_m / FLOOR_M).astype(int)
    table = dice.random((64, 16))
    is_lit = table[column % 64, np.clip(floor, 0, 15)] > 0.62
    across, up = along_m / WINDOW_M % 1.0, height_m / FLOOR_M % 1.0
    pane = (np.abs(across - 0.5) < 0.27) & (np.abs(up - 0.55) < 0.28) & (np.abs(across - 0.5) > 0.02)
    return np.where(is_lit & pane, 0.4 + 0.6 * table[(column + 7) % 64, np.clip(floor, 0, 15)], 0.0)


def fog() -> Field:
    """Drifting fog, linear light: thickest at the horizon. It lies over the square at a small opacity."""
    azimuth, elevation = directions()
    drift = fractal((azimuth / (2 * np.pi) + 0.5) * 16, 8.0 * np.abs(elevation), 5, SEED + 1)
    thick = np.exp(-np.abs(elevation) / 0.35) * (0.4 + 1.2 * drift)
    return blend((0.006, 0.008, 0.012), (0.16, 0.17, 0.20), np.clip(thick, 0.0, 1.0))


def office() -> Field:
    """A room by day, linear light: a window front ahead, lamps in the ceiling, boards on the floor."""
    azimuth, elevation = directions()
    ray = np.stack([np.cos(elevation) * np.sin(azimuth), np.cos(elevation) * np.cos(azimuth), np.sin(elevation)], -1)
    width_m, depth_m, height_m = ROOM_M
    far = np.where(ray > 0.0, (width_m / 2, depth_m / 2, height_m - EYE_M), (width_m / 2, depth_m / 2, EYE_M))
    reach = far / np.maximum(np.abs(ray), 1e-9)
    side = reach.argmin(-1)
    place = ray * reach.min(-1)[..., None]
    x, y, z = np.moveaxis(place, -1, 0)
    z = z + EYE_M
    corner = np.clip(np.minimum(z, ROOM_M[2] - z) / 0.5, 0.0, 1.0)
    light = np.broadcast_to((0.42, 0.40, 0.37), ray.shape) * (0.75 + 0.25 * corner)[..., None]
    light = np.where((side == 2)[..., None] & (ray[..., 2:] < 0), _boards(x, y), light)
    light = np.where((side == 2)[..., None] & (ray[..., 2:] > 0), _ceiling(x, y), light)
    ahead = (side == 1) & (ray[..., 1] > 0)
    pane = ahead & (np.abs(z - 1.55) < 0.75) & (np.abs(x % 1.5 - 0.75) < 0.66) & (np.abs(x) < 2.8)
    outside = blend((0.9, 1.0, 0.8), (1.6, 2.0, 2.8), np.clip((z - 1.2) / 1.0, 0.0, 1.0))
    door = (side == 1) & (ray[..., 1] < 0) & (np.abs(x - 1.2) < 0.5) & (z < 2.1)
    light = np.where(pane[..., None], outside, light)
    return np.where(door[..., None], np.array((0.16, 0.08, 0.04)), light)


def _boards(x: Field, y: Field) -> Field:
    """Boards of 20 cm on the floor, lighter towards the windows."""
    board = np.floor(x / 0.2)
    grain = 0.8 + 0.4 * fractal(np.abs(board * 3.7) % 64, np.abs(y) * 2 % 64, 3, SEED + 2)
    seam = np.abs(x / 0.2 - board) > 0.04
    nearer = 0.6 + 0.4 * np.clip(y / ROOM_M[1] + 0.5, 0.0, 1.0)
    return np.array((0.30, 0.19, 0.10)) * (grain * nearer * (0.4 + 0.6 * seam))[..., None]


def _ceiling(x: Field, y: Field) -> Field:
    """A white ceiling with six square lamps."""
    lamp = (np.abs(x % 2.0 - 1.0) < 0.3) & (np.abs((y + 0.75) % 1.5 - 0.75) < 0.3)
    return np.where(lamp[..., None], np.array((3.0, 2.9, 2.7)), np.array((0.52, 0.51, 0.49)))


PLACES = {"street.jpg": street, "fog.jpg": fog, "office.jpg": office}


def coded(light: Field) -> Image.Image:
    """Linear light as an sRGB picture; what is brighter than 1 is compressed."""
    light = np.clip(light, 0.0, None)
    light = light * (1 + light / 6.25) / (1 + light)
    code = np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
    dither = np.random.default_rng(SEED).random(code.shape) - 0.5
    return Image.fromarray(np.clip(np.round(code * 255 + dither), 0, 255).astype(np.uint8))


def main() -> None:
    for name, place in PLACES.items():
        coded(place()).save(Path(__file__).parent / name, quality=85, subsampling=0)


if __name__ == "__main__":
    main()
