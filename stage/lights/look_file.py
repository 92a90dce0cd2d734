"""What is on the wire, in a file that outlives the process: the next one goes on from it, with the next numbers.

Two slots take turns, each with its number at both ends, so a write that was cut short leaves the one before. They lie
in mapped memory, so keeping costs no call of the system. Nothing waits for the disk, and nothing is checked for damage:
the file only has to outlive a process.
"""

from __future__ import annotations

import mmap
import os
import struct
from contextlib import suppress
from pathlib import Path

import msgspec

from stage.dmx.universes import MOST_SLOTS
from stage.lights.mixing.records import Span
from tracking.records import UNDECODABLE, Evolving

_SLOT_BYTES = 4 << 20
_STEP_BYTES = 1 << 16
_HEAD, _TAIL = struct.Struct("<QI"), struct.Struct("<Q")
_ENCODER = msgspec.msgpack.Encoder()


class KeptLook(Evolving):
    """What a process sends now, or in its next tick. `life` counts the processes of the run.

    `xy` and `level` are numbers of 64 bits, two and one for each cell. `spans` say where the slots of each universe lie
    in `slots`, `sequences` has the number of the newest packet of each, a byte.
    """

    life: int
    xy: bytes = b""
    level: bytes = b""
    patch: tuple[int, ...] = ()
    spans: tuple[Span, ...] = ()
    sequences: bytes = b""
    slots: bytes = b""

    @property
    def is_whole(self) -> bool:
        """Whether its universes have room in their slots, and fill them."""
        width = len(self.slots) // max(len(self.spans), 1)
        fit = (start == row * width and 0 <= size <= width for row, (_, start, size) in enumerate(self.spans))
        return width * len(self.spans) == len(self.slots) and width <= MOST_SLOTS and all(fit)


class LookFile:
    """The file at `path`. Without room for it nothing is kept, and `before` is None."""

    def __init__(self, path: Path) -> None:
        self._descriptor = -1
        self._mapped: mmap.mmap | None = None
        self._room = 0
        self._count = 0
        self.before: KeptLook | None = None
        with suppress(OSError):
            self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            os.truncate(self._descriptor, 2 * _SLOT_BYTES)
            for slot in range(2):
                self._read(slot)
            self._mapped = mmap.mmap(self._descriptor, 2 * _SLOT_BYTES)

    def write(self, look: KeptLook) -> None:
        """Keeps a look; one that is too large, or for which there is no room, is not kept."""
        encoded = _ENCODER.encode(look)
        mapped, size = self._mapped, _HEAD.size + len(encoded) + _TAIL.size
        if mapped is None or not self._has_room(size):
            return
        self._count += 1
        start = (self._count % 2) * _SLOT_BYTES
        end = start + size
        _HEAD.pack_into(mapped, start, 0, 0)  # a process that dies here leaves no number that fits
        mapped[start + _HEAD.size : end] = encoded + _TAIL.pack(self._count)
        _HEAD.pack_into(mapped, start, self._count, len(encoded))

    def close(self) -> None:
        """Leaves the file as it is."""
        if self._mapped is not None:
            self._mapped.close()
            self._mapped = None
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _has_room(self, size: int) -> bool:
        """Whether each slot has so many bytes on the disk: without them, writing to memory would end the process."""
        if size > self._room and size <= _SLOT_BYTES:
            room = -(-size // _STEP_BYTES) * _STEP_BYTES
            with suppress(OSError):
                for slot in range(2):
                    os.posix_fallocate(self._descriptor, slot * _SLOT_BYTES, room)
                self._room = room
        return size <= self._room

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
