"""Slots of memory that two processes share: frames of films on their way to the core, pictures on theirs to the page.

One process makes the memory, writes, and sends the other its descriptor, which only reads. It is memory of the kernel
without a name (memfd_create(2)), so no disk is written to for what is gone a moment later, and whatever dies leaves
nothing. Where there is none, it is a file in the run's folder that has lost its name. Room is allocated before it is
written to: a page that could not be had then would end either process (SIGBUS, mmap(2)).
"""

from __future__ import annotations

import fcntl
import mmap
import os
import tempfile
from contextlib import suppress
from pathlib import Path

_PAGE = mmap.PAGESIZE
_MEMINFO = Path("/proc/meminfo")
_SEALS = ("F_SEAL_SHRINK", "F_SEAL_GROW", "F_SEAL_SEAL")
_F_SEAL_FUTURE_WRITE = 0x10
"""Nobody but who has mapped it already may write to it (Linux 5.1)."""


def slot_bytes(frame: int) -> int:
    """The bytes of a slot that holds a frame of so many."""
    return -(-frame // _PAGE) * _PAGE


class WritableFrames:
    """The writer's end: addresses for `most` slots of `size` bytes, of which only those with room may be used.

    `folder` is for systems without memory that has no name. Where it is `sealed`, whoever has the descriptor can read
    and do no more, as far as the system knows how to see to that; no room can be given up then. Raises OSError.
    """

    def __init__(self, size: int, most: int, folder: Path, *, sealed: bool = False) -> None:
        self.size, self.most = size, most
        self.descriptor = _nameless(folder)
        try:
            os.ftruncate(self.descriptor, size * most)
            self._memory = mmap.mmap(self.descriptor, size * most)
            if sealed:
                _seal(self.descriptor)
        except (OSError, ValueError):
            os.close(self.descriptor)
            raise
        self._view = memoryview(self._memory)

    def allocate(self, slot: int, needed: int | None = None) -> None:
        """Has room made for a slot, or for its first `needed` bytes. Raises OSError where there is none."""
        os.posix_fallocate(self.descriptor, slot * self.size, needed or self.size)

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
        return os.memfd_create("openstage frames", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    with tempfile.TemporaryFile(dir=folder) as file:
        return os.dup(file.fileno())


def _seal(descriptor: int) -> None:
    """Were it made shorter, the writer's next byte beyond its end would be the writer's end."""
    if not hasattr(fcntl, "F_ADD_SEALS"):
        return
    with suppress(OSError):
        fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, _F_SEAL_FUTURE_WRITE)
    with suppress(OSError):
        fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, sum(getattr(fcntl, seal) for seal in _SEALS))
