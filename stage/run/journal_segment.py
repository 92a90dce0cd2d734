"""One file of the journal: entries one after the other, each with its length, a checksum and its number.

Room for them is allocated with the file, so that adding one neither waits for room nor fails for want of it. What is
behind the last entry is zero.
"""

from __future__ import annotations

import errno
import os
import re
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tracking.sources.ordinary_files import read_ordinary

SEGMENT_BYTES = 2**20
"""A segment that holds so much is full: the next entry begins another one."""
MAGIC = b"OSJOURN1"
MOST_BYTES = 64 * 2**20
_CLOSED = -1
_HEAD = struct.Struct("<IIQ")
_NAME = re.compile(r"(\d{8})\.journal")


class JournalEntry(NamedTuple):
    """An entry as it is kept: its number (0 for what the show has not carried out), and its content.

    `place` says where it is among all entries: later ones have greater places.
    """

    number: int
    content: bytes
    place: int = 0


class Segment:
    """A new segment, the one of that `index`. `newest` is the greatest number of its entries.

    Raises OSError where the file cannot be made, or has no room.
    """

    def __init__(self, folder: Path, index: int) -> None:
        self.path = path_of(folder, index)
        self.newest = 0
        self._descriptor = os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, 0o600)
        try:
            os.posix_fallocate(self._descriptor, 0, SEGMENT_BYTES)
            os.pwrite(self._descriptor, MAGIC, 0)
        except OSError:
            os.close(self._descriptor)
            self.path.unlink(missing_ok=True)
            raise
        self.size = len(MAGIC)
        self.is_dirty = True

    @property
    def is_full(self) -> bool:
        """Whether the next entry is to begin another segment."""
        return self.size >= SEGMENT_BYTES

    def add(self, packed: bytes) -> None:
        """Adds packed entries with one write, into the page cache. Raises OSError, and then none of them is there."""
        written = os.pwrite(self._descriptor, packed, self.size)
        if written != len(packed):
            os.ftruncate(self._descriptor, self.size)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self.size += written
        self.is_dirty = True

    def sync(self) -> None:
        """Waits until all that was added is on the disk. Raises OSError."""
        if self.is_dirty:
            self.is_dirty = False
            os.fdatasync(self._descriptor)

    def is_there(self) -> bool:
        """Whether the file still has its name: somebody may have removed the folder, or unmounted its disk."""
        try:
            found, own = self.path.stat(), os.fstat(self._descriptor)
        except OSError:
            return False
        return (found.st_dev, found.st_ino) == (own.st_dev, own.st_ino)

    def close(self) -> None:
        """Ends the file behind its last entry, once. Raises OSError, but the file is closed then."""
        descriptor, self._descriptor = self._descriptor, _CLOSED
        if descriptor == _CLOSED:
            return
        try:
            os.ftruncate(descriptor, self.size)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def packed(entries: list[tuple[int, bytes]]) -> bytes:
    """Entries by number and content as a segment has them."""
    return b"".join(
        piece
        for number, content in entries
        for piece in (_HEAD.pack(len(content), _check(number, content), number), content)
    )


def path_of(folder: Path, index: int) -> Path:
    """The file of a segment."""
    return folder / f"{index:08d}.journal"


def entries_in(folder: Path, index: int) -> Iterator[JournalEntry]:
    """The whole entries of a segment, up to the first that is not whole. Raises OSError and ValueError."""
    content = read_ordinary(path_of(folder, index), MOST_BYTES)
    if content[: len(MAGIC)] != MAGIC:
        return
    at = len(MAGIC)
    while at + _HEAD.size <= len(content):
        length, check, number = _HEAD.unpack_from(content, at)
        end = at + _HEAD.size + length
        entry = content[at + _HEAD.size : end]
        if length == 0 or len(entry) < length or _check(number, entry) != check:
            return
        yield JournalEntry(number, entry, index << 32 | at)
        at = end


def segments_in(folder: Path) -> list[int]:
    """The segments of a folder by their indices, the oldest first. Raises OSError."""
    found = (_NAME.fullmatch(path.name) for path in folder.iterdir())
    return sorted(int(one[1]) for one in found if one)


def _check(number: int, content: bytes) -> int:
    return zlib.crc32(content, zlib.crc32(number.to_bytes(8, "little")))
