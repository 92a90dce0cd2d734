"""From values of channels to the slots of universes: points, bits, places; and back to what a fixture reads in them."""

from __future__ import annotations

import sys
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from stage.lights.mixing.cells import HELD, ChannelPlace
from stage.lights.mixing.records import Curve, Span
from stage.lights.mixing.whites import Numbers

SLOTS = 512
_WORD = 8
_LOW, _HIGH = (0, 1) if sys.byteorder == "little" else (7, 6)
"""Where the last two bytes of a number lie."""
_LARGE = np.array(1.5 * 2**52)
CURVES: tuple[Curve, ...] = ("linear", "square", "s")


def light_of(value: Numbers, curve: npt.NDArray[np.int64]) -> Numbers:
    """The share of its full light that a dimmer with this curve (a place in `CURVES`) gives at a value."""
    if not curve.any():
        return value
    return np.select((curve == 1, curve == 2), (value**2, value * value * (3.0 - 2.0 * value)), value)


def value_of(light: Numbers, curve: npt.NDArray[np.int64]) -> Numbers:
    """The inverse of `light_of`."""
    if not curve.any():
        return light
    s = 0.5 - np.sin(np.arcsin(1.0 - 2.0 * light) / 3.0)
    return np.select((curve == 1, curve == 2), (np.sqrt(light), s), light)


class Dimming(NamedTuple):
    """How cells are dimmed: their curves, the least values at which they burn steadily, and whether their emitters are
    dimmed one by one, for want of a dimmer.
    """

    curve: npt.NDArray[np.int64]
    least: Numbers
    alone: npt.NDArray[np.bool_]

    @property
    def is_plain(self) -> bool:
        """Whether values are what light is."""
        return not self.curve.any() and not self.least.any()

    def of(self, cells: npt.NDArray[np.int64]) -> Dimming:
        """That of some cells."""
        return Dimming(self.curve[cells], self.least[cells], self.alone[cells])

    def values(self, light: Numbers) -> Numbers:
        """The values that give such shares of full light: below its least value a cell burns at it, or not at all, as
        is nearer.
        """
        values = value_of(light, self.curve)
        return np.where(values >= 0.5 * self.least, np.maximum(values, self.least), 0.0)


def chosen(which: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64] | slice:
    """Indices of those that are chosen. Of all of them a slice, which copies nothing."""
    return slice(None) if which.all() else np.flatnonzero(which)


class _Table(NamedTuple):
    """Channels that move by the same points, which are levels and values; once more in the order of their values."""

    members: npt.NDArray[np.int64]
    points: Numbers
    rising: Numbers


