"""Cells of fixtures that mix by themselves: what is put into their channels, and what colour they make of it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from stage.lights.mixing.cells import COLUMNS, Cell, ChannelPlace, Way
from stage.lights.mixing.own_colour import NEUTRAL_K, HueCells, primaries_of, white_of, xy_of
from stage.lights.mixing.whites import Numbers


class OwnCells:
    """All cells whose colour is set by something else than the drives of emitters."""

    def __init__(self, cells: list[Cell], places: list[ChannelPlace], size: int) -> None:
        """`size` is the number of columns for emitters, before those of `COLUMNS`."""
        self._white, self._hue, self._xy = (
            slice(size + COLUMNS.index(first), size + COLUMNS.index(first) + 2) for first in ("temperature", "hue", "x")
        )
        self._xy_cells = _of_way(cells, "xy")
        self._hue_cells = _of_way(cells, "hue")
        self._white_cells = np.sort(np.concatenate((_of_way(cells, "white"), self._hue_cells)))
        self._fixed_cells = np.flatnonzero([one.way == "level" and len(one.emitters) == 1 for one in cells])
        own = [cells[number].emitters[0].xyz for number in self._fixed_cells]
        self._fixed_xy = np.array([xyz[:2] / xyz.sum() for xyz in own]).reshape(-1, 2)
        hues = [primaries_of(cells[number].emitters) for number in self._hue_cells]
        self._hues = HueCells(np.array(hues).reshape(-1, 3, 3))
        self._least, self._most = _limits(len(cells), places, self._white)

    def put(self, values: Numbers, xy: Numbers) -> None:
        """Puts what their channels need for chromaticities into the table of values, in which all cells have a row."""
        whites, hues, own = self._white_cells, self._hue_cells, self._xy_cells
        if whites.size:
            values[whites, self._white] = white_of(xy[whites], self._least[whites], self._most[whites])
        if hues.size:
            values[hues, self._hue] = self._hues.values_of(xy[hues], values[hues, self._white])
        values[own, self._xy] = xy[own]

    def given(self, values: Numbers, given: Numbers) -> None:
        """Puts the chromaticities that they make of the table's values into `given`, a row for each cell."""
        whites, hues, own = self._white_cells, self._hue_cells, self._xy_cells
        if whites.size:
            given[whites, :2] = xy_of(values[whites, self._white])
        if hues.size:
            given[hues, :2] = self._hues.xy_of(values[hues, self._hue], values[hues, self._white])
        given[own, :2] = values[own, self._xy]
        given[self._fixed_cells, :2] = self._fixed_xy


def _of_way(cells: list[Cell], way: Way) -> npt.NDArray[np.int64]:
    return np.flatnonzero([one.way == way for one in cells])


def _limits(cells: int, places: list[ChannelPlace], white: slice) -> tuple[Numbers, Numbers]:
    """The least and most temperature and tint of each cell; those of a neutral white where it has no such channel."""
    least = np.tile((NEUTRAL_K, 0.0), (cells, 1))
    most = least.copy()
    for one in places:
        if white.start <= one.column < white.stop:
            values = [value for _, value in one.points]
            number = one.column - white.start
            least[one.cell, number], most[one.cell, number] = min(values), max(values)
    return least, most
