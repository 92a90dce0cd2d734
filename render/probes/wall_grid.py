"""A wall as a source of light: the LEDs that are asked, the tiles that they are summed over, and where those are."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Indices = NDArray[np.int64]

TILES = 2304
"""About so many tiles a wall has: 64 x 36 of a wide one."""
_PATCHES_A_SIDE = 2
_LEAST_PITCH_M = 1e-6


class Patches(NamedTuple):
    """Parallelograms that together are a wall: their middles and their sides to the right and down, (n, 3), metres.

    `tile` (n,) is the tile that each is a part of.
    """

    middle: Array
    right: Array
    down: Array
    tile: Indices


class WallGrid(NamedTuple):
    """The raster of the LEDs that are asked, (rows, columns, 3), and how wide each of them is, metres.

    Rows and columns are multiples of `tiles` (across, down). `patches` are the wall's parts, `middles` (tiles, 3) the
    middles of the tiles, NaN where one has no LED, and `covered` (tiles,) the share of each that has LEDs.
    """

    positions: Array
    pitch: Array
    tiles: tuple[int, int]
    patches: Patches
    middles: Array
    covered: Array

    @property
    def samples(self) -> tuple[int, int]:
        """LEDs that are asked in a tile, across and down."""
        return self.positions.shape[1] // self.tiles[0], self.positions.shape[0] // self.tiles[1]


def wall_grid(positions: Array, most_samples: int) -> WallGrid:
    """The grid of a wall whose LEDs are at `positions`, (rows, columns, 3), NaN where there is none.

    Every LED is asked, or where there are more than `most_samples`, evenly spread ones. Each keeps its own width: so
    what is small and bright is as bright as the wall shows it.
    """
    rows, columns = positions.shape[:2]
    shape = math.sqrt(TILES * columns / rows)
    across, down = _even(columns, shape), _even(rows, TILES / shape)
    share = max(1.0, math.sqrt(rows * columns / max(most_samples, across * down)))
    column, row = np.meshgrid(_asked(columns, across, share), _asked(rows, down, share))
    to_right, to_below = (np.linalg.norm(step, axis=2) for step in _steps(positions, (row, column)))
    alone = np.minimum(np.where(to_right > 0.0, to_right, np.inf), np.where(to_below > 0.0, to_below, np.inf))
    pitch = np.where(np.isfinite(alone), np.maximum(alone, _LEAST_PITCH_M), _LEAST_PITCH_M)
    patches, middles, covered = _patches(positions, across, down)
    return WallGrid(positions[row, column], pitch, (across, down), patches, middles, covered)


def _even(leds: int, wanted: float) -> int:
    """A number of tiles near the wanted one, of which each has equally many LEDs if that can be."""
    low, high = max(1, math.ceil(0.6 * wanted)), max(1, math.floor(1.6 * wanted))
    fitting = [count for count in range(low, min(high, leds) + 1) if leds % count == 0]
    return min(fitting, key=lambda count: abs(count - wanted)) if fitting else min(leds, max(1, round(wanted)))


def _asked(leds: int, tiles: int, share: float) -> Indices:
    """The LEDs along one side that are asked: equally many in each tile, evenly spaced where that can be."""
    in_tile = math.ceil(leds / tiles)
    wanted = max(1, round(in_tile / share))
    even = [count for count in range(-(-wanted // 2), wanted + 1) if leds % tiles == 0 and in_tile % count == 0]
    count = tiles * (even[-1] if even else wanted)
    places = np.floor((np.arange(count) + 0.5) * (leds / count))
    return np.asarray(np.minimum(places, leds - 1), np.int64)


def _steps(positions: Array, at: tuple[Indices, Indices]) -> tuple[Array, Array]:
    """From LEDs (rows, columns) to the next on the right and below, as the nearer of two neighbours has it; 0 alone."""
    row, column = at
    return _step(positions, row, column, (0, 1)), _step(positions, row, column, (1, 0))


def _step(positions: Array, row: Indices, column: Indices, to: tuple[int, int]) -> Array:
    here = positions[row, column]
    found = np.zeros(here.shape)
    least = np.full(here.shape[:-1], np.inf)
    for sign in (1, -1):
        next_row, next_column = row + sign * to[0], column + sign * to[1]
        exists = (next_row >= 0) & (next_row < positions.shape[0])
        exists &= (next_column >= 0) & (next_column < positions.shape[1])
        step = sign * (positions[np.where(exists, next_row, row), np.where(exists, next_column, column)] - here)
        length = np.where(exists, np.nan_to_num(np.linalg.norm(step, axis=-1), nan=np.inf), np.inf)
        nearer = length < least
        found[nearer], least = step[nearer], np.minimum(least, length)
    return found


def _patches(positions: Array, across: int, down: int) -> tuple[Patches, Array, Array]:
    """The patches of a wall, the middles of its tiles, and how much of each tile has LEDs."""
    rows, columns = positions.shape[:2]
    side = _PATCHES_A_SIDE
    if not np.isfinite(positions).all():
        side = min(2 * side, math.ceil(max(columns / across, rows / down)))
    along = (np.arange(across * side) + 0.5) * (columns / (across * side))
    upright = (np.arange(down * side) + 0.5) * (rows / (down * side))
    column, row = (grid.ravel() for grid in np.meshgrid(along, upright))
    at = (np.minimum(row, rows - 1).astype(np.int64), np.minimum(column, columns - 1).astype(np.int64))
    to_right, to_below = _steps(positions, at)
    aside, below = column - (at[1] + 0.5), row - (at[0] + 0.5)
    middle = positions[at] + aside[:, None] * to_right + below[:, None] * to_below
    tile_column, tile_row = np.meshgrid(np.arange(across * side) // side, np.arange(down * side) // side)
    tile = (tile_row * across + tile_column).ravel().astype(np.int64)
    present = np.isfinite(middle).all(axis=1)
    counts = np.bincount(tile[present], minlength=across * down)
    sums = [np.bincount(tile[present], middle[present, axis], minlength=across * down) for axis in range(3)]
    with np.errstate(invalid="ignore"):
        middles = np.stack(sums, axis=1) / np.where(counts > 0, counts, np.nan)[:, None]
    right, below_side = to_right * (columns / (across * side)), to_below * (rows / (down * side))
    patches = Patches(middle[present], right[present], below_side[present], tile[present])
    return patches, middles, counts / side**2
