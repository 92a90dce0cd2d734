"""What can be used of an OpenTrackIO payload with fields of another version, type or range: above all the pose.

The typed decoder refuses a payload for any wrong field. Here each field is converted for itself, and those that cannot
be are left out. Only the transforms must be right.
"""

from __future__ import annotations

import json
import re
import typing
from types import UnionType
from typing import Any, TypeVar

import msgspec

from tracking.protocols.opentrackio_parts import Part, Payload

_TRANSFORMS = "transforms"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_LOOSE_JSON = json.JSONDecoder(strict=False)
_PADDING = b"\0 \t\r\n"
_HALF_PAIR = re.compile(r"\\u[dD][89a-fA-F][0-9a-fA-F]{2}")
_REPLACEMENT = r"\\ufffd"

PartT = TypeVar("PartT", bound=Part)


def salvage(content: object, ignored: list[str]) -> Payload:
    """The payload in decoded `content`. The names of fields that cannot be used are added to `ignored`.

    Raises msgspec.ValidationError if the content is not a map, or the transforms are wrong.
    """
    if not isinstance(content, dict):
        return msgspec.convert(content, Payload)
    transforms = {_TRANSFORMS: content[_TRANSFORMS]} if _TRANSFORMS in content else {}
    pose = msgspec.convert(transforms, Payload)
    rest = _usable_part({name: content[name] for name in content if name != _TRANSFORMS}, Payload, "", ignored)
    if rest is None:
        return pose
    return msgspec.structs.replace(rest, transforms=pose.transforms)


def read_loose_json(payload: bytes) -> object:
    """The content of JSON that may have trailing NULs, a byte-order mark, NaN, Infinity, or unclean text.

    Text in another encoding, line breaks and halves of a UTF-16 pair within texts are what unclean means. Raises
    ValueError if it is not JSON, RecursionError if it is nested too deep.
    """
    text = payload.removeprefix(_BYTE_ORDER_MARK).rstrip(_PADDING).decode(errors="replace")
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        # Half a pair would become a text that cannot be encoded again.
        return _LOOSE_JSON.decode(_HALF_PAIR.sub(_REPLACEMENT, text))


def _usable_part(content: object, kind: type[PartT], path: str, ignored: list[str]) -> PartT | None:
    """The part with those of its fields that can be used; None if one that it needs cannot be."""
    if not isinstance(content, dict):
        ignored.append(path)
        return None
    usable: dict[str, Any] = {}
    unusable: list[str] = []
    fields = msgspec.structs.fields(kind)
    for field in fields:
        if field.encode_name in content:
            name = f"{path}.{field.encode_name}" if path else field.encode_name
            value = _usable_value(content[field.encode_name], field.type, name, unusable)
            if value is not None:
                usable[field.name] = value
    if any(field.required and field.name not in usable for field in fields):
        ignored.append(path)
        return None
    ignored += unusable
    return kind(**usable)


def _usable_value(content: object, kind: Any, name: str, ignored: list[str]) -> Any:
    try:
        return msgspec.convert(content, kind)
    except msgspec.ValidationError:
        part = _part_of(kind)
        if part is not None:
            return _usable_part(content, part, name, ignored)
        ignored.append(name)
        return None


def _part_of(kind: Any) -> type[Part] | None:
    """The part in `Part` or `Part | None`; None if it is a plain value."""
    choices = typing.get_args(kind) if isinstance(kind, UnionType) else (kind,)
    return next((choice for choice in choices if isinstance(choice, type) and issubclass(choice, Part)), None)
