"""What is on the shells of rain, snow and dust: drops, flakes and billows as tiles, always the same ones."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from render.worlds.sky.cloud_field import numbers

_DROPS_PX, _FLAKES_PX = (512, 1024), (512, 1024)
"""Rows and columns of the tiles."""
_TEXEL_M = 8.0 / 1024.0
_DROP_ROW_M = 8.0 / 512.0
_DROPS, _FLAKES = 240, 380
"""How many there are in each set of a tile."""

Tile = NDArray[np.uint8]
Numbers = NDArray[np.float64]


def drops() -> Tile:
    """Four sets of drops on 8 x 8 m, as the streaks that an exposure of 1/40 s makes of them: (512, 1024, 4)."""
    sets = []
    for number in range(4):
        places, size, strength = _scattered(_DROPS, number)
        half = np.stack([(0.10 + 0.06 * size) / _DROP_ROW_M, (0.004 + 0.003 * size) / _TEXEL_M], axis=1)
        sets.append(_bytes(_covered(_DROPS_PX, places, half, 0.5 + 0.5 * strength)))
    return np.stack(sets, axis=2)


def flakes() -> Tile:
    """Three sets of flakes on 8 x 4 m, and in alpha billows, about 0.5: (512, 1024, 4)."""
    sets = []
    for number in range(3):
        places, size, strength = _scattered(_FLAKES, 10 + number)
        half = (0.009 + 0.012 * size * size) / _TEXEL_M
        sets.append(_bytes(_covered(_FLAKES_PX, places, np.stack([half, half], axis=1), 0.6 + 0.4 * strength)))
    return np.stack([*sets, _bytes(_billows())], axis=2)


def _scattered(count: int, seed: int) -> tuple[Numbers, Numbers, Numbers]:
    """Numbers of 0 to 1 for each of `count` things: its place on the tile, down and across, (count, 2); its size; its
    strength. Places are even over the tile (R2, M. Roberts).
    """
    counted = np.arange(1, count + 1)[:, None] + 0.37 * seed
    even = np.mod(counted * np.array([0.7548776662, 0.5698402910]) + 0.13 * seed, 1.0)
    loose = numbers(count * 4, seed).reshape(count, 4)
    places = np.mod(even + 0.12 * (loose[:, :2] - 0.5), 1.0)
    return places[:, ::-1], loose[:, 2], loose[:, 3]


def _covered(size_px: tuple[int, int], places: Numbers, half: Numbers, strengths: Numbers) -> Numbers:
    """How much things cover of a tile, each round and soft around its place, across the tile's edges too.

    `half` are rows and columns: (count, 2).
    """
    middles, half = places * size_px, np.maximum(half, 0.8)
    first, last = np.floor(middles - 2.0 * half), np.ceil(middles + 2.0 * half)
    texels, covers = [], []
    for axis, most in enumerate((last - first).max(axis=0)):
        texel = first[:, axis, None] + np.arange(most + 1.0)
        away = (texel + 0.5 - middles[:, axis, None]) / half[:, axis, None]
        texels.append(texel.astype(np.int64) % size_px[axis])
        covers.append(np.where(texel <= last[:, axis, None], away**2, np.inf))
    cover = strengths[:, None, None] * np.exp(-covers[0][:, :, None] - covers[1][:, None, :])
    tile = np.zeros(size_px[0] * size_px[1])
    np.maximum.at(tile, (texels[0][:, :, None] * size_px[1] + texels[1][:, None, :]).ravel(), cover.ravel())
    return tile.reshape(size_px)


def _billows() -> Numbers:
    """A smooth field of 0 to 1 that repeats: waves of whole numbers on the tile, the long ones strongest."""
    y, x = (2.0 * math.pi * np.arange(count) / count for count in _FLAKES_PX)
    down: list[Numbers] = []
    sideways: list[Numbers] = []
    for number, (along, up, phase, _) in enumerate(numbers(4 * 24, 99).reshape(24, 4)):
        reach = 1.0 + number / 12.0
        across, upright = round(5.0 * (along - 0.5) * reach), round(9.0 * (up - 0.5) * reach)
        if across or upright:
            turned, size = upright * y + 2.0 * math.pi * phase, math.hypot(across, 2.0 * upright)
            down += [np.cos(turned) / size, -np.sin(turned) / size]
            sideways += [np.cos(across * x), np.sin(across * x)]
    field = np.stack(down, axis=1) @ np.stack(sideways)
    billows: Numbers = np.clip(0.5 + 0.2 * field / field.std(), 0.0, 1.0)
    return billows


def _bytes(tile: Numbers) -> Tile:
    return np.round(np.clip(tile, 0.0, 1.0) * 255.0).astype(np.uint8)
