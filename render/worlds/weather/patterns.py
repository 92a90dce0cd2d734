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


def drops() -> Tile:
    """Four sets of drops on 8 x 8 m, as the streaks that an exposure of 1/40 s makes of them: (512, 1024, 4)."""
    tile = np.zeros((*_DROPS_PX, 4))
    for number in range(4):
        for x, y, size, strength in _scattered(_DROPS, number):
            middle = (y * _DROPS_PX[0], x * _DROPS_PX[1])
            half = ((0.10 + 0.06 * size) / _DROP_ROW_M, (0.004 + 0.003 * size) / _TEXEL_M)
            _add(tile[:, :, number], middle, half, 0.5 + 0.5 * strength)
    return _bytes(tile)


def flakes() -> Tile:
    """Three sets of flakes on 8 x 4 m, and in alpha billows, about 0.5: (512, 1024, 4)."""
    tile = np.zeros((*_FLAKES_PX, 4))
    for number in range(3):
        for x, y, size, strength in _scattered(_FLAKES, 10 + number):
            middle = (y * _FLAKES_PX[0], x * _FLAKES_PX[1])
            wide = (0.009 + 0.012 * size * size) / _TEXEL_M
            _add(tile[:, :, number], middle, (wide, wide), 0.6 + 0.4 * strength)
    tile[:, :, 3] = _billows()
    return _bytes(tile)


def _scattered(count: int, seed: int) -> NDArray[np.float64]:
    """Four numbers of 0 to 1 for each of `count` things: (count, 4). Places are even over the tile (R2, M. Roberts)."""
    counted = np.arange(1, count + 1)[:, None] + 0.37 * seed
    even = np.mod(counted * np.array([0.7548776662, 0.5698402910]) + 0.13 * seed, 1.0)
    loose = numbers(count * 4, seed).reshape(count, 4)
    places = np.mod(even + 0.12 * (loose[:, :2] - 0.5), 1.0)
    return np.concatenate([places, loose[:, 2:]], axis=1)


def _add(tile: NDArray[np.float64], middle: tuple[float, float], half: tuple[float, float], strength: float) -> None:
    """Adds one thing, round and soft, around a place of the tile, across its edges too."""
    half_rows, half_columns = (max(one, 0.8) for one in half)
    rows = np.arange(math.floor(middle[0] - 2.0 * half_rows), math.ceil(middle[0] + 2.0 * half_rows) + 1)
    columns = np.arange(math.floor(middle[1] - 2.0 * half_columns), math.ceil(middle[1] + 2.0 * half_columns) + 1)
    down = (rows + 0.5 - middle[0]) / half_rows
    across = (columns + 0.5 - middle[1]) / half_columns
    cover = strength * np.exp(-(down[:, None] ** 2) - across[None, :] ** 2)
    place = np.ix_(rows % tile.shape[0], columns % tile.shape[1])
    tile[place] = np.maximum(tile[place], cover)


def _billows() -> NDArray[np.float64]:
    """A smooth field of 0 to 1 that repeats: waves of whole numbers on the tile, the long ones strongest."""
    y, x = (2.0 * math.pi * np.arange(count) / count for count in _FLAKES_PX)
    field = np.zeros(_FLAKES_PX)
    for number, (along, up, phase, _) in enumerate(numbers(4 * 24, 99).reshape(24, 4)):
        reach = 1.0 + number / 12.0
        across, upright = round(5.0 * (along - 0.5) * reach), round(9.0 * (up - 0.5) * reach)
        if across or upright:
            turned = upright * y + 2.0 * math.pi * phase
            wave = np.outer(np.cos(turned), np.cos(across * x)) - np.outer(np.sin(turned), np.sin(across * x))
            field += wave / math.hypot(across, 2.0 * upright)
    billows: NDArray[np.float64] = np.clip(0.5 + 0.2 * field / field.std(), 0.0, 1.0)
    return billows


def _bytes(tile: NDArray[np.float64]) -> Tile:
    return np.round(np.clip(tile, 0.0, 1.0) * 255.0).astype(np.uint8)
