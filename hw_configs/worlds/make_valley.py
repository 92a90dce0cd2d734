"""Draws `valley.jpg`, the panorama of the simulated stages: a valley at sunset, made by formula. And `valley_land.jpg`
with its mask: the same valley on a clear early afternoon without its sky, to stand before a live one.

Run `python hw_configs/worlds/make_valley.py` to draw it again.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

WIDTH, HEIGHT = 4096, 2048
SUN_AZIMUTH_DEG, SUN_ELEVATION_DEG = 18.0, 7.0
SEED = 11
RIDGES = ((8.5, 8), (5.5, 16), (3.2, 16), (1.2, 32))
"""Of each ridge, the farthest first: its height in degrees, and how many hills it has."""
Field = NDArray[np.float64]


def value_noise(x: Field, y: Field, seed: int) -> Field:
    """Smooth noise in 0..1 over a unit lattice that repeats every 64 cells in x."""
    lattice = np.random.default_rng(seed).random((64, 64))
    column, row = np.floor(x).astype(int), np.floor(y).astype(int)
    u, v = x - column, y - row
    u, v = u * u * (3 - 2 * u), v * v * (3 - 2 * v)

    left, right = column % 64, (column + 1) % 64
    above, below = row % 64 * 64, (row + 1) % 64 * 64
    cells = lattice.ravel()
    upper = cells.take(above + left) * (1 - u) + cells.take(above + right) * u
    lower = cells.take(below + left) * (1 - u) + cells.take(below + right) * u
    return upper * (1 - v) + lower * v


def fractal(x: Field, y: Field, octaves: int, seed: int) -> Field:
    """Octaves of value noise, each half as strong and twice as fine."""
    total, weight = np.zeros_like(x), 0.0
    for octave in range(octaves):
        share = 0.5**octave
        total += share * value_noise(x * 2**octave, y * 2**octave, seed + octave)
        weight += share
    return total / weight


def blend(low: tuple[float, ...], high: tuple[float, ...], share: Field) -> Field:
    """Colours from `low` (share 0) to `high` (share 1)."""
    return np.array(low) * (1 - share[..., None]) + np.array(high) * share[..., None]


def sky(azimuth: Field, elevation: Field) -> Field:
    """Linear light of the evening sky: a warm horizon, a blue zenith, the sun's glow and lit clouds."""
    height = np.clip(np.degrees(elevation) / 70.0, 0.0, 1.0) ** 0.55
    light = blend((1.05, 0.47, 0.20), (0.06, 0.14, 0.36), height)
    sun_azimuth, sun_elevation = np.radians(SUN_AZIMUTH_DEG), np.radians(SUN_ELEVATION_DEG)
    cosine = np.sin(elevation) * np.sin(sun_elevation) + np.cos(elevation) * np.cos(sun_elevation) * np.cos(
        azimuth - sun_azimuth
    )
    apart = np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0)))
    glow = 1.6 * np.exp(-apart / 9.0) + 0.5 * np.exp(-apart / 30.0) + 6.0 * (apart < 1.3)
    light += glow[..., None] * np.array((1.0, 0.62, 0.28))
    drift = 9.0 / (np.sin(np.clip(elevation, 0.02, None)) + 0.35)
    cloud = fractal((azimuth / (2 * np.pi) + 0.5) * 16, drift, 6, SEED)
    cover = np.clip((cloud - 0.50) * 4.0, 0.0, 1.0) * np.clip(np.degrees(elevation) / 6.0, 0.0, 1.0)
    lit = np.array((0.30, 0.24, 0.30)) + np.exp(-apart / 35.0)[..., None] * np.array((1.3, 0.62, 0.36))
    return light * (1 - 0.75 * cover[..., None]) + 0.75 * cover[..., None] * lit


class Lit(NamedTuple):
    """What the light of an hour makes of the land: its ridges, the farthest first, the haze before them, and the stones
    away from the sun, towards it, and far off.
    """

    ridges: tuple[tuple[float, float, float], ...]
    haze: tuple[float, float, float]
    stones: tuple[tuple[float, float, float], tuple[float, float, float], tuple[float, float, float]]


SUNSET = Lit(
    ridges=((0.30, 0.19, 0.22), (0.16, 0.11, 0.14), (0.07, 0.06, 0.07), (0.03, 0.035, 0.03)),
    haze=(0.72, 0.36, 0.22),
    stones=((0.050, 0.046, 0.055), (0.20, 0.125, 0.085), (0.16, 0.10, 0.085)),
)
DAY = Lit(
    ridges=((0.26, 0.33, 0.42), (0.17, 0.23, 0.27), (0.11, 0.17, 0.12), (0.09, 0.14, 0.055)),
    haze=(0.46, 0.60, 0.80),
    stones=((0.34, 0.32, 0.29), (0.40, 0.38, 0.34), (0.31, 0.33, 0.32)),
)


