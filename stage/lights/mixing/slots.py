"""From values of channels to the slots of universes: points, bits, places; and back to what a fixture reads in them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from stage.lights.mixing.cells import HELD, ChannelPlace
from stage.lights.mixing.records import Curve, Span
from stage.lights.mixing.whites import Numbers

SLOTS = 512
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


def chosen(which: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64] | slice:
    """Indices of those that are chosen. Of all of them a slice, which copies nothing."""
    return slice(None) if which.all() else np.flatnonzero(which)


class _Table(NamedTuple):
    """Channels that move by the same points, which are levels and values; once more in the order of their values."""

    members: npt.NDArray[np.int64]
    points: Numbers
    rising: Numbers


class Slots:
    """All channels of all lights, and where each of their bytes lies."""

    def __init__(self, places: list[ChannelPlace], width: int) -> None:
        """`width` is the number of a table's columns. Behind all channels is one more, for slots without a channel."""
        columns = np.array([one.column for one in places], dtype=np.int64)
        moved = columns != HELD
        self._moved = slice(len(places)) if moved.all() else np.flatnonzero(moved)
        self._values = (np.array([one.cell for one in places], dtype=np.int64) * width + columns)[moved]
        self._levels = np.array([*(one.level for one in places), 0.0])
        self._full = np.array([*(255.0 if one.fine is None else 65535.0 for one in places), 255.0])
        self._tables = _tables(places)
        self._bytes = [
            (one.light, at, 2 * number + byte) for number, one in enumerate(places) for at, byte in _bytes_of(one)
        ]
        self._none = 2 * len(places)
        self._patch: tuple[int, ...] | None = None
        self.spans: tuple[Span, ...] = ()
        """Where the universes of the patch lie."""

    def fill(self, values: Numbers, patch: tuple[int, ...]) -> tuple[bytes, Numbers]:
        """The slots of all universes for these `values` (cells x columns), and the whole numbers of all channels.

        Universes are in the order of their numbers, each as long as the longest of them is patched.
        """
        if patch != self._patch:
            self._place(patch)
        levels = self._levels.copy()
        levels[self._moved] = values.take(self._values)
        for table in self._tables:
            levels[table.members] = np.interp(levels[table.members], table.rising[1], table.rising[0])
        numbers = np.rint(np.minimum(np.maximum(levels, 0.0), 1.0) * self._full)
        return numbers.astype(">u2").view(np.uint8).take(self._of).tobytes(), numbers

    def round(self, values: Numbers, numbers: Numbers) -> None:
        """Rounds values to those that a fixture reads in these numbers of channels, in place."""
        levels = numbers / self._full
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
    """Offset of each byte of a channel, and which of its number it is: 0 is the coarse one."""
    return ((place.offset, 1),) if place.fine is None else ((place.offset, 0), (place.fine, 1))


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
