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
from stage.lights.mixing.slots import CURVES, Dimming, Slots, chosen, light_of
from stage.lights.mixing.targets import NEUTRAL, Targets
from stage.lights.mixing.whites import Numbers

MOST_SEEN_A_TICK = 0.06
"""How far a colour may go in a tick, in CIE 1976 u', v': from tungsten to daylight at once, from red to blue in ten."""
NOTICED = 0.01
"""What a colour may miss in u', v', and a level in its share, before the cell is reported.

As much are whites off the straight line between two others.
"""
_LEAST, _ONE = np.array(1e-9), np.array(1.0)


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
        self._driven = chosen(np.array([one.way == "emitters" for one in cells], dtype=bool))
        self._mixed = MixedCells([one for one in cells if one.way == "emitters"], self._size)
        self._own = OwnCells(cells, places, self._size)
        self._steady = np.ones(self._count)
        self._steady[self._driven] = self._mixed.steady
        self._curves = np.array([CURVES.index(self._lights[one.light].curve) for one in cells], dtype=np.int64)
        least = np.array([self._lights[one.light].minimum for one in cells], dtype=np.float64)
        has_dimmer = np.array([one.has_dimmer for one in cells], dtype=bool)
        self._dimming = Dimming(self._curves, least, ~has_dimmer)
        self._is_plain = self._dimming.is_plain
        self._dimmed_driven = has_dimmer[self._driven]
        self._alone = np.flatnonzero(~has_dimmer)
        self._slots = Slots(places, self._size, self._size + len(COLUMNS), self._dimming)
        self._dimmed, self._beside = self._slots.light[: self._count], self._slots.light[self._count : -1]
        self._shares = np.empty((2, self._count))
        self._share, self._steadily = self._shares
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
        self._level, colours = level, self._colours
        self._put_light(level, colours)
        slots = self._slots.fill(colours.factors, tuple(patch))
        if self._is_off is None:
            self._is_off = self._has_colour & (self._missed(colours) > NOTICED)
        clipped = partial(self._clipped, level, colours, self._is_off)
        return Mixed(slots, self._slots.spans, clipped, partial(self._given, level, colours))

    def _coloured(self, xy: Numbers) -> _Colours:
        """What these chromaticities need, whatever the levels are."""
        values = np.zeros((self._count, self._size + len(COLUMNS)))
        self._own.put(values, xy)
        drives, missed = self._mixed.drives(xy[self._driven])
        brightness = np.ones(self._count)
        brightness[self._driven] = self._mixed.brightness
        values[self._driven, : self._size] = drives
        factors = self._slots.factors(values)
        return _Colours(xy, values, factors, missed, np.stack((brightness, self._steady)))

    def _given(self, level: Numbers, colours: _Colours) -> tuple[float, ...]:
        """What all cells give in these colours, as the numbers of channels hold them."""
        self._put_light(level, colours)
        self._slots.put_numbers(colours.factors)
        values = self._read(colours)
        given = np.column_stack((colours.xy, light_of(values[:, self._size], self._curves)))
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

    def _put_light(self, level: Numbers, colours: _Colours) -> None:
        """Finds how far dimmers are open, and how bright emitters burn beside; a cell without a dimmer has its emitters
        dimmed in its stead.

        A dimmer follows the level, and its emitters make up for what is not as bright as others: so no dimmer moves
        where a colour does, unless the fixture gives all that it can. All in place: it is done in every tick.
        """
        np.divide(level, colours.full, self._shares)
        np.minimum(self._shares, _ONE, out=self._shares)
        np.maximum(self._share, self._steadily, out=self._dimmed)
        np.maximum(self._dimmed, _LEAST, out=self._beside)
        np.divide(self._share, self._beside, self._beside)
        if self._alone.size:
            self._beside[self._alone] = self._share[self._alone]
        if not self._is_plain:
            self._dimmed[:] = self._dimming.values(self._dimmed)

    def _read(self, colours: _Colours) -> Numbers:
        """The table of values as fixtures read them in the numbers of channels that were found last."""
        values = colours.values.copy()
        values[:, self._size] = self._dimmed
        self._slots.round(values)
        return values

    def _given_by_emitters(self, values: Numbers, given: Numbers) -> Numbers:
        """x, y and level of the cells that are driven, where `given` has what is asked for and the light of dimmers."""
        emitters, curves = values[:, : self._size], self._curves[self._driven, None]
        dimmed = self._dimmed_driven[:, None]
        lit = np.where(dimmed, emitters * given[:, 2:], light_of(emitters, curves))
        xyz = self._mixed.xyz_of(lit)
        total = xyz.sum(axis=1)
        xy = np.where(total[:, None] > _LEAST, xyz[:, :2] / np.maximum(total, _LEAST)[:, None], given[:, :2])
        return np.column_stack((xy, self._mixed.levels(xyz)))

    def _clipped(self, level: Numbers, colours: _Colours, is_off: npt.NDArray[np.bool_]) -> tuple[int, ...]:
        """Cells that cannot give what is wanted: its colour, unless they can set none, or its level."""
        wrong = (level / colours.full[0] > 1.0 + NOTICED) | ((level > 0.0) & is_off)
        if self._undimmed.size:
            wrong[self._undimmed] |= np.abs(level[self._undimmed] - 1.0) > NOTICED
        return tuple(wrong.nonzero()[0].tolist())

    def _missed(self, colours: _Colours) -> Numbers:
        """By how much the colours of all cells miss those that are wanted, in u', v'."""
        if isinstance(self._driven, slice):
            return colours.missed
        given = self._xy.copy()
        self._own.given(self._read(colours), given)
        off = seen_from_xy(given) - seen_from_xy(self._xy)
        distance = np.hypot(off[:, 0], off[:, 1])
        distance[self._driven] = colours.missed
        return distance


class _Colours(NamedTuple):
    """What cells need for their chromaticities `xy`: the table of values with the drives of those that are driven, and
    the factors of all channels; by how much those that are driven miss their colours (u', v'). `full` has how bright
    each cell is at these drives, and which level it reaches in every white, as shares of its full light.
    """

    xy: Numbers
    values: Numbers
    factors: Numbers
    missed: Numbers
    full: Numbers
