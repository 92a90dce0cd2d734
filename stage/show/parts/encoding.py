"""The state encoded in parts: what did not change since it was encoded last is not encoded again.

A field of the state, or of a notebook inside it, is a part where its type is a `Part` or a `KeptRecord`, or a `dict` of
those by name. Everything else is encoded each time. Whatever is a part, the bytes put together are the same.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any, NamedTuple, get_args, get_origin, get_type_hints

import msgspec

from stage.run.encoded_state import EncodedPart, EncodedState, Piece, piece_of
from stage.show.parts.part import KEPT, KeptRecord, Part
from tracking.records import Notebook

_ENCODER = msgspec.msgpack.Encoder()
_NOTHINGKEPT: tuple[bytes, EncodedPart | None] = (b"", None)
_SMALL = 1024
"""Parts of a part that are smaller than so many bytes are put together: a piece costs more to keep than its bytes."""
_MOST_IN_SHORT_MAP = 15


class _Field(NamedTuple):
    name: str
    key: bytes
    kind: str


class _Writer:
    """Collects the pieces of one encoding: glue, and parts between."""

    def __init__(self) -> None:
        self.glue: list[bytes] = []
        self.parts: list[EncodedPart] = []
        self._open: list[bytes] = []

    def notebook(self, record: msgspec.Struct, name: str = "") -> None:
        """A record field by field."""
        fields = _fields_of(type(record))
        self._open.append(_map_header(len(fields)))
        for field in fields:
            self._open.append(field.key)
            value = getattr(record, field.name)
            if field.kind == "plain":
                self._open.append(_ENCODER.encode(value))
            else:
                self._inside(field.kind, value, f"{name}.{field.name}" if name else field.name)

    def _inside(self, kind: str, value: Any, name: str) -> None:
        if kind == "notebook":
            self.notebook(value, name)
        elif kind == "part":
            self._part(value, name)
        else:
            self._open.append(_map_header(len(value)))
            for key, part in value.items():
                self._part(part, f"{name}.{key}", _ENCODER.encode(key))

    def _part(self, part: msgspec.Struct, name: str, key: bytes = b"") -> None:
        """A part, after the key under which it stands."""
        self.glue.append(b"".join(self._open))
        self._open.clear()
        before, kept = part.__dict__.get(KEPT, _NOTHINGKEPT)
        if kept is None or before != key:
            kept = EncodedPart(name, tuple(_pieces_of(part, name, key)))
            part.__dict__[KEPT] = key, kept
        self.parts.append(kept)

    def ended(self) -> EncodedState:
        """The whole encoding."""
        return EncodedState((*self.glue, b"".join(self._open)), tuple(self.parts))


def encode_in_parts(state: Notebook) -> EncodedState:
    """The state as msgpack in parts. Only glue is encoded, and parts that changed since the last time."""
    writer = _Writer()
    writer.notebook(state)
    return writer.ended()


def _pieces_of(part: msgspec.Struct, name: str, key: bytes) -> Iterator[Piece]:
    fields = _fields_of(type(part))
    if type(part).__struct_config__.array_like or all(field.kind == "plain" for field in fields):
        yield piece_of(key + _ENCODER.encode(part))
        return
    writer = _Writer()
    writer.notebook(part, name)
    first, *rest = writer.ended().glue
    small = [key, first]
    for kept, glue in zip(writer.parts, rest, strict=True):
        if kept.size < _SMALL:
            small += [piece.content for piece in kept.pieces]
        else:
            yield from _as_one(small)
            yield from kept.pieces
            small = []
        small.append(glue)
    yield from _as_one(small)


def _as_one(small: list[bytes]) -> Iterator[Piece]:
    content = b"".join(small)
    if content:
        yield piece_of(content)


@functools.cache
def _fields_of(kind: type[msgspec.Struct]) -> tuple[_Field, ...]:
    """The fields of a record in the order of their encoding."""
    hints = get_type_hints(kind)
    names = zip(kind.__struct_fields__, kind.__struct_encode_fields__, strict=True)
    return tuple(_Field(name, _ENCODER.encode(written), _kind_of(hints[name])) for name, written in names)


def _kind_of(hint: Any) -> str:
    if get_origin(hint) is dict and _is_part(get_args(hint)[1]):
        return "parts"
    if _is_part(hint):
        return "part"
    holds = isinstance(hint, type) and issubclass(hint, Notebook) and not hint.__struct_config__.array_like
    if holds and any(field.kind != "plain" for field in _fields_of(hint)):
        return "notebook"
    return "plain"


def _is_part(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, Part | KeptRecord)


def _map_header(length: int) -> bytes:
    """How a map of so many entries begins (MessagePack, "map format family")."""
    if length <= _MOST_IN_SHORT_MAP:
        return bytes([0x80 | length])
    return b"\xde" + length.to_bytes(2, "big") if length < 1 << 16 else b"\xdf" + length.to_bytes(4, "big")
