"""The levels of a depth map, which the rays of `shaders/common/relief.glsl` march through.

A texel has three numbers: what the map holds there, and in smaller levels the largest around it; the smallest around
it; and whether depth jumps there. "Around" is a texel's own part of the map and its neighbours' at that level, so that
one look-up bounds any path of a texel's length.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from render.assets.halves import floats_of, halves_of
from render.assets.levels import Put, level_sizes

Map = npt.NDArray[np.float32]

JUMP, LEAST_JUMP = 0.2, 0.02
"""Depth jumps between neighbours that differ by this share of the nearer one, and of the nearest in the map."""
_SOFT_TEXELS = 2
"""How far from its middle a jump may be softened by whoever wrote the map: that is undone."""
_ROWS_AT_ONCE = 256


def make_depth_levels(held: Map, put: Put) -> None:
    """Makes every level of a map (rows, columns) and `put`s its rows. Sideways a map goes on at its other edge."""
    held = floats_of(halves_of(held))
    jumps = jumps_in(held).astype(np.float32)
    _put_all(0, held, held, jumps, put)
    most, least = held, held
    for level, size in enumerate(level_sizes(*held.shape)[1:], start=1):
        most, least, jumps = _pooled(most, size, np.maximum), _pooled(least, size, np.minimum), _pooled(jumps, size)
        _put_all(level, _around(most), _around(least, np.minimum), _around(jumps), put)


def jumps_in(held: Map) -> npt.NDArray[np.bool_]:
    """Where a map jumps from a texel to its right or lower neighbour: both are marked."""
    least = LEAST_JUMP * float(held.max(initial=0.0))
    found = np.zeros(held.shape, dtype=np.bool_)
    right = _differ(held, np.roll(held, -1, axis=1), least)
    found |= right
    found |= np.roll(right, 1, axis=1)
    below = _differ(held[:-1], held[1:], least)
    found[:-1] |= below
    found[1:] |= below
    return found


def sharpened(held: Map) -> Map:
    """The map with its jumps in one step: a texel between a nearer and a farther surface is of one of them."""
    most, least = held, held
    for _ in range(_SOFT_TEXELS):
        most, least = _around(most), _around(least, np.minimum)
    floor = LEAST_JUMP * float(held.max(initial=0.0))
    soft = (most - least) > np.maximum(JUMP * most, floor)
    nearer = (most - held) < (held - least)
    return np.asarray(np.where(soft, np.where(nearer, most, least), held), dtype=np.float32)


def _differ(one: Map, other: Map, least: float) -> npt.NDArray[np.bool_]:
    return np.asarray(np.abs(one - other) > np.maximum(JUMP * np.maximum(one, other), least))


def _around(values: Map, larger: np.ufunc = np.maximum) -> Map:
    """The largest, or by `larger` another choice, of each texel and its eight neighbours."""
    found = larger(larger(values, np.roll(values, 1, axis=1)), np.roll(values, -1, axis=1))
    across: Map = np.array(found, dtype=np.float32)
    across[1:] = larger(across[1:], found[:-1])
    across[:-1] = larger(across[:-1], found[1:])
    return across


def _pooled(values: Map, size: tuple[int, int], larger: np.ufunc = np.maximum) -> Map:
    """The next smaller level: the choice of all texels that a texel of it has a part of."""
    for axis, count in enumerate(size):
        whole = values.shape[axis]
        if whole == count:
            continue
        steps: list[Map] = [np.take(values, range(first, first + 2 * count, 2), axis) for first in range(2 + whole % 2)]
        values = steps[0]
        for step in steps[1:]:
            values = np.asarray(larger(values, step))
    return values


def _put_all(level: int, most: Map, least: Map, jumps: Map, put: Put) -> None:
    for top in range(0, len(most), _ROWS_AT_ONCE):
        rows = slice(top, top + _ROWS_AT_ONCE)
        put(level, top, halves_of(np.stack([most[rows], least[rows], jumps[rows]], axis=-1)))
