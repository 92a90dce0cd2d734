"""A slot of the checkpoint as bytes: the glue of a state, and where the pieces of its parts are.

A part of one piece is named by that; one of several by an index of them, which lies among the pieces.
"""

from __future__ import annotations

import hashlib
import mmap
import struct
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from stage.run.encoded_state import EncodedPart, EncodedState, Piece, piece_of
from stage.run.piece_room import Place

Memory = bytes | mmap.mmap
SLOT = struct.Struct("<QQ16s")
"""Its number (0: empty), the length of what follows, and a check of both."""
_COUNT = struct.Struct("<I")
_PLACE = struct.Struct("<QI16s")
_ENTRY_BYTES = _COUNT.size + _PLACE.size


class PlacedPart(NamedTuple):
    """A part that lies among the pieces: its entry in a slot, and the digests of all that belongs to it."""

    entry: bytes
    digests: tuple[bytes, ...]


class Slot(NamedTuple):
    """A whole slot: its number, its state, and the places of all pieces that it needs."""

    sequence: int
    state: EncodedState
    places: list[Place]


def place_bytes(place: Place, piece: Piece) -> bytes:
    """How an index or an entry names a piece."""
    return _PLACE.pack(place.offset, place.length, piece.digest)


def entry_of(number_of_pieces: int, named: bytes) -> bytes:
    """A part's entry: how many pieces it has, and the place of the only one, or of their index."""
    return _COUNT.pack(number_of_pieces) + named


def packed_slot(sequence: int, glue: Sequence[bytes], entries: Sequence[bytes]) -> bytes:
    """A slot with its head."""
    lengths = b"".join(_COUNT.pack(len(one)) for one in glue)
    body = b"".join((_COUNT.pack(len(entries)), *entries, lengths, *glue))
    return SLOT.pack(sequence, len(body), _check(sequence, body)) + body


def newest_slot(memory: Memory, slots_at: int, capacity: int) -> Slot | None:
    """The newest whole slot of two that lie one after the other, with the pieces behind them; None if none is whole."""
    found = (_slot(memory, slots_at + number * capacity, capacity, slots_at + 2 * capacity) for number in (0, 1))
    return max((slot for slot in found if slot is not None), key=lambda slot: slot.sequence, default=None)


def _slot(memory: Memory, at: int, capacity: int, pieces_at: int) -> Slot | None:
    """A slot, or None if it is empty or broken, or a piece is not what it should be."""
    sequence, length, check = SLOT.unpack_from(memory, at)
    if sequence == 0 or length > capacity - SLOT.size:
        return None
    body = bytes(memory[at + SLOT.size : at + SLOT.size + length])
    if _check(sequence, body) != check:
        return None
    (number,) = _COUNT.unpack_from(body)
    glue_at = _COUNT.size + number * _ENTRY_BYTES
    reading = _Pieces(memory, pieces_at)
    parts = [reading.part(body[start : start + _ENTRY_BYTES]) for start in range(_COUNT.size, glue_at, _ENTRY_BYTES)]
    if reading.broken:
        return None
    return Slot(sequence, EncodedState(tuple(_glue(body, glue_at, number + 1)), tuple(parts)), reading.places)


def _glue(body: bytes, at: int, number: int) -> Iterator[bytes]:
    lengths = struct.unpack_from(f"<{number}I", body, at)
    start = at + number * _COUNT.size
    for length in lengths:
        yield body[start : start + length]
        start += length


class _Pieces:
    """Reads the pieces of a slot, and notes where they are, and whether any is broken."""

    def __init__(self, memory: Memory, pieces_at: int) -> None:
        self._memory = memory
        self._at = pieces_at
        self.places: list[Place] = []
        self.broken = False

    def part(self, entry: bytes) -> EncodedPart:
        """The part that a slot names; its own name is not kept."""
        (count,) = _COUNT.unpack_from(entry)
        first = self._piece(entry[_COUNT.size :])
        if count == 1:
            return EncodedPart("", (first,))
        named = (first.content[at : at + _PLACE.size] for at in range(0, len(first.content), _PLACE.size))
        return EncodedPart("", tuple(self._piece(one) for one in named))

    def _piece(self, named: bytes) -> Piece:
        offset, length, digest = _PLACE.unpack(named)
        start = self._at + offset
        piece = piece_of(bytes(self._memory[start : start + length]))
        self.places.append(Place(offset, length))
        self.broken |= piece.digest != digest
        return piece if piece.digest == digest else Piece(digest, b"")


def _check(sequence: int, body: bytes) -> bytes:
    digest = hashlib.blake2b(sequence.to_bytes(8, "little"), digest_size=16)
    digest.update(body)
    return digest.digest()
