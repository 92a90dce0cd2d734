"""Directions all around, in rows of elevation and columns of azimuth, as the texels of a panorama lie.

A source that is smaller than a step between them counts whole wherever it is: what a filtered panorama shows of it at
evenly spaced places along its rows and columns sums up to the same, if its texels are a whole number of steps wide.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Indices = NDArray[np.int64]

ROWS = 64
"""Rows of tiles, from the top down."""
COLUMNS = 2 * ROWS
"""Tiles of a row, from behind over the left: the middle one looks along +Y."""
STEP = math.pi / ROWS
"""How high a tile is, and how wide at the horizon, radians."""


def directions_around(side: int) -> Array:
    """Unit vectors of the middles of `side` x `side` parts of every tile: (ROWS * side, COLUMNS * side, 3)."""
    rows, columns = np.meshgrid(np.arange(ROWS * side), np.arange(COLUMNS * side), indexing="ij")
    return _towards(rows, columns, side)


def directions_in(tiles: Indices, side: int) -> Array:
    """The same of some `tiles` (n,), each by itself: (n, side, side, 3)."""
    row, column = np.divmod(tiles, COLUMNS)
    down, aside = np.meshgrid(np.arange(side), np.arange(side), indexing="ij")
    return _towards(side * row[:, None, None] + down, side * column[:, None, None] + aside, side)


def steradians() -> Array:
    """How much of all directions each tile is: (ROWS * COLUMNS,), row by row."""
    edges = np.sin(math.pi * (0.5 - np.arange(ROWS + 1) / ROWS))
    return np.repeat((edges[:-1] - edges[1:]) * STEP, COLUMNS)


def _towards(rows: Indices, columns: Indices, side: int) -> Array:
    elevation = math.pi * (0.5 - (rows + 0.5) / (ROWS * side))
    turn = math.pi * (2.0 * (columns + 0.5) / (COLUMNS * side) - 1.0)
    level = np.cos(elevation)
    return np.stack([level * np.sin(turn), level * np.cos(turn), np.sin(elevation)], axis=-1)
