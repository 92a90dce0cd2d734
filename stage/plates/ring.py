"""Frames of films in memory that two processes share. A slot belongs to one of them at a time, never to both.

The process that reads films makes the memory and sends the core its descriptor; the core only reads. It is memory of
the kernel without a name (memfd_create(2)), so no disk is written to for frames that are gone a moment later, and
whatever dies leaves nothing. Where there is none, it is a file in the run's folder that has lost its name. Room is
allocated before it is written to: a page that could not be had then would end either process (SIGBUS, mmap(2)).
"""

from __future__ import annotations

import mmap
import os
import tempfile
from contextlib import suppress
from pathlib import Path

_PAGE = mmap.PAGESIZE
_MEMINFO = Path("/proc/meminfo")


def slot_bytes(frame: int) -> int:
    """The bytes of a slot that holds a frame of so many."""
    return -(-frame // _PAGE) * _PAGE


class WritableFrames:
    """The writer's end: addresses for `most` slots of `size` bytes, of which only those with room may be used.

    `folder` is for systems without memory that has no name. Raises OSError.
    """

    def __init__(self, size: int, most: int, folder: Path) -> None:
        self.size, self.most = size, most
        self.descriptor = _nameless(folder)
        try:
            os.ftruncate(self.descriptor, size * most)
            self._memory = mmap.mmap(self.descriptor, size * most)
        except (OSError, ValueError):
            os.close(self.descriptor)
            raise
        self._view = memoryview(self._memory)

    def allocate(self, slot: int) -> None:
        """Has room made for a slot. Raises OSError where there is none."""
        os.posix_fallocate(self.descriptor, slot * self.size, self.size)

    def give_up(self, slot: int) -> None:
        """Gives the room of a slot back, which nobody reads any more."""
        with suppress(OSError, AttributeError):
            self._memory.madvise(mmap.MADV_REMOVE, slot * self.size, self.size)

    def slot(self, slot: int) -> memoryview:
        """A slot to write to."""
        return self._view[slot * self.size : (slot + 1) * self.size]

    def close(self) -> None:
        """Leaves the memory, which is there for as long as the other end maps it."""
        os.close(self.descriptor)
        self._view = memoryview(b"")


class ReadableFrames:
    """The reader's end, of a descriptor that becomes its own. Raises OSError or ValueError where it is too small."""

    def __init__(self, descriptor: int, size: int, most: int) -> None:
        self.size, self.most = size, most
        try:
            self._memory = mmap.mmap(descriptor, size * most, prot=mmap.PROT_READ)
        finally:
            os.close(descriptor)
        self._view = memoryview(self._memory)

    def slot(self, slot: int) -> memoryview:
        """A slot to read from, which the writer has filled."""
        return self._view[slot * self.size : (slot + 1) * self.size]


def available_bytes() -> int | None:
    """Memory that could be had now without pushing anything out; None where the system does not say."""
    with suppress(OSError, ValueError, IndexError):
        for line in _MEMINFO.read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    return None


def _nameless(folder: Path) -> int:
    if hasattr(os, "memfd_create"):
        return os.memfd_create("openstage plate", os.MFD_CLOEXEC)
    with tempfile.TemporaryFile(dir=folder) as file:
        return os.dup(file.fileno())
