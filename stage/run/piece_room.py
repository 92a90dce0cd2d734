"""Room for pieces of an encoded state in a file: where each is, and which places are free. Only arithmetic."""

from __future__ import annotations

from bisect import bisect_left
from typing import NamedTuple

_GRAIN = 64
"""Places are multiples of so many bytes: what is freed then fits what comes."""


class Place(NamedTuple):
    """Where a piece is: its first byte, counted from the beginning of the room, and its length."""

    offset: int
    length: int


class PieceRoom:
    """The free places of a room of `size` bytes. The first that is large enough is taken."""

    def __init__(self, size: int, taken: list[Place] | None = None) -> None:
        self._free: list[tuple[int, int]] = []
        at = 0
        for place in sorted(taken or []):
            if place.offset > at:
                self._free.append((at, place.offset - at))
            at = max(at, place.offset + _grains(place.length))
        if at < size:
            self._free.append((at, size - at))

    def take(self, length: int) -> Place | None:
        """A place for so many bytes; None where there is none."""
        wanted = _grains(length)
        for index, (offset, room) in enumerate(self._free):
            if room >= wanted:
                self._free[index : index + 1] = [(offset + wanted, room - wanted)] if room > wanted else []
                return Place(offset, length)
        return None

    def give(self, place: Place) -> None:
        """The place is free again, and one with the free places beside it."""
        freed = place.offset, _grains(place.length)
        index = bisect_left(self._free, freed)
        self._free.insert(index, freed)
        for left in (index, index - 1):
            self._join(left)

    def _join(self, left: int) -> None:
        if not 0 <= left < len(self._free) - 1:
            return
        (offset, room), (after, more) = self._free[left : left + 2]
        if offset + room == after:
            self._free[left : left + 2] = [(offset, room + more)]


def _grains(length: int) -> int:
    return max(1, -(-length // _GRAIN)) * _GRAIN
