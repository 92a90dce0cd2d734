"""From the targets of all cells to the slots of all universes, tick by tick."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from stage.lights.mixing.cells import COLUMNS, lay_out
from stage.lights.mixing.gamut import seen_from_xy
from stage.lights.mixing.mixed_cells import MixedCells
from stage.lights.mixing.own_cells import OwnCells
from stage.lights.mixing.records import Mixed, MixedLight
from stage.lights.mixing.slots import CURVES, Slots, chosen, light_of, value_of
from stage.lights.mixing.targets import NEUTRAL, Targets
from stage.lights.mixing.whites import Numbers

MOST_SEEN_A_TICK = 0.06
"""How far a colour may go in a tick, in CIE 1976 u', v': from tungsten to daylight at once, from red to blue in ten."""
NOTICED = 0.01
"""What a colour may miss in u', v', and a level in its share, before the cell is reported.

As much are whites off the straight line between two others.
"""
_LEAST = 1e-9


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
        self._slots = Slots(places, self._size + len(COLUMNS))
        self._driven = chosen(np.array([one.way == "emitters" for one in cells], dtype=bool))
        self._mixed = MixedCells([one for one in cells if one.way == "emitters"], self._size)
        self._own = OwnCells(cells, places, self._size)
        self._steady = np.ones(self._count)
        self._steady[self._driven] = self._mixed.steady
        self._curves = np.array([CURVES.index(self._lights[one.light].curve) for one in cells], dtype=np.int64)
        self._least = np.array([self._lights[one.light].minimum for one in cells])
        self._is_plain = not self._curves.any() and not self._least.any()
        has_dimmer = np.array([one.has_dimmer for one in cells], dtype=bool)
        self._dimmed_driven = has_dimmer[self._driven]
        self._all_dimmed = bool(self._dimmed_driven.all())
        self._has_colour = np.array([one.way != "level" for one in cells], dtype=bool)
        self._has_colour[self._driven] = self._mixed.has_colour
        self._undimmed = np.flatnonzero([one.way != "emitters" and not one.has_dimmer for one in cells])
        self._level = np.zeros(self._count)
        self._xy = np.tile(NEUTRAL[:2], (self._count, 1))
        self._colours = self._coloured(self._xy)
        self._is_off: npt.NDArray[np.bool_] | None = None

    def mix(self, targets: Targets, patch: Sequence[int]) -> Mixed:
        """The universes of one tick. `patch` is that of a `LightsPlan`.

        Raises ValueError where there are not as many cells, and two numbers for each light.
        """
        wanted, level = targets
        if len(level) != self._count or len(patch) != 2 * len(self._lights):
            raise ValueError(
                f"targets and patch: found {len(level)} cells and {len(patch)} numbers, expected {self._count} and "
                f"{2 * len(self._lights)}"
            )
        if wanted is not self._xy:
            self._take_colours(wanted)
        self._level = level
        xy = self._colours.xy
        values = self._colours.values.copy()
        share = level / self._colours.brightness  # of the light that a cell gives in this colour
        self._put_light(values, level, np.minimum(share, 1.0))
        slots, numbers = self._slots.fill(values, tuple(patch))
        if self._is_off is None:
            self._is_off = self._has_colour & (self._missed(values, numbers) > NOTICED)
        clipped = partial(self._clipped, level, share, self._is_off)
        return Mixed(slots, self._slots.spans, clipped, partial(self._given, values, numbers, xy))

    def _coloured(self, xy: Numbers) -> _Colours:
        """What these chromaticities need, whatever the levels are."""
        values = np.zeros((self._count, self._size + len(COLUMNS)))
        self._own.put(values, xy)
        drives, missed = self._mixed.drives(xy[self._driven])
        brightness = np.ones(self._count)
        brightness[self._driven] = self._mixed.brightness
        return _Colours(xy, values, drives, missed, brightness)

    def _given(self, values: Numbers, numbers: Numbers, xy: Numbers) -> tuple[float, ...]:
        """What all cells give of these values, as the numbers of channels hold them, asked for these chromaticities."""
        self._slots.round(values, numbers)
        given = np.column_stack((xy, light_of(values[:, self._size], self._curves)))
        self._own.given(values, given)
        given[self._driven] = self._given_by_emitters(values[self._driven], given[self._driven])
        given[self._undimmed, 2] = 1.0
        return tuple(given.ravel().tolist())

    def _take_colours(self, wanted: Numbers) -> None:
        """The chromaticities of this tick are on the way from those of the last one: these themselves at its end."""
        before, self._xy = self._xy, wanted
        if (wanted == before).all():
            return
        off = seen_from_xy(wanted) - seen_from_xy(before)
        distance = np.hypot(off[:, 0], off[:, 1])
        share = np.where(self._level > 0.0, MOST_SEEN_A_TICK / np.maximum(distance, MOST_SEEN_A_TICK), 1.0)[:, None]
        if (share < 1.0).any():
            self._xy = np.where(share < 1.0, before + share * (wanted - before), wanted)
        self._colours, self._is_off = self._coloured(self._xy), None

    def _put_light(self, values: Numbers, level: Numbers, share: Numbers) -> None:
        """Puts dimmers and emitters into the table; a cell without a dimmer has its emitters dimmed in its stead.

        A dimmer follows the level, and its emitters make up for what is not as bright as others: so no dimmer moves
        where a colour does, unless the fixture gives all that it can.
        """
        driven, drives = self._driven, self._colours.drives
        dimmed = np.minimum(np.maximum(level / self._steady, share), 1.0)
        values[:, self._size] = dimmed if self._is_plain else _steady(value_of(dimmed, self._curves), self._least)
        beside = drives * (share / np.maximum(dimmed, _LEAST))[driven, None]
        if not self._all_dimmed:
            undimmed = self._undimmed_drives(drives, share[driven, None])
            beside = np.where(self._dimmed_driven[:, None], beside, undimmed)
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
    those that are driven, and by how much these miss their colours (u', v'); and how bright each is at these drives,
    as a share of its full light.
    """

    xy: Numbers
    values: Numbers
    drives: Numbers
    missed: Numbers
    brightness: Numbers


def _steady(values: Numbers, least: Numbers) -> Numbers:
    """Values of what burns steadily from its least value on: below that it burns at it, or not at all, as is nearer."""
    return np.where(values >= 0.5 * least, np.maximum(values, least), 0.0)
