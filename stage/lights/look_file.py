"""What is on the wire, in a file that outlives the process: the next one goes on from it, with the next numbers.

Two slots take turns, each with its number at both ends, so a write that was cut short leaves the one before. Nothing
waits for the disk, and nothing is checked for damage: the file only has to outlive a process.
"""

from __future__ import annotations

import os
import struct
from contextlib import suppress
from pathlib import Path

import msgspec

from tracking.records import UNDECODABLE, Evolving

_SLOT_BYTES = 4 << 20
_HEAD, _TAIL = struct.Struct("<QI"), struct.Struct("<Q")
_ENCODER = msgspec.msgpack.Encoder()


class KeptLook(Evolving):
    """What a process sends now, or in its next tick. `life` counts the processes of the run.

    `targets` are three numbers of 64 bits for each cell. Of each universe there are its number, that of its newest
    packet, and its levels.
    """

    life: int
    targets: bytes = b""
    patch: tuple[int, ...] = ()
    numbers: tuple[int, ...] = ()
    sequences: tuple[int, ...] = ()
    levels: tuple[bytes, ...] = ()


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
        if _HEAD.size + len(encoded) + _TAIL.size > _SLOT_BYTES:
            return
        self._count += 1
        whole = _HEAD.pack(self._count, len(encoded)) + encoded + _TAIL.pack(self._count)
        with suppress(OSError):
            os.pwrite(self._descriptor, whole, (self._count % 2) * _SLOT_BYTES)

    def close(self) -> None:
        """Leaves the file as it is."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _read(self, slot: int) -> None:
        content = os.pread(self._descriptor, _SLOT_BYTES, slot * _SLOT_BYTES)
        if len(content) < _HEAD.size:
            return
        count, size = _HEAD.unpack_from(content)
        end = _HEAD.size + size
        if count <= self._count or content[end : end + _TAIL.size] != _TAIL.pack(count):
            return
        with suppress(*UNDECODABLE):
            self.before = msgspec.msgpack.decode(content[_HEAD.size : end], type=KeptLook)
            self._count = count
