"""From values of channels to the slots of universes: points, bits, places; and back to what a fixture reads in them."""

from __future__ import annotations

from itertools import accumulate
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from stage.lights.mixing.cells import HELD, ChannelPlace
from stage.lights.mixing.records import Curve
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

    def __init__(self, places: list[ChannelPlace]) -> None:
        columns = np.array([one.column for one in places], dtype=np.int64)
        self._moved = chosen(columns != HELD)
        self._cells = np.array([one.cell for one in places], dtype=np.int64)[self._moved]
        self._columns = columns[self._moved]
        self._levels = np.array([one.level for one in places])
        self._full = np.array([255.0 if one.fine is None else 65535.0 for one in places])
        self._tables = _tables(places)
        self._bytes = [
            (one.light, at, number, shift) for number, one in enumerate(places) for at, shift in _bytes_of(one)
        ]
        self._patch: tuple[int, ...] | None = None
        self._size = 0
        self._universes: list[tuple[int, int, int]] = []

    def fill(self, values: Numbers, patch: tuple[int, ...]) -> tuple[dict[int, bytes], Numbers]:
        """All universes for these `values` (cells x columns), and the whole numbers of all channels in them.

        Universes are in the order of their numbers, each up to the last slot that is patched.
        """
        if patch != self._patch:
            self._place(patch)
        levels = self._levels.copy()
        levels[self._moved] = values[self._cells, self._columns]
        for table in self._tables:
            levels[table.members] = np.interp(levels[table.members], table.rising[1], table.rising[0])
        numbers = np.rint(np.minimum(np.maximum(levels, 0.0), 1.0) * self._full)
        return self._filled(numbers.astype(np.int64)), numbers

    def round(self, values: Numbers, numbers: Numbers) -> None:
        """Rounds values to those that a fixture reads in these numbers of channels, in place."""
        levels = numbers / self._full
        for table in self._tables:
            levels[table.members] = np.interp(levels[table.members], *table.points)
        values[self._cells, self._columns] = levels[self._moved]

    def _filled(self, numbers: npt.NDArray[np.int64]) -> dict[int, bytes]:
        slots = np.zeros(self._size, dtype=np.uint8)
        # Where two lights overlap, the later one's bytes come later, and stay.
        slots[self._at] = (numbers[self._of] >> self._shift) & 255
        whole = slots.tobytes()
        return {universe: whole[start:end] for universe, start, end in self._universes}

    def _place(self, patch: tuple[int, ...]) -> None:
        """Where the bytes lie now. What would lie outside of its universe is left out."""
        self._patch = patch
        sizes = dict.fromkeys(sorted(set(patch[0::2])), 0)
        found = []
        for light, offset, number, shift in self._bytes:
            universe, slot = patch[2 * light], patch[2 * light + 1] + offset - 2
            if 0 <= slot < SLOTS:
                found.append((universe, slot, number, shift))
                sizes[universe] = max(sizes[universe], slot + 1)
        ends = dict(zip(sizes, accumulate(sizes.values()), strict=True))
        self._size = sum(sizes.values())
        self._universes = [(universe, end - sizes[universe], end) for universe, end in ends.items()]
        places = [(ends[one] - sizes[one] + slot, number, shift) for one, slot, number, shift in found]
        self._at, self._of, self._shift = np.array(places, dtype=np.int64).reshape(-1, 3).T


def _bytes_of(place: ChannelPlace) -> tuple[tuple[int, int], ...]:
    """Offset and shift of each byte of a channel."""
    return ((place.offset, 0),) if place.fine is None else ((place.offset, 8), (place.fine, 0))


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
