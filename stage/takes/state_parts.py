"""Snapshots in parts: a take names the pieces of a state by digest, and holds each once."""

from __future__ import annotations

from collections.abc import Mapping

from stage.run.encoded_state import EncodedPart, EncodedState, joined
from stage.takes.records import SnapshotPart, StatePiece, TakeSnapshot


class HeldPieces:
    """The pieces that a take's file holds already, as far as the core has sent them."""

    def __init__(self) -> None:
        self._digests: set[bytes] = set()
        self._parts: dict[EncodedPart, SnapshotPart] = {}

    def snapshot(self, frame: int, state: EncodedState) -> tuple[TakeSnapshot, tuple[StatePiece, ...]]:
        """The snapshot after a frame, and the pieces that are to go before it into the file."""
        fresh: dict[bytes, StatePiece] = {}
        for part in state.parts:
            if part not in self._parts:
                missing = (piece for piece in part.pieces if piece.digest not in self._digests)
                fresh |= {digest: StatePiece(digest=digest, content=content) for digest, content in missing}
        self._digests.update(fresh)
        self._parts = {part: self._parts.get(part) or _named(part) for part in state.parts}
        snapshot = TakeSnapshot(frame=frame, glue=state.glue, parts=tuple(self._parts[part] for part in state.parts))
        return snapshot, tuple(fresh.values())


def whole_state(snapshot: TakeSnapshot, pieces: Mapping[bytes, bytes]) -> bytes:
    """The encoded state of a snapshot.

    Raises LookupError where a piece of it is missing, ValueError where the glue does not fit its parts.
    """
    if not snapshot.glue:
        return snapshot.state
    return joined(snapshot.glue, (b"".join(pieces[digest] for digest in part.pieces) for part in snapshot.parts))


def _named(part: EncodedPart) -> SnapshotPart:
    return SnapshotPart(name=part.name, pieces=tuple(piece.digest for piece in part.pieces))
