"""The pieces of the newest state in a checkpoint: each is put into free room once, and its place is freed when nothing
names it any more.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterable

from stage.run.checkpoint_slot import PlacedPart, entry_of, place_bytes
from stage.run.encoded_state import EncodedPart, Piece, piece_of
from stage.run.piece_room import PieceRoom, Place


class PlacedPieces:
    """Pieces in a mapped file from `begins_at` on, in `size` bytes. `left` are places that an earlier process filled:
    they are kept until `settle`.
    """

    def __init__(self, memory: mmap.mmap, begins_at: int, size: int, left: list[Place]) -> None:
        self._map = memory
        self._at = begins_at
        self._room = PieceRoom(size, left)
        self._left = list(dict.fromkeys(left))
        self._parts: dict[EncodedPart, PlacedPart] = {}
        self._places: dict[bytes, tuple[Place, int]] = {}
        """Where a piece is by its digest, and how many parts name it."""

    def put(self, parts: Iterable[EncodedPart]) -> dict[EncodedPart, PlacedPart] | None:
        """Puts what is not there yet where nothing is; None where there is no room, and then all is as before."""
        fresh: dict[EncodedPart, PlacedPart] = {}
        for part in parts:
            if part in self._parts or part in fresh:
                continue
            placed = self._put(part)
            if placed is None:
                self._free(fresh.values())
                return None
            fresh[part] = placed
        return self._parts | fresh

    def settle(self, placed: dict[EncodedPart, PlacedPart], wanted: Iterable[EncodedPart]) -> None:
        """Keeps the wanted ones of the parts that `put` gave, and frees all other places: no slot names them now."""
        self._parts = {part: placed[part] for part in wanted}
        self._free(one for part, one in placed.items() if part not in self._parts)
        for place in self._left:
            self._room.give(place)
        self._left = []

    def undo(self, placed: dict[EncodedPart, PlacedPart]) -> None:
        """Frees what the last `put` added."""
        self._free(one for part, one in placed.items() if part not in self._parts)

    def _put(self, part: EncodedPart) -> PlacedPart | None:
        held: list[bytes] = []
        named: list[bytes] = []
        for piece in part.pieces:
            place = self._hold(piece, held)
            if place is None:
                return None
            named.append(place_bytes(place, piece))
        if len(named) == 1:
            return PlacedPart(entry_of(1, named[0]), tuple(held))
        index = piece_of(b"".join(named))
        place = self._hold(index, held)
        return None if place is None else PlacedPart(entry_of(len(named), place_bytes(place, index)), tuple(held))

    def _hold(self, piece: Piece, held: list[bytes]) -> Place | None:
        """Where a piece is that one more part names; None where there is no room, and then nothing of `held` is."""
        place, count = self._places.get(piece.digest, (None, 0))
        if place is None:
            place = self._room.take(len(piece.content))
            if place is None:
                self._release(held)
                return None
            start = self._at + place.offset
            self._map[start : start + place.length] = piece.content
        self._places[piece.digest] = place, count + 1
        held.append(piece.digest)
        return place

    def _free(self, placed: Iterable[PlacedPart]) -> None:
        for part in placed:
            self._release(part.digests)

    def _release(self, digests: Iterable[bytes]) -> None:
        for digest in digests:
            place, count = self._places.pop(digest)
            if count > 1:
                self._places[digest] = place, count - 1
            else:
                self._room.give(place)
