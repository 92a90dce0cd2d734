"""Pictures in memory that show and page share: the show writes them one after the other, the page copies them out.

Beside each lies what is said of it. The newest one's number lies at the beginning, so one look tells whether any came,
and nobody has to be woken. Nobody is asked before a slot is written to again, so a page that stands still holds nothing
up. What it copies too late it knows for such: each slot begins with the number of the picture in it, which is 0 while
one is written, and a copy counts only where that number stood there before and after.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from stage.run.shared_frames import ReadableFrames, WritableFrames, slot_bytes

SLOTS = 6
"""Who takes a picture up within the time of so many, less one, gets it whole."""
_NUMBER, _SAID, _PIXELS, _NEWEST = range(4)
"""A slot's head, in words of the machine's own order: the picture's number, the bytes of what is said of it and of its
pixels. The newest picture's number is in the first slot alone."""
_SAID_AT = 64
_PIXELS_AT = 1 << 15
MOST_SAID = _PIXELS_AT - _SAID_AT
"""So many bytes may be said of a picture."""
Write = Callable[[memoryview], object]
"""Writes a picture into memory of its size."""


class WritablePictures:
    """The show's end, for pictures of at most `most_bytes`. `folder` is the run's. Raises OSError."""

    def __init__(self, most_bytes: int, folder: Path) -> None:
        self.frames = WritableFrames(slot_bytes(_PIXELS_AT + most_bytes), SLOTS, folder, sealed=True)
        self._slots = [self.frames.slot(slot) for slot in range(SLOTS)]
        self._heads = [memory[:_SAID_AT].cast("Q") for memory in self._slots]
        self._room = [0] * SLOTS
        self.number = 0
        """The newest picture's."""
        try:
            self.frames.allocate(0, _SAID_AT)
        except OSError:
            self.close()
            raise

    def write(self, said: bytes, size: int, write: Write) -> memoryview | None:
        """Has a picture of so many bytes written over the oldest one, and returns it: it stays until its slot's turn.

        None where there is no memory for it, or more is said than may be.
        """
        self.number = number = self.number + 1
        slot = number % SLOTS
        end = _PIXELS_AT + size
        if len(said) > MOST_SAID or not self._has_room(slot, end):
            return None
        memory, head = self._slots[slot], self._heads[slot]
        head[_NUMBER] = 0
        head[_SAID], head[_PIXELS] = len(said), size
        memory[_SAID_AT : _SAID_AT + len(said)] = said
        pixels = memory[_PIXELS_AT:end]
        write(pixels)
        head[_NUMBER] = number
        self._heads[0][_NEWEST] = number
        return pixels

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


class CopiedPicture(NamedTuple):
    """What was said of a picture, and its pixels."""

    said: bytes
    pixels: bytes


@dataclass
class Lost:
    """How many pictures were written over before they were copied, and how many cannot be any."""

    overtaken: int = 0
    senseless: int = 0


class ReadablePictures:
    """The page's end, of a descriptor that becomes its own. Raises OSError or ValueError where it is too small.

    The first picture that comes is the one after number `seen`. What does not come is counted in `lost`.
    """

    def __init__(self, descriptor: int, size: int, most: int, seen: int, lost: Lost) -> None:
        frames = ReadableFrames(descriptor, size, most)
        if size < _PIXELS_AT:
            raise ValueError("no room for what is said of a picture")
        self._slots = [frames.slot(slot) for slot in range(most)]
        self._heads = [memory[:_SAID_AT].cast("Q") for memory in self._slots]
        self._seen = seen
        self._lost = lost

    @property
    def has_come(self) -> bool:
        """Whether there is a picture that was not looked at."""
        return self._heads[0][_NEWEST] > self._seen

    def come(self) -> Iterator[CopiedPicture]:
        """Copies of the pictures that were not looked at, in the order in which they were written."""
        newest = self._heads[0][_NEWEST]
        gone = newest - len(self._slots)
        if gone > self._seen:
            self._lost.overtaken += gone - self._seen
            self._seen = gone
        while self._seen < newest:
            self._seen += 1
            copy = self._copied(self._seen)
            if copy is not None:
                yield copy

    def _copied(self, number: int) -> CopiedPicture | None:
        slot = number % len(self._slots)
        memory, head = self._slots[slot], self._heads[slot]
        if head[_NUMBER] == number:
            said_end, pixels_end = _SAID_AT + head[_SAID], _PIXELS_AT + head[_PIXELS]
            if said_end > _PIXELS_AT or pixels_end > len(memory):
                self._lost.senseless += 1
                return None
            copy = CopiedPicture(bytes(memory[_SAID_AT:said_end]), bytes(memory[_PIXELS_AT:pixels_end]))
            if head[_NUMBER] == number:
                return copy
        self._lost.overtaken += 1
        return None
