"""The checkpoint: the show's state in a file that survives the death of its process at any moment.

Two slots take turns. Each holds the glue of a state, and names its parts by digest and place; behind the slots each
piece of a part is held once. A write puts new pieces where the newest whole slot has none, then fills the other slot,
and only then frees what nobody names any more. A slot counts only if its checksum matches and the digests of its pieces
do: a write that was cut short leaves the previous checkpoint in force. Writing copies into mapped memory, which the
kernel keeps when the process dies; nothing waits for the disk. Beside all that are the heartbeat, a counter that moves
with every frame while the process lives, and another of the frames that were shown.
"""

from __future__ import annotations

import mmap
import os
import struct
from pathlib import Path

from stage.run.checkpoint_slot import SLOT, Memory, Slot, newest_slot, packed_slot
from stage.run.encoded_state import EncodedState
from stage.run.placed_pieces import PlacedPieces

MAGIC = b"OSCHECK2"
CAPACITY_BYTES = 4 * 2**20
"""Room for the glue of a state."""
ROOM_OF_PARTS = 8
"""There is so many times as much room for its parts."""
_HEADER = struct.Struct("<8sQ")
_HEARTBEAT = struct.Struct("<Q")
_HEARTBEAT_AT = 16
_PRESENTED_AT = 24
_SLOTS_AT = 64
_SMALLEST_CAPACITY = 1024
_LARGEST_CAPACITY = 2**27


class Checkpoint:
    """The newest state in `path`, for one writing process.

    A file of another size is replaced and its newest state kept. `refused` counts states for which there was no room.
    Raises OSError if the file cannot be created, or has no room: all of it is allocated at once, since writing to a
    mapped hole of a full disk ends the process.
    """

    def __init__(self, path: Path, capacity_bytes: int = CAPACITY_BYTES) -> None:
        self._capacity = max(capacity_bytes, _SMALLEST_CAPACITY)
        kept = read_in_parts(path)
        if kept is None or _capacity_of(path) != self._capacity:
            _make(path, self._capacity)
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        try:
            self._map = mmap.mmap(descriptor, _file_bytes(self._capacity))
        finally:
            os.close(descriptor)
        self.refused = 0
        found = _newest(self._map, self._capacity)
        self._sequence = 0 if found is None else found.sequence
        left = [] if found is None else found.places
        pieces_at, room = _SLOTS_AT + 2 * self._capacity, ROOM_OF_PARTS * self._capacity
        self._pieces = PlacedPieces(self._map, pieces_at, room, left)
        if kept is not None and self._sequence == 0:
            self.write(kept)

    def write(self, state: EncodedState) -> bool:
        """Keeps `state`: its glue, and the pieces that the newest one had not. Never raises, never waits.

        Returns False, and counts it, if there is no room for it.
        """
        placed = self._pieces.put(state.parts)
        if placed is None:
            self.refused += 1
            return False
        slot = packed_slot(self._sequence + 1, state.glue, [placed[part].entry for part in state.parts])
        if len(slot) > self._capacity:
            self._pieces.undo(placed)
            self.refused += 1
            return False
        self._sequence += 1
        at = _SLOTS_AT + self._sequence % 2 * self._capacity
        self._map[at + SLOT.size : at + len(slot)] = slot[SLOT.size :]
        self._map[at : at + SLOT.size] = slot[: SLOT.size]
        self._pieces.settle(placed, state.parts)
        return True

    def heartbeat(self) -> None:
        """Shows that this process is alive. Never raises, never waits."""
        _HEARTBEAT.pack_into(self._map, _HEARTBEAT_AT, (self.heartbeats + 1) & 0xFFFFFFFFFFFFFFFF)

    def presented(self) -> None:
        """Counts a frame that was shown. Never raises, never waits."""
        (count,) = _HEARTBEAT.unpack_from(self._map, _PRESENTED_AT)
        _HEARTBEAT.pack_into(self._map, _PRESENTED_AT, (count + 1) & 0xFFFFFFFFFFFFFFFF)

    @property
    def heartbeats(self) -> int:
        """How many there were, of this process and of those that wrote the file before."""
        return int(_HEARTBEAT.unpack_from(self._map, _HEARTBEAT_AT)[0])

    def read(self) -> bytes | None:
        """The newest whole state, or None if there is none."""
        found = _newest(self._map, self._capacity)
        return None if found is None else found.state.whole()

    def close(self) -> None:
        """Unmaps the file, which stays."""
        self._map.close()


def read_checkpoint(path: Path) -> bytes | None:
    """The newest whole state in a file, or None if there is none. Raises OSError, but not for an absent file."""
    found = read_in_parts(path)
    return None if found is None else found.whole()


def read_in_parts(path: Path) -> EncodedState | None:
    """What `read_checkpoint` reads, in its parts, whose names are not kept."""
    capacity = _capacity_of(path)
    if capacity is None:
        return None
    found = _newest(path.read_bytes(), capacity)
    return None if found is None else found.state


def read_heartbeat(path: Path) -> int | None:
    """The heartbeat count of the process that writes `path`, or None if there is no such file."""
    return _read_count(path, _HEARTBEAT_AT)


def read_presented(path: Path) -> int | None:
    """How many frames of the run were shown, or None if there is no such file."""
    return _read_count(path, _PRESENTED_AT)


def _read_count(path: Path, place: int) -> int | None:
    try:
        with path.open("rb") as stream:
            stream.seek(place)
            count = stream.read(_HEARTBEAT.size)
    except OSError:
        return None
    return int(_HEARTBEAT.unpack(count)[0]) if len(count) == _HEARTBEAT.size else None


def _capacity_of(path: Path) -> int | None:
    """The slot size that a file's header and length agree on, or None if it is no checkpoint of this form."""
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
    return _SLOTS_AT + (2 + ROOM_OF_PARTS) * capacity


def _newest(memory: Memory, capacity: int) -> Slot | None:
    return newest_slot(memory, _SLOTS_AT, capacity)
