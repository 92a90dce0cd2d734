"""The checkpoint: the show's state in a file that survives the death of its process at any moment.

Two slots take turns. A slot counts only if its checksum matches, so a write that was cut short leaves the previous
checkpoint in force. Writing copies into mapped memory, which the kernel keeps when the process dies; nothing waits for
the disk. Beside the slots is the heartbeat, a counter that moves with every frame while the process lives.
"""

from __future__ import annotations

import hashlib
import mmap
import os
import struct
from pathlib import Path

MAGIC = b"OSCHECK1"
CAPACITY_BYTES = 4 * 2**20
_HEADER = struct.Struct("<8sQ")
_SLOT = struct.Struct("<QQ16s")
_HEARTBEAT = struct.Struct("<Q")
_HEARTBEAT_AT = 16
_SLOTS_AT = 64
_SMALLEST_CAPACITY = 1024
_LARGEST_CAPACITY = 2**30


class Checkpoint:
    """The newest state in `path`, for one writing process.

    A file of another size is replaced and its newest state kept. `refused` counts states that were larger than
    `capacity_bytes`. Raises OSError if the file cannot be created, or has no room: all of it is allocated at once,
    since writing to a mapped hole of a full disk ends the process.
    """

    def __init__(self, path: Path, capacity_bytes: int = CAPACITY_BYTES) -> None:
        self._capacity = max(capacity_bytes, _SMALLEST_CAPACITY)
        kept = read_checkpoint(path)
        if kept is None or _capacity_of(path) != self._capacity:
            _make(path, self._capacity)
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        try:
            self._map = mmap.mmap(descriptor, _file_bytes(self._capacity))
        finally:
            os.close(descriptor)
        self.refused = 0
        self._sequence = max(_sequence(self._map, slot, self._capacity) for slot in (0, 1))
        if kept is not None and self._sequence == 0:
            self.write(kept)

    def write(self, state: bytes) -> bool:
        """Keeps `state`. Returns False, and counts it, if it is too large. Never raises, never waits."""
        if len(state) > self._capacity:
            self.refused += 1
            return False
        sequence = self._sequence + 1
        at = _slot_at(sequence % 2, self._capacity)
        body = at + _SLOT.size
        self._map[body : body + len(state)] = state
        _SLOT.pack_into(self._map, at, sequence, len(state), _check(sequence, state))
        self._sequence = sequence
        return True

    def heartbeat(self) -> None:
        """Shows that this process is alive. Never raises, never waits."""
        _HEARTBEAT.pack_into(self._map, _HEARTBEAT_AT, (self.heartbeats + 1) & 0xFFFFFFFFFFFFFFFF)

    @property
    def heartbeats(self) -> int:
        """How many there were, of this process and of those that wrote the file before."""
        return int(_HEARTBEAT.unpack_from(self._map, _HEARTBEAT_AT)[0])

    def read(self) -> bytes | None:
        """The newest whole state, or None if there is none."""
        return _newest(self._map, self._capacity)

    def close(self) -> None:
        """Unmaps the file, which stays."""
        self._map.close()


def read_checkpoint(path: Path) -> bytes | None:
    """The newest whole state in a file, or None if there is none. Raises OSError, but not for an absent file."""
    capacity = _capacity_of(path)
    if capacity is None:
        return None
    return _newest(path.read_bytes(), capacity)


def read_heartbeat(path: Path) -> int | None:
    """The heartbeat count of the process that writes `path`, or None if there is no such file."""
    try:
        with path.open("rb") as stream:
            stream.seek(_HEARTBEAT_AT)
            count = stream.read(_HEARTBEAT.size)
    except OSError:
        return None
    return int(_HEARTBEAT.unpack(count)[0]) if len(count) == _HEARTBEAT.size else None


def _capacity_of(path: Path) -> int | None:
    """The slot size that a file's header and length agree on, or None if it is not a checkpoint."""
    try:
        size = path.stat().st_size
        with path.open("rb") as stream:
            header = stream.read(_HEADER.size)
    except FileNotFoundError:
        return None
    if len(header) < _HEADER.size:
        return None
    magic, capacity = _HEADER.unpack(header)
    fits = _SMALLEST_CAPACITY <= capacity <= _LARGEST_CAPACITY and size == _file_bytes(capacity)
    return int(capacity) if magic == MAGIC and fits else None


def _make(path: Path, capacity: int) -> None:
    """Replaces whatever was there by an empty file, in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(path.name + ".new")
    try:
        with fresh.open("wb") as stream:
            os.posix_fallocate(stream.fileno(), 0, _file_bytes(capacity))
            stream.write(_HEADER.pack(MAGIC, capacity))
        fresh.replace(path)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise


def _file_bytes(capacity: int) -> int:
    return _SLOTS_AT + 2 * (_SLOT.size + capacity)


def _slot_at(slot: int, capacity: int) -> int:
    return _SLOTS_AT + slot * (_SLOT.size + capacity)


def _newest(memory: bytes | mmap.mmap, capacity: int) -> bytes | None:
    newest = max((0, 1), key=lambda slot: _sequence(memory, slot, capacity))
    state = _state(memory, newest, capacity)
    return None if state is None else state[1]


def _sequence(memory: bytes | mmap.mmap, slot: int, capacity: int) -> int:
    """The number of a whole slot, or 0 for an empty or broken one."""
    state = _state(memory, slot, capacity)
    return 0 if state is None else state[0]


def _state(memory: bytes | mmap.mmap, slot: int, capacity: int) -> tuple[int, bytes] | None:
    """A slot's number and state, or None if it is empty or broken."""
    at = _slot_at(slot, capacity)
    sequence, length, check = _SLOT.unpack_from(memory, at)
    if sequence == 0 or length > capacity:
        return None
    body = at + _SLOT.size
    state = memory[body : body + length]
    return (sequence, state) if _check(sequence, state) == check else None


def _check(sequence: int, state: bytes) -> bytes:
    digest = hashlib.blake2b(sequence.to_bytes(8, "little"), digest_size=16)
    digest.update(state)
    return digest.digest()
