"""Pictures in memory that show and page share: the show writes them one after the other, the page copies them out.

Nobody is asked before a slot is written to again, so a page that stands still holds nothing up. What it copies too late
it knows for such: each slot begins with the number of the picture in it, which is 0 while one is written, and a copy
counts only where that number stood there before and after.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, NamedTuple

from msgspec import Meta

from stage.run.shared_frames import ReadableFrames, WritableFrames, slot_bytes

SLOTS = 6
"""Who takes a picture up within the time of so many, less one, gets it whole."""
_HEAD_BYTES = 64
"""The number, in the machine's own order, and nothing to the end of a line of its cache."""
Write = Callable[[memoryview], object]
"""Writes a picture into memory of its size."""


class Placed(NamedTuple):
    """Where a picture lies, and its number, which no other picture of this memory has."""

    slot: Annotated[int, Meta(ge=0, lt=SLOTS)]
    number: Annotated[int, Meta(ge=0)]


class WritablePictures:
    """The show's end, for pictures of at most `most_bytes`. `folder` is the run's. Raises OSError."""

    def __init__(self, most_bytes: int, folder: Path) -> None:
        self.frames = WritableFrames(slot_bytes(_HEAD_BYTES + most_bytes), SLOTS, folder, sealed=True)
        self._slots = [self.frames.slot(slot) for slot in range(SLOTS)]
        self._numbers = [memory[:_HEAD_BYTES].cast("Q") for memory in self._slots]
        self._room = [0] * SLOTS
        self._pixels = [memory[:0] for memory in self._slots]
        self._next = itertools.count(1)

    def write(self, size: int, write: Write) -> Placed | None:
        """Has a picture of so many bytes written over the oldest one. None where there is no memory for it."""
        number = next(self._next)
        slot = number % SLOTS
        pixels = self._pixels[slot]
        if len(pixels) != size:
            if not self._has_room(slot, _HEAD_BYTES + size):
                return None
            self._pixels[slot] = pixels = self._slots[slot][_HEAD_BYTES : _HEAD_BYTES + size]
        numbers = self._numbers[slot]
        numbers[0] = 0
        write(pixels)
        numbers[0] = number
        return Placed(slot, number)

    def picture(self, placed: Placed) -> memoryview:
        """The picture that was written there, for as long as no other is."""
        return self._pixels[placed.slot]

    def _has_room(self, slot: int, needed: int) -> bool:
        """Whether so much can be written there, which is seen to."""
        if needed > self._room[slot]:
            try:
                self.frames.allocate(slot, needed)
            except OSError:
                return False
            self._room[slot] = needed
        return True

    def close(self) -> None:
        """Leaves the memory, which is there for as long as somebody maps it."""
        self.frames.close()


class ReadablePictures:
    """The page's end, of a descriptor that becomes its own. Raises OSError or ValueError where it is too small."""

    def __init__(self, descriptor: int, size: int, most: int) -> None:
        self._frames = ReadableFrames(descriptor, size, most)

    def has(self, placed: Placed, size: int) -> bool:
        """Whether there is such a place at all."""
        return placed.slot < self._frames.most and _HEAD_BYTES + size <= self._frames.size

    def copied(self, placed: Placed, size: int) -> bytes | None:
        """A copy of a picture of so many bytes; None where it was written over meanwhile."""
        if not placed.number or self.number(placed.slot) != placed.number:
            return None
        copy = bytes(self._frames.slot(placed.slot)[_HEAD_BYTES : _HEAD_BYTES + size])
        return copy if self.number(placed.slot) == placed.number else None

    def number(self, slot: int) -> int:
        """The number of the picture in a slot; 0 while one is written, and before the first."""
        return self._frames.slot(slot)[:_HEAD_BYTES].cast("Q")[0]
