"""From the targets of all cells to the slots of all universes, tick by tick."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from operator import add
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from stage.lights.mixing.cells import COLUMNS, lay_out
from stage.lights.mixing.gamut import seen_from_xy
from stage.lights.mixing.mixed_cells import MixedCells
from stage.lights.mixing.own_cells import OwnCells
from stage.lights.mixing.records import Mixed, MixedLight
from stage.lights.mixing.slots import CURVES, Slots, chosen, light_of, value_of
from stage.lights.mixing.whites import Numbers
from stage.show.frame.lights import NUMBERS_A_CELL

MOST_SEEN_A_TICK = 0.06
"""How far a colour may go in a tick, in CIE 1976 u', v': from tungsten to daylight at once, from red to blue in ten."""
NOTICED = 0.01
"""What a colour may miss in u', v', and a level in its share, before the cell is reported.

As much are whites off the straight line between two others.
"""
_LEAST_Y = 1e-4
_LEAST = 1e-9
_NEUTRAL = (1.0 / 3.0, 1.0 / 3.0, 0.0)


class LightsMixer:
    """Mixes the light of all cells of a run.

    A colour that jumps gets there in several ticks, straight on, unless the cell was dark; the level follows at once.
    The same calls in the same order give the same bytes.
    """

    def __init__(self, lights: Sequence[MixedLight]) -> None:
        """Raises ConfigError for a mode that a light's profile does not have."""
        self._lights = tuple(lights)
        cells, places, self._size = lay_out(self._lights)
        self._count = len(cells)
        self._slots = Slots(places)
        self._driven = chosen(np.array([one.way == "emitters" for one in cells], dtype=bool))
        self._mixed = MixedCells([one for one in cells if one.way == "emitters"], self._size)
        self._own = OwnCells(cells, places, self._size)
        self._curves = np.array([CURVES.index(self._lights[one.light].curve) for one in cells], dtype=np.int64)
        self._least = np.array([self._lights[one.light].minimum for one in cells])
        has_dimmer = np.array([one.has_dimmer for one in cells], dtype=bool)
        self._dimmed_driven = has_dimmer[self._driven]
        self._has_colour = np.array([one.way != "level" for one in cells], dtype=bool)
        self._has_colour[self._driven] = self._mixed.has_colour
        self._undimmed = np.flatnonzero([one.way != "emitters" and not one.has_dimmer for one in cells])
        self._was_lit = np.zeros(self._count, dtype=bool)
        self._xy = np.tile(_NEUTRAL[:2], (self._count, 1))
        self._colours = self._coloured(self._xy)
        self._is_off: npt.NDArray[np.bool_] | None = None

    def mix(self, targets: Sequence[float] | Numbers, patch: Sequence[int]) -> Mixed:
        """The universes of one tick. `targets` and `patch` are those of a `LightsPlan`; targets also as an array.

        Raises ValueError where they are not three numbers for each cell and two for each light.
        """
        wanted = np.asarray(targets, dtype=np.float64)
        if wanted.size != NUMBERS_A_CELL * self._count or len(patch) != 2 * len(self._lights):
            raise ValueError(
                f"targets and patch: found {wanted.size} and {len(patch)} numbers, expected "
                f"{NUMBERS_A_CELL * self._count} and {2 * len(self._lights)}"
            )
        wanted = wanted.reshape(-1, NUMBERS_A_CELL)
        if not _are_sane(wanted.ravel().tolist()):
            wanted = _sane(wanted)
        level = wanted[:, 2]
        xy = self._slewed(wanted[:, :2], level > 0.0)
        if xy is not self._colours.xy:
            self._colours, self._is_off = self._coloured(xy), None
        values = self._colours.values.copy()
        share = level.copy()  # of the light that a cell gives in this colour
        share[self._driven] /= self._mixed.brightness
        self._put_light(values, level, np.minimum(share, 1.0))
        universes, numbers = self._slots.fill(values, tuple(patch))
        if self._is_off is None:
            self._is_off = self._has_colour & (self._missed(values, numbers) > NOTICED)
        clipped = self._clipped(level, share, self._is_off)
        return Mixed(universes, clipped, partial(self._given, values, numbers, xy))

    def _coloured(self, xy: Numbers) -> _Colours:
        """What these chromaticities need, whatever the levels are."""
        values = np.zeros((self._count, self._size + len(COLUMNS)))
        self._own.put(values, xy)
        return _Colours(xy, values, *self._mixed.drives(xy[self._driven]))

    def _given(self, values: Numbers, numbers: Numbers, xy: Numbers) -> tuple[float, ...]:
        """What all cells give of these values, as the numbers of channels hold them, asked for these chromaticities."""
        self._slots.round(values, numbers)
        given = np.column_stack((xy, light_of(values[:, self._size], self._curves)))
        self._own.given(values, given)
        given[self._driven] = self._given_by_emitters(values[self._driven], given[self._driven])
        given[self._undimmed, 2] = 1.0
        return tuple(given.ravel().tolist())

    def _slewed(self, xy: Numbers, lit: npt.NDArray[np.bool_]) -> Numbers:
        """The chromaticities of this tick, on the way from those of the last one."""
        if (xy == self._xy).all():
            self._was_lit = lit
            return self._xy
        off = seen_from_xy(xy) - seen_from_xy(self._xy)
        distance = np.hypot(off[:, 0], off[:, 1])
        share = np.where(self._was_lit, MOST_SEEN_A_TICK / np.maximum(distance, MOST_SEEN_A_TICK), 1.0)[:, None]
        self._was_lit = lit
        self._xy = np.where(share < 1.0, self._xy + share * (xy - self._xy), xy)
        return self._xy

    def _put_light(self, values: Numbers, level: Numbers, share: Numbers) -> None:
        """Puts dimmers and emitters into the table; a cell without a dimmer has its emitters dimmed in its stead.

        A dimmer follows the level, and its emitters make up for what is not as bright as others: so no dimmer moves
        where a colour does, unless the fixture gives all that it can.
        """
        driven, drives = self._driven, self._colours.drives
        lit = share[driven]
        dimmed = share.copy()
        dimmed[driven] = np.minimum(np.maximum(level[driven] / self._mixed.steady, lit), 1.0)
        values[:, self._size] = _steady(value_of(dimmed, self._curves), self._least)
        beside = drives * (lit / np.maximum(dimmed[driven], _LEAST))[:, None]
        if not self._dimmed_driven.all():
            beside = np.where(self._dimmed_driven[:, None], beside, self._undimmed_drives(drives, lit[:, None]))
        values[driven, : self._size] = beside

    def _undimmed_drives(self, drives: Numbers, share: Numbers) -> Numbers:
        """The drives of emitters that are dimmed one by one: none burns below the least value at which it is steady."""
        return _steady(value_of(drives * share, self._curves[self._driven, None]), self._least[self._driven, None])

    def _given_by_emitters(self, values: Numbers, given: Numbers) -> Numbers:
        """x, y and level of the cells that are driven, where `given` has what is asked for and the light of dimmers."""
        emitters, curves = values[:, : self._size], self._curves[self._driven, None]
        dimmed = self._dimmed_driven[:, None]
        lit = np.where(dimmed, emitters * given[:, 2:], light_of(emitters, curves))
        xyz = self._mixed.xyz_of(lit)
        total = xyz.sum(axis=1)
        xy = np.where(total[:, None] > _LEAST, xyz[:, :2] / np.maximum(total, _LEAST)[:, None], given[:, :2])
        return np.column_stack((xy, self._mixed.levels(xyz)))

    def _clipped(self, level: Numbers, share: Numbers, is_off: npt.NDArray[np.bool_]) -> tuple[int, ...]:
        """Cells that cannot give what is wanted: its colour, unless they can set none, or its level."""
        wrong = (share > 1.0 + NOTICED) | ((level > 0.0) & is_off)
        if self._undimmed.size:
            wrong[self._undimmed] |= np.abs(level[self._undimmed] - 1.0) > NOTICED
        return tuple(wrong.nonzero()[0].tolist())

    def _missed(self, values: Numbers, numbers: Numbers) -> Numbers:
        """By how much the colours of all cells miss those that are wanted, in u', v'."""
        if isinstance(self._driven, slice):
            return self._colours.missed
        self._slots.round(values, numbers)
        given = self._xy.copy()
        self._own.given(values, given)
        off = seen_from_xy(given) - seen_from_xy(self._xy)
        distance = np.hypot(off[:, 0], off[:, 1])
        distance[self._driven] = self._colours.missed
        return distance


