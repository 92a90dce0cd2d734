"""The state encoded in parts: what did not change since it was encoded last is not encoded again.

A field of the state, or of a notebook inside it, is a part where its type is a `Part` or a `KeptRecord`, or a `dict` of
those by name. Everything else is encoded each time. Whatever is a part, the bytes put together are the same.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any, NamedTuple, get_args, get_origin, get_type_hints

import msgspec

from stage.run.encoded_state import EncodedPart, EncodedState, Piece, piece_of
from stage.show.parts.part import KEPT, KeptRecord, Part
from tracking.records import Notebook

_ENCODER = msgspec.msgpack.Encoder()
_SMALL = 1024
"""A part of fewer bytes is glue: a piece of its own would cost more than to copy them."""
_MOST_IN_SHORT_MAP = 15
_Item = bytes | EncodedPart
"""Some of an encoding: glue, or a part."""


class _Field(NamedTuple):
    name: str
    key: bytes
    kind: str


def encode_in_parts(state: Notebook) -> EncodedState:
    """The state as msgpack in parts. Only glue is encoded, and parts that changed since the last time."""
    items: list[_Item] = []
    _write(state, "", items)
    glue: list[bytes] = []
    parts: list[EncodedPart] = []
    between: list[bytes] = []
    for item in items:
        if isinstance(item, bytes):
            between.append(item)
        else:
            glue.append(b"".join(between))
            parts.append(item)
            between = []
    return EncodedState((*glue, b"".join(between)), tuple(parts))


def _write(record: msgspec.Struct, name: str, items: list[_Item]) -> None:
    """A record field by field."""
    fields = _fields_of(type(record))
    items.append(_map_header(len(fields)))
    for field, key, kind in fields:
        items.append(key)
        value = getattr(record, field)
        if kind == "plain":
            items.append(_ENCODER.encode(value))
        elif kind == "notebook":
            _write(value, _below(name, field), items)
        elif kind == "part":
            items.append(_kept(value, _below(name, field), None))
        else:
            _write_parts(value, _below(name, field), items)


def _write_parts(parts: Mapping[str | int, msgspec.Struct], name: str, items: list[_Item]) -> None:
    """Parts by their names. There may be hundreds, so those that did not change are found by one look at each."""
    items.append(_map_header(len(parts)))
    for key, part in parts.items():
        before = part.__dict__.get(KEPT)
        items.append(before[1] if before is not None and before[0] == key else _kept(part, _below(name, key), key))


def _kept(part: msgspec.Struct, name: str, key: str | int | None) -> _Item:
    """A part after the key under which it stands, as it was encoded last, or encoded anew."""
    before: tuple[str | int | None, _Item] | None = part.__dict__.get(KEPT)
    if before is None or before[0] != key:
        part.__dict__[KEPT] = before = key, _encoded(part, name, b"" if key is None else _ENCODER.encode(key))
    return before[1]


def _encoded(part: msgspec.Struct, name: str, key: bytes) -> _Item:
    items: list[_Item] = [key]
    fields = _fields_of(type(part))
    if type(part).__struct_config__.array_like or all(field.kind == "plain" for field in fields):
        items.append(_ENCODER.encode(part))
    else:
        _write(part, name, items)
    pieces: list[Piece] = []
    between: list[bytes] = []
    for item in items:
        if isinstance(item, bytes):
            between.append(item)
        else:
            pieces += [piece_of(b"".join(between)), *item.pieces] if any(between) else item.pieces
            between = []
    last = b"".join(between)
    if not pieces and len(last) < _SMALL:
        return last
    return EncodedPart(name, (*pieces, piece_of(last)) if last else tuple(pieces))


def _below(name: str, field: str | int) -> str:
    return f"{name}.{field}" if name else str(field)


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
