"""A picture's levels: itself and ever smaller ones, as half floats, made in one pass over bands of its rows.

Each level is the one before, filtered by a box in linear light, with alpha multiplied in. Sizes halve rounding down, as
OpenGL's do. Where a size is odd, the box reaches over three texels, so that no column or row counts twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from render.assets.halves import BRIGHTEST, Halves, Pixels, floats_of, halves_of

Size = tuple[int, int]
"""Rows and columns."""
Put = Callable[[int, int, Halves], None]
"""Takes rows of a level: the level, the first row, and the half floats in C order, (rows, columns, channels)."""

HALF_BYTES = 2


def level_sizes(rows: int, columns: int) -> tuple[Size, ...]:
    """The sizes of all levels, from the picture itself down to a single texel."""
    sizes = [(rows, columns)]
    while sizes[-1] != (1, 1):
        before = sizes[-1]
        sizes.append((max(1, before[0] // 2), max(1, before[1] // 2)))
    return tuple(sizes)


def levels_bytes(rows: int, columns: int, channels: int) -> int:
    """Bytes of all levels together, one after the other without gaps."""
    return sum(height * width for height, width in level_sizes(rows, columns)) * channels * HALF_BYTES


def make_levels(size: Size, bands: Iterable[tuple[int, Pixels]], put: Put) -> None:
    """Makes every level of a picture of this size, of which `bands` gives the rows from the top, and `put`s its rows.

    Half floats are accurate to 0.05 % at half the memory. What is not a number becomes black, and all is bounded to
    their range. All further levels are made of the first one's halves: who has kept only these makes the same. Memory
    is needed for two bands, not for the picture.
    """
    halvings = [Halving(before) for before in level_sizes(*size)[:-1]]
    tops = [0] * (len(halvings) + 1)
    for _, band in bands:
        rows = _bounded(band)
        for level in range(len(tops)):
            if level:
                rows = halvings[level - 1].add(rows)
            if not len(rows):
                break
            halves = halves_of(rows)
            put(level, tops[level], halves)
            tops[level] += len(rows)
            rows = floats_of(halves) if level == 0 else rows


def _bounded(band: npt.NDArray[Any]) -> Pixels:
    """The band within the range of half floats; itself where it is."""
    rows = np.asarray(band, dtype=np.float32)
    if rows.min(initial=0.0) >= -BRIGHTEST and rows.max(initial=0.0) <= BRIGHTEST:
        return rows
    return np.nan_to_num(rows, nan=0.0, posinf=BRIGHTEST, neginf=0.0).clip(-BRIGHTEST, BRIGHTEST)


class Halving:
    """Makes the rows of the next level as rows of this one come. `size` is this level's."""

    def __init__(self, size: Size) -> None:
        self._size = size
        self._rest: Pixels | None = None
        self._made = 0

    def add(self, rows: Pixels) -> Pixels:
        """The rows of the next level that can be made now, perhaps none."""
        if self._size[0] == 1:
            return _halved_columns(rows, self._size[1])
        held = rows if self._rest is None else np.concatenate([self._rest, rows])
        odd = self._size[0] % 2
        count = (len(held) - odd) // 2
        made = _boxed_rows(held, count, self._made, self._size[0])  # rows lie together: what is left is half of it
        self._rest = held[2 * count :] if 2 * count < len(held) else None
        self._made += count
        return _halved_columns(made, self._size[1])


def _halved_columns(rows: Pixels, columns: int) -> Pixels:
    if columns == 1:
        return rows
    turned = rows.swapaxes(0, 1)
    return _boxed_rows(turned, columns // 2, 0, columns).swapaxes(0, 1)


def _boxed_rows(rows: Pixels, count: int, first: int, size: int) -> Pixels:
    """`count` rows of the next level from row `first` on; `rows` begin at twice that, of `size` in all."""
    pairs = rows[0 : 2 * count : 2] + rows[1 : 2 * count : 2]
    if size % 2 == 0:
        pairs *= np.float32(0.5)
        return pairs
    half = size // 2
    index = np.arange(first, first + count, dtype=np.float32).reshape(-1, 1, 1)
    before, after = (half - index) / size, (index + 1.0) / size
    found = rows[0 : 2 * count : 2] * before + rows[1 : 2 * count : 2] * np.float32(half / size)
    return np.asarray(found + rows[2 : 2 * count + 1 : 2] * after, dtype=np.float32)
