"""Turns a `World` into TOML that reads back as the same: only what differs from the declared defaults. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator

import msgspec

from render.worlds.configured import World
from render.worlds.kinds import Layer
from render.worlds.shared.model_values import ModelValues
from render.worlds.shared.plate_values import PlateValues
from render.worlds.shared.values import LayerValues, WorldLook
from tracking.records import Record
from tracking.settable import Value

_DELETE = "\x7f"
_GROUPS: tuple[type[Record], ...] = (LayerValues, PlateValues, ModelValues)
"""The groups of values that a layer may have."""
_FIRST = ("kind", "name", "key", "file")


def world_file_text(world: World, name: str) -> str:
    """The content of a world's file; `name` is what a world of that file is called without a name of its own."""
    own = () if world.name == name else ("name",)
    return _text(world, own, "[[layers]]")


def worlds_table_text(world: World) -> str:
    """The world as one `[[worlds]]` table of a configuration."""
    return f"[[worlds]]\n{_text(world, ('name',), '[[worlds.layers]]')}"


def with_values(world: World, look: dict[str, Value], layers: tuple[dict[str, Value], ...]) -> World:
    """The world with these values in place of its own: those of the world by name, and those of each layer.

    Raises ValueError where there is not one set of values for each layer.
    """
    placed = tuple(
        msgspec.structs.replace(
            _without_width_m(layer, values),
            **{name: value for group in _GROUPS for name, value in _known(layer, values, group).items()},
        )
        for layer, values in zip(world.layers, layers, strict=True)
    )
    return msgspec.structs.replace(world, **_known(world, look, WorldLook), layers=placed)


def _without_width_m(layer: Layer, values: dict[str, Value]) -> Layer:
    """A width in metres stands in the place of the one in degrees, which is what the stage has."""
    return msgspec.structs.replace(layer, width_m=None) if "width_deg" in values else layer


def count_of_values(world: World) -> int:
    """How many settable values a world's text has: those of the world and of its layers."""
    lines = [*_lines(world, _shared(world, WorldLook))]
    for layer in world.layers:
        lines += _lines(layer, tuple(name for group in _GROUPS for name in _shared(layer, group)))
    return len(lines)


def _shared(record: Record, group: type[Record]) -> tuple[str, ...]:
    return tuple(name for name in group.__struct_fields__ if name in record.__struct_fields__)


def _known(record: Record, values: dict[str, Value], group: type[Record]) -> dict[str, Value]:
    """Those of the values that the record has a key for."""
    return {name: values[name] for name in _shared(record, group) if name in values}


def _text(world: World, own: tuple[str, ...], layer_header: str) -> str:
    keys = [field for field in World.__struct_fields__ if field not in {"name", "layers"}]
    tables = ["".join(_lines(world, (*own, *keys)))]
    for layer in world.layers:
        kind = f"kind = {written(str(layer.__struct_config__.tag))}\n"
        tables.append(f"{layer_header}\n{kind}{''.join(_lines(layer, _keys_of(layer)))}")
    return "\n".join(table for table in tables if table)


def _keys_of(layer: Layer) -> tuple[str, ...]:
    """The keys of a layer: what it is first, its values after that."""
    fields = layer.__struct_fields__
    values = LayerValues.__struct_fields__
    named = tuple(field for field in _FIRST if field in fields)
    return (*named, *(field for field in fields if field not in {*named, *values}), *values)


def _lines(record: Record, keys: tuple[str, ...]) -> Iterator[str]:
    """A line for each of these keys whose value is not the declared default."""
    defaults = {field.name: field.default for field in msgspec.structs.fields(record)}
    for key in keys:
        value = getattr(record, key)
        if value != defaults[key] and value is not msgspec.UNSET and value is not None:
            yield f"{key} = {written(value)}\n"


def written(value: object) -> str:
    """A value as TOML 1.0 writes it. JSON's text is TOML's too, but for one character."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace(_DELETE, "\\u007f")
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, tuple):
        return f"[{', '.join(map(written, value))}]"
    if isinstance(value, Record):
        return f"{{ {', '.join(line.rstrip() for line in _lines(value, value.__struct_fields__))} }}"
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{written(key)} = {written(inner)}' for key, inner in value.items())} }}"
    raise TypeError(f"no way to write {value!r}")