class Slots:
    """All channels of all lights, and where each of their bytes lies.

    A channel's value is a factor, which only colours change, times the light of its cell that it follows; `light` is
    what all cells have of that: first how far their dimmers are open, then how bright emitters burn beside that, and 1.
    """

    def __init__(self, places: list[ChannelPlace], size: int, width: int, dimming: Dimming) -> None:
        """`width` is the number of a table's columns, of which the first `size` are for emitters. Behind all channels
        is one more, for slots without a channel.
        """
        cells = len(dimming.curve)
        columns = np.array([one.column for one in places], dtype=np.int64)
        of_cells = np.array([one.cell for one in places], dtype=np.int64)
        moved = columns != HELD
        self._moved = slice(len(places)) if moved.all() else np.flatnonzero(moved)
        self._values = (of_cells * width + columns)[moved]
        self._held = np.array([*(min(max(one.level, 0.0), 1.0) for one in places), 0.0])
        self._full = np.array([*(255.0 if one.fine is None else 65535.0 for one in places), 255.0])
        self._tables = _tables(places)
        self._dimmers = np.flatnonzero(columns == size)
        emitters = np.flatnonzero(moved & (columns < size))
        alone = emitters[dimming.alone[of_cells[emitters]]]
        self._alone = alone[:0] if dimming.is_plain else alone
        self._alone_dimming = dimming.of(of_cells[self._alone])
        self.light = np.ones(2 * cells + 1)
        self._of_light = np.full(len(places) + 1, 2 * cells)
        self._of_light[self._dimmers] = of_cells[self._dimmers]
        self._of_light[emitters] = cells + of_cells[emitters]
        self._plain = np.flatnonzero(moved & np.array([not one.points for one in places], dtype=bool))
        self._levels = np.zeros(len(places) + 1)
        self._bytes_of_levels = self._levels.view(np.uint8)
        self._bytes = [
            (one.light, at, _WORD * number + byte) for number, one in enumerate(places) for at, byte in _bytes_of(one)
        ]
        self._none = _WORD * len(places) + _LOW
        self._patch: tuple[int, ...] | None = None
        self.spans: tuple[Span, ...] = ()
        """Where the universes of the patch lie."""

    def factors(self, values: Numbers) -> Numbers:
        """The factors of all channels: what `values` (cells x columns) hold, and 1 for dimmers."""
        factors = self._held.copy()
        factors[self._moved] = values.take(self._values)
        factors[self._dimmers] = 1.0
        factors[self._plain] = np.minimum(np.maximum(factors[self._plain], 0.0), 1.0)
        return factors

    def fill(self, factors: Numbers, patch: tuple[int, ...]) -> bytes:
        """The slots of all universes at this `light`, in the order of their numbers, each as long as the longest of
        them is patched.
        """
        if patch != self._patch:
            self._place(patch)
        self.put_numbers(factors)
        return self._bytes_of_levels.take(self._of).tobytes()

    def put_numbers(self, factors: Numbers) -> None:
        """Finds the whole numbers of all channels. Each is added to one so large that what is left of the fraction is
        rounded away, to the nearest, and the number's bytes are the last ones of the sum: two operations, not five.
        """
        levels = self.light.take(self._of_light, None, self._levels, "clip")
        np.multiply(levels, factors, levels)
        if self._alone.size:
            levels[self._alone] = self._alone_dimming.values(levels[self._alone])
        for table in self._tables:
            found = np.interp(levels[table.members], table.rising[1], table.rising[0])
            levels[table.members] = np.minimum(np.maximum(found, 0.0), 1.0)
        np.multiply(levels, self._full, levels)
        np.add(levels, _LARGE, levels)

    def round(self, values: Numbers) -> None:
        """Puts into `values` what a fixture reads in the numbers found last."""
        levels = (self._levels - _LARGE) / self._full
        for table in self._tables:
            levels[table.members] = np.interp(levels[table.members], *table.points)
        values.put(self._values, levels[self._moved])

    def _place(self, patch: tuple[int, ...]) -> None:
        """Which byte lies in each slot now. What would lie outside of its universe is left out."""
        self._patch = patch
        sizes = dict.fromkeys(sorted(set(patch[0::2])), 0)
        found = []
        for light, offset, byte in self._bytes:
            universe, slot = patch[2 * light], patch[2 * light + 1] + offset - 2
            if 0 <= slot < SLOTS:
                found.append((universe, slot, byte))
                sizes[universe] = max(sizes[universe], slot + 1)
        longest = max(sizes.values(), default=0)
        starts = {universe: longest * row for row, universe in enumerate(sizes)}
        self.spans = tuple(Span(universe, starts[universe], size) for universe, size in sizes.items())
        self._of = np.full(longest * len(sizes), self._none)
        for universe, slot, byte in found:  # where two lights overlap, the later one's bytes stay
            self._of[starts[universe] + slot] = byte


def _bytes_of(place: ChannelPlace) -> tuple[tuple[int, int], ...]:
    """Offset of each byte of a channel, and which of a word it is."""
    return ((place.offset, _LOW),) if place.fine is None else ((place.offset, _HIGH), (place.fine, _LOW))


def _tables(places: list[ChannelPlace]) -> list[_Table]:
    members: dict[tuple[tuple[float, float], ...], list[int]] = {}
    for number, one in enumerate(places):
        if one.points and one.column != HELD:
            members.setdefault(one.points, []).append(number)
    return [
        _Table(
            members=np.array(numbers),
            points=np.array(points).T,
            rising=np.array(sorted(points, key=lambda point: (point[1], point[0]))).T,
        )
        for points, numbers in members.items()
    ]
