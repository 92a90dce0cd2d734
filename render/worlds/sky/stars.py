"""The fixed stars: seeded, since a stage needs a night sky and no particular one, as many and as bright as real ones.

They stand in a frame of their own: +Z the celestial north pole. Brightness is in parts of the sun outside the air.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from render.worlds.sky.air import SUN_LUX

CELLS = 128
"""A side of the octahedron's picture, in cells of which each holds one star at most."""
_SEED = 20_260_320
_STARS = 7500
_FAINTEST = 6.5
_DECADES_A_MAGNITUDE = 0.51
"""How fast the count of real stars grows with magnitude."""
_LUX_AT_ZERO = 2.54e-6
BRIGHTEST = 10.0 ** (0.4 * 1.46) * _LUX_AT_ZERO / SUN_LUX
"""Sirius."""
MEAN_LIGHT = 1.118e-10
"""What all stars together are, spread over the whole sphere."""


def star_table() -> NDArray[np.float32]:
    """Stars by the cell that they are in, (CELLS, CELLS, 4): a unit vector, and the illuminance; 0 where there is none.

    About 6000 of them are brighter than magnitude 6.5. Of two in a cell the brighter one stays.
    """
    height, turn, rank = (_even(_STARS, stream) for stream in range(3))
    z = 2.0 * height - 1.0
    level = np.sqrt(1.0 - z * z)
    directions = np.stack([level * np.cos(2.0 * math.pi * turn), level * np.sin(2.0 * math.pi * turn), z], axis=1)
    magnitude = _FAINTEST + np.log10(rank + 0.5 / _STARS) / _DECADES_A_MAGNITUDE
    light = np.minimum(_LUX_AT_ZERO / SUN_LUX * 10.0 ** (-0.4 * magnitude), BRIGHTEST)
    table = np.zeros((CELLS, CELLS, 4), np.float32)
    columns, rows = cells_of(directions)
    order = np.argsort(light, kind="stable")
    table[rows[order], columns[order]] = np.concatenate([directions, light[:, None]], axis=1)[order]
    return table


def with_edges(table: NDArray[np.float32]) -> NDArray[np.float32]:
    """The table with one more row or column at each side: over an edge of the square the octahedron goes on at that
    edge's other half.
    """
    cells = np.arange(-1, CELLS + 1)
    row, column = np.meshgrid(cells, cells, indexing="ij")
    inside_row, inside_column = np.clip(row, 0, CELLS - 1), np.clip(column, 0, CELLS - 1)
    rows = np.where(column == inside_column, inside_row, CELLS - 1 - inside_row)
    columns = np.where(row == inside_row, inside_column, CELLS - 1 - inside_column)
    return table[rows, columns]


def cells_of(directions: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Columns and rows of the cells that unit vectors, (n, 3), are in: an octahedron unfolded to a square."""
    flat = directions[:, :2] / np.abs(directions).sum(1, keepdims=True)
    folded = (1.0 - np.abs(flat[:, ::-1])) * np.where(flat >= 0.0, 1.0, -1.0)
    flat = np.where(directions[:, 2:] >= 0.0, flat, folded)
    cells = np.clip((0.5 * (flat + 1.0) * CELLS).astype(np.int64), 0, CELLS - 1)
    return cells[:, 0], cells[:, 1]


def _even(count: int, stream: int) -> NDArray[np.float64]:
    """Numbers that are even over 0 to 1, the same on every machine (SplitMix64, G. Steele et al., 2014)."""
    with np.errstate(over="ignore"):
        mixed = np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        mixed += np.uint64(_SEED + stream) * np.uint64(0xD1342543DE82EF95)
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        mixed ^= mixed >> np.uint64(31)
    even: NDArray[np.float64] = (mixed >> np.uint64(11)).astype(np.float64) * 2.0**-53
    return even
