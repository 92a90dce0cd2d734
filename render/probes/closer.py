"""Where the world around is looked at more closely: the tiles around what is small and bright in it."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from render.probes.directions import COLUMNS, ROWS, STEP, Indices, steradians

Array = NDArray[np.float64]
Tiles = tuple[int, ...]

_STANDS_OUT = 3.0
_COUNTS = 0.003
"""Of all light: a tile that has less more than its surroundings is not worth a closer look."""
_AROUND = 2
"""Tiles on each side of a source that may have some of its light, where a panorama is filtered."""
_SPREAD = math.cos(2.7 * STEP)
"""And how far a disc of a sky is spread, whichever tiles are there."""


class Closer:
    """Chooses tiles to look at closely: `most` at once."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._solid = steradians()

    def chosen(self, luminance: Array, middles: Array, before: Tiles, *, spread: bool) -> Tiles:
        """The tiles around the brightest sources, by the mean `luminance` (tiles,) of each, seen along `middles`.

        They stay those of `before` while these have all sources well inside. `spread` says that what is there is not
        only panoramas.
        """
        sources = self._sources(luminance)
        if before and sources and all(set(_beside(tile, 1)) <= set(before) for tile in sources):
            return before
        found: set[int] = set()
        passed: set[int] = set()  # with part of a source alone its light would count twice
        for tile in sources:
            if tile in found or tile in passed:
                continue
            more = set(_beside(tile, _AROUND))
            if spread:
                more |= set(np.flatnonzero(middles @ middles[tile] >= _SPREAD).tolist())
            if len(found | more) <= self._most:
                found |= more
            else:
                passed |= more
        return tuple(sorted(found))

    def _sources(self, luminance: Array) -> list[int]:
        """The tiles with a source, the brightest first."""
        light = luminance * self._solid
        total = light.sum()
        if not (math.isfinite(total) and total > 0.0):
            return []
        mean = total / (4.0 * math.pi)
        above = (luminance - mean) * self._solid
        at = np.flatnonzero((luminance > _STANDS_OUT * mean) & (above > _COUNTS * total))
        return [int(tile) for tile in at[np.argsort(-above[at])]]


def _beside(tile: int, reach: int) -> list[int]:
    """A tile and those up to `reach` rows and columns beside it."""
    row, column = divmod(tile, COLUMNS)
    rows = range(max(row - reach, 0), min(row + reach, ROWS - 1) + 1)
    return [one * COLUMNS + (column + aside) % COLUMNS for one in rows for aside in range(-reach, reach + 1)]


def as_indices(tiles: Tiles) -> Indices:
    """Tiles as an array."""
    return np.array(tiles, np.int64)