def hills(light: Field, azimuth: Field, elevation: Field, lit: Lit = SUNSET) -> Field:
    """Four ridges, paler with distance. What they cover, 0 to 1."""
    turn = azimuth / (2 * np.pi) + 0.5
    haze = np.array(lit.haze)
    left = np.ones_like(elevation)
    for index, ((height_deg, cells), dark) in enumerate(zip(RIDGES, lit.ridges, strict=True)):
        ridge = np.radians(
            height_deg * (0.35 + 1.1 * fractal(turn * cells, np.full_like(turn, 3.7 + index), 6, 40 + index)) - 2.0
        )
        inside = np.clip((ridge - elevation) / np.radians(0.12), 0.0, 1.0)[..., None]
        depth = np.clip((ridge - elevation) / np.radians(7.0), 0.0, 1.0)[..., None]
        shade = np.array(dark) * (1 - 0.55 * depth) + haze * 0.30 * depth
        light[:] = light * (1 - inside) + shade * inside
        left *= 1 - inside[..., 0]
    return 1 - left


def ground(light: Field, azimuth: Field, elevation: Field, lit: Lit = SUNSET) -> None:
    """A stone floor of one-metre slabs below the horizon, seen from 1.6 m: its lines give the eye perspective."""
    below = elevation < np.radians(-0.6)
    distance = 1.6 / np.tan(-np.where(below, elevation, -1.0))
    x, y = distance * np.sin(azimuth), distance * np.cos(azimuth)
    joint = np.minimum(np.abs(x - np.round(x)), np.abs(y - np.round(y)))
    line = np.clip((joint - 0.012 - 0.002 * distance) / (0.01 + 0.003 * distance), 0.0, 1.0)
    slab = 0.75 + 0.35 * value_noise(np.floor(x) * 7.31 % 64, np.floor(y) * 3.77 % 64, 90)
    grain = 0.85 + 0.3 * fractal(np.abs(x) * 9 % 64, np.abs(y) * 9 % 64, 3, 120)
    warm = np.clip(0.5 + 0.5 * np.cos(azimuth - np.radians(SUN_AZIMUTH_DEG)), 0.0, 1.0)
    away, towards, far_off = lit.stones
    base = blend(away, towards, warm) * (slab * grain * (0.35 + 0.65 * line))[..., None]
    far = np.clip(distance / 60.0, 0.0, 1.0)[..., None]
    base = base * (1 - 0.7 * far) + np.array(far_off) * 0.7 * far
    light[below] = base[below]


def land(azimuth: Field, elevation: Field) -> tuple[Field, Field]:
    """Linear light of the valley by day, and what it covers of the sky, which has the light of the farthest ridge."""
    light = np.tile(np.array(DAY.ridges[0]), (*elevation.shape, 1))
    cover = hills(light, azimuth, elevation, DAY)
    ground(light, azimuth, elevation, DAY)
    return light, np.where(elevation < np.radians(-0.6), 1.0, cover)


def save(code: Field, name: str, size: tuple[int, int], **how: Any) -> None:
    """Writes code values, 0 to 1, as a picture of this size."""
    dither = np.random.default_rng(SEED).random(code.shape) - 0.5
    picture = np.clip(np.round(code * 255 + dither), 0, 255).astype(np.uint8)
    Image.fromarray(picture).resize(size, Image.Resampling.LANCZOS).save(Path(__file__).parent / name, **how)


def coded(light: Field) -> Field:
    """Code values of sRGB."""
    return np.asarray(np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055))


def main() -> None:
    azimuth, elevation = np.meshgrid(
        ((np.arange(WIDTH) + 0.5) / WIDTH - 0.5) * 2 * np.pi, (0.5 - (np.arange(HEIGHT) + 0.5) / HEIGHT) * np.pi
    )
    light = sky(azimuth, elevation)
    hills(light, azimuth, elevation)
    ground(light, azimuth, elevation)
    light = np.clip(light * 0.9, 0.0, None)
    save(
        coded(light * (1 + light / 6.25) / (1 + light)),
        "valley.jpg",
        (WIDTH // 2, HEIGHT // 2),
        quality=90,
        subsampling=0,
    )
    light, cover = land(azimuth, elevation)
    save(coded(light), "valley_land.jpg", (WIDTH // 2, HEIGHT // 2), quality=80)
    Image.fromarray(np.round(cover * 255).astype(np.uint8)).resize(
        (WIDTH // 2, HEIGHT // 2), Image.Resampling.BOX
    ).save(Path(__file__).parent / "valley_land.mask.png", optimize=True)


if __name__ == "__main__":
    main()
