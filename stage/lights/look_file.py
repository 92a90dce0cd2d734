"""What is on the wire, in a file that outlives the process: the next one goes on from it, with the next numbers.

Two slots take turns, each with a checksum, so a write that was cut short leaves the one before. Nothing waits for the
disk: the file only has to outlive a process.
"""

from __future__ import annotations

import os
import struct
import zlib
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import msgspec

from tracking.records import UNDECODABLE, Evolving

_SLOT_BYTES = 4 << 20
_HEAD = struct.Struct("<QII")
_ENCODER = msgspec.msgpack.Encoder()


class KeptUniverse(NamedTuple):
    """A universe on the wire: its number, that of its newest packet, and its levels without the zeros at their end."""

    number: int
    sequence: int
    levels: bytes


class KeptLook(Evolving):
    """What a process has sent in its newest tick. `life` counts the processes of the run."""

    life: int
    targets: tuple[float, ...] = ()
    patch: tuple[int, ...] = ()
    universes: tuple[KeptUniverse, ...] = ()


class LookFile:
    """The file at `path`. Without room for it nothing is kept, and `before` is None."""

    def __init__(self, path: Path) -> None:
        self._descriptor = -1
        self._count = 0
        self.before: KeptLook | None = None
        with suppress(OSError):
            self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            for slot in range(2):
                self._read(slot)

    def write(self, look: KeptLook) -> None:
        """Keeps a look; one that is too large, or for which there is no room, is not kept."""
        if self._descriptor < 0:
            return
        encoded = _ENCODER.encode(look)
        head = _HEAD.pack(self._count + 1, len(encoded), zlib.crc32(encoded))
        if len(head) + len(encoded) > _SLOT_BYTES:
            return
        self._count += 1
        with suppress(OSError):
            os.pwrite(self._descriptor, head + encoded, (self._count % 2) * _SLOT_BYTES)

    def close(self) -> None:
        """Leaves the file as it is."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _read(self, slot: int) -> None:
        content = os.pread(self._descriptor, _SLOT_BYTES, slot * _SLOT_BYTES)
        if len(content) < _HEAD.size:
            return
        count, size, checksum = _HEAD.unpack_from(content)
        encoded = content[_HEAD.size : _HEAD.size + size]
        if count <= self._count or len(encoded) != size or zlib.crc32(encoded) != checksum:
            return
        with suppress(*UNDECODABLE):
            self.before = msgspec.msgpack.decode(encoded, type=KeptLook)
            self._count = count
