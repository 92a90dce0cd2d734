"""A state as it is encoded in parts: records alone, for those that keep it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import NamedTuple

DIGEST_BYTES = 16


class Piece(NamedTuple):
    """Some bytes of an encoded state that seldom change, and their digest (BLAKE2b, 16 bytes)."""

    digest: bytes
    content: bytes


class EncodedPart:
    """One part of an encoded state: its name, and its pieces one after the other.

    A part that did not change is this very object again, so whoever keeps states may know it by its identity.
    """

    __slots__ = ("name", "pieces", "size")

    def __init__(self, name: str, pieces: tuple[Piece, ...]) -> None:
        self.name = name
        self.pieces = pieces
        self.size = sum(len(piece.content) for piece in pieces)


class EncodedState(NamedTuple):
    """An encoded state: `glue[0]`, `parts[0]`, `glue[1]` and so on; the last is glue.

    Put together they are the state encoded in one go, byte for byte.
    """

    glue: tuple[bytes, ...]
    parts: tuple[EncodedPart, ...] = ()

    def whole(self) -> bytes:
        """All of it in one go."""
        return joined(self.glue, (b"".join(piece.content for piece in part.pieces) for part in self.parts))

    @property
    def size(self) -> int:
        """How many bytes the whole has."""
        return sum(map(len, self.glue)) + sum(part.size for part in self.parts)


def piece_of(content: bytes) -> Piece:
    """Content with its digest."""
    return Piece(hashlib.blake2b(content, digest_size=DIGEST_BYTES).digest(), content)


def joined(glue: tuple[bytes, ...], parts: Iterator[bytes]) -> bytes:
    """Glue and parts by turns. Raises ValueError where there is not one more of the glue."""
    first, *rest = glue
    return first + b"".join(piece for pair in zip(parts, rest, strict=True) for piece in pair)