class _Colours(NamedTuple):
    """What cells need for their chromaticities `xy`: the table of values without dimmers and emitters, the drives of
    those that are driven, and by how much these miss their colours (u', v').
    """

    xy: Numbers
    values: Numbers
    drives: Numbers
    missed: Numbers


def _steady(values: Numbers, least: Numbers) -> Numbers:
    """Values of what burns steadily from its least value on: below that it burns at it, or not at all, as is nearer."""
    return np.where(values >= 0.5 * least, np.maximum(values, least), 0.0)


def _are_sane(targets: Sequence[float]) -> bool:
    """Whether nothing has to be changed. Without arrays: most stages have few cells, and none that must be changed."""
    if not targets or not math.isfinite(sum(targets)):
        return not targets
    x, y, level = (targets[first::NUMBERS_A_CELL] for first in range(NUMBERS_A_CELL))
    return min(x) >= 0.0 and min(y) >= _LEAST_Y and min(level) >= 0.0 and max(map(add, x, y)) <= 1.0


def _sane(wanted: Numbers) -> Numbers:
    """Targets with what is no number taken for darkness, and chromaticities within those that there can be."""
    sane = np.where(np.isfinite(wanted).all(axis=1, keepdims=True), wanted, _NEUTRAL)
    x, y = np.clip(sane[:, 0], 0.0, 1.0), np.clip(sane[:, 1], _LEAST_Y, 1.0)
    beyond = np.maximum(x + y, 1.0)
    return np.column_stack((x / beyond, y / beyond, np.maximum(sane[:, 2], 0.0)))
