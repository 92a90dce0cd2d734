"""What a record's declaration says about a place in its table: choices, bounds, stand-ins. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from types import UnionType
from typing import Any

from msgspec import inspect

from stage.config.file_faults import FileFault, file_fault
from stage.config.table_paths import steps_of
from tracking.records import NAME_PATTERN, Record, Scalar

_PATTERNS = {
    NAME_PATTERN: ("wanted_name", "-"),
    "^/": ("wanted_path", "/"),
}
"""The text patterns of our records by the codes of their words, and the shortest text that each allows."""

TableKind = type[Record] | UnionType
"""How a table is read: as a record, or as one of a union of records, selected by a tag."""


def keys_at(kind: TableKind, path: str) -> tuple[str, ...]:
    """Every key of the table at a path: of its record, or of all those allowed there with the tag that selects one."""
    keys: dict[str, None] = {}
    for one in _at(kind, path)[0]:
        if isinstance(one, inspect.StructType):
            tag = () if one.tag_field is None else (one.tag_field,)
            keys.update(dict.fromkeys((*tag, *(field.encode_name for field in one.fields))))
    return tuple(keys)


def keys_that_differ(kind: TableKind, path: str) -> tuple[str, ...]:
    """The keys of the table at a path that do not mean the same in every record allowed there."""
    records = [one for one in _at(kind, path)[0] if isinstance(one, inspect.StructType)]
    fields = [{field.encode_name: (field.type, field.required) for field in one.fields} for one in records]
    names = dict.fromkeys(name for one in fields for name in one)
    return tuple(name for name in names if any(one.get(name) != fields[0].get(name) for one in fields))


def tags_with(kind: TableKind, path: str, name: str) -> tuple[str, ...]:
    """The tags, such as `kind = "plate"`, of those records allowed at a path that have this key."""
    records = [one for one in _at(kind, path)[0] if isinstance(one, inspect.StructType) and one.tag_field is not None]
    having = (one for one in records if any(field.encode_name == name for field in one.fields))
    return tuple(f'{one.tag_field} = "{one.tag}"' for one in having)


def choices_at(kind: TableKind, path: str) -> tuple[str, ...]:
    """The words allowed at a path below a record; empty if the value is not a choice."""
    here, tag = _at(kind, path)
    if tag:
        return tag
    return tuple(str(value) for one in here if isinstance(one, inspect.LiteralType) for value in one.values)


def is_tag(kind: TableKind, path: str) -> bool:
    """Whether the value at the path selects the kind of its table, as `shape.kind` does."""
    return bool(_at(kind, path)[1])


def is_required(kind: TableKind, path: str) -> bool:
    """Whether the value at the path must exist: a required key, or an item of a list."""
    outer, _, name = path.rpartition(".")
    if "[" in name:
        return True
    records = [one for one in _at(kind, outer)[0] if isinstance(one, inspect.StructType)]
    return any(field.required for one in records for field in one.fields if field.encode_name == name)


def expected_at(kind: TableKind, path: str) -> str:
    """What is allowed at a path, in words; "" if the declaration does not say."""
    return " or ".join(dict.fromkeys(one.text for one in _all_wanted(kind, path)))


def wanted_at(kind: TableKind, path: str) -> FileFault | None:
    """The same as a code; None where other kinds of value are allowed together, or the declaration does not say."""
    found: list[FileFault] = []
    for one in _all_wanted(kind, path):
        if one not in found:
            found.append(one)
    if [one.code for one in found] == ["wanted_text", "wanted_table"]:
        return file_fault("wanted_text_or_table")
    return found[0] if len(found) == 1 else None


def allows_number(kind: TableKind, path: str, number: float) -> bool:
    """Whether a number is within the bounds declared at a path."""
    kinds = [one.type if isinstance(one, inspect.Metadata) else one for one in _at(kind, path)[0]]
    return any(_is_within(one, number) for one in kinds if isinstance(one, inspect.FloatType))


def stand_in_at(kind: TableKind, path: str) -> Any:
    """The plainest value allowed at a path; tables and lists hold only what they must."""
    here, tag = _at(kind, path)
    if tag:
        return tag[0]
    return _stand_in(here[0]) if here else None


def _at(kind: TableKind, path: str) -> tuple[tuple[inspect.Type, ...], tuple[str, ...]]:
    """The types allowed at a path and, if it is a tag, its words."""
    here = _records_of(kind)
    tags: tuple[str, ...] = ()
    for name, index in steps_of(path):
        tags = tuple(
            str(one.tag)
            for one in here
            if isinstance(one, inspect.StructType) and one.tag_field is not None and name == one.tag_field
        )
        here = tuple(inner for one in here for below in _below(one, name, index) for inner in _alternatives(below))
    return here, tags


@cache
def _records_of(kind: TableKind) -> tuple[inspect.Type, ...]:
    return tuple(_alternatives(inspect.type_info(kind)))


def _alternatives(kind: inspect.Type) -> Iterator[inspect.Type]:
    if isinstance(kind, inspect.UnionType):
        for one in kind.types:
            yield from _alternatives(one)
    elif not isinstance(kind, inspect.NoneType):
        yield kind


def _below(kind: inspect.Type, name: str, index: str) -> Iterator[inspect.Type]:
    """The type of a field of a record, or of an item of a list."""
    kind = kind.type if isinstance(kind, inspect.Metadata) else kind
    if isinstance(kind, inspect.StructType):
        yield from (field.type for field in kind.fields if field.encode_name == name)
    elif isinstance(kind, inspect.VarTupleType) and index:
        yield kind.item_type
    elif isinstance(kind, inspect.TupleType) and index:
        yield from kind.item_types[int(index) : int(index) + 1]


def _all_wanted(kind: TableKind, path: str) -> list[FileFault]:
    found = (_wanted(one) for one in _at(kind, path)[0])
    return [one for one in found if one is not None]


def _wanted(kind: inspect.Type) -> FileFault | None:
    match kind:
        case inspect.Metadata(type=inner, extra=extra):
            return _with_cure(_wanted(inner), (extra or {}).get("cure"))
        case inspect.FloatType():
            return _wanted_number("wanted_number", kind)
        case inspect.IntType():
            return _wanted_number("wanted_whole", kind)
        case inspect.BoolType():
            return file_fault("wanted_switch")
        case inspect.StrType(pattern=str(pattern)) if pattern in _PATTERNS:
            return file_fault(_PATTERNS[pattern][0])
        case inspect.StrType(max_length=most):
            return file_fault("wanted_text") if most is None else file_fault("wanted_short_text", most=most)
        case inspect.TupleType(item_types=items):
            return file_fault("wanted_list_of", count=len(items))
        case inspect.VarTupleType(min_length=least, max_length=most):
            return file_fault("wanted_list") if most is None else _between("wanted_list", least or 0, most)
        case inspect.StructType() | inspect.DictType():
            return file_fault("wanted_table")
    return None


def _with_cure(wanted: FileFault | None, cure: str | None) -> FileFault | None:
    """What is wanted with how to come by it, where its declaration names a cure."""
    return wanted if wanted is None or not cure else wanted._replace(code=f"{wanted.code}_{cure}")


def _wanted_number(code: str, kind: inspect.FloatType | inspect.IntType) -> FileFault:
    least, above, most = (None if bound is None else f"{bound:.12g}" for bound in (kind.ge, kind.gt, kind.le))
    if most is not None:
        return (
            _between(code, least, most)
            if least is not None
            else file_fault(f"{code}_above_to", least=str(above), most=most)
        )
    if above is not None:
        return file_fault(f"{code}_above", least=above)
    return file_fault(code) if least is None else file_fault(f"{code}_least", least=least)


def _between(code: str, least: Scalar, most: Scalar) -> FileFault:
    return file_fault(f"{code}_between", least=least, most=most)


def _is_within(kind: inspect.FloatType, number: float) -> bool:
    least, above, most = kind.ge, kind.gt, kind.le
    return (least is None or number >= least) and (above is None or number > above) and (most is None or number <= most)


def _stand_in(kind: inspect.Type) -> Any:
    match kind:
        case inspect.Metadata(type=inner):
            return _stand_in(inner)
        case inspect.UnionType():
            return _stand_in(next(_alternatives(kind)))
        case inspect.LiteralType(values=values):
            return values[0]
        case inspect.IntType() | inspect.FloatType():
            return _number(kind)
        case inspect.BoolType():
            return False
        case inspect.StrType(pattern=pattern):
            return _PATTERNS[pattern][1] if pattern in _PATTERNS else ""
        case inspect.TupleType(item_types=items):
            return [_stand_in(item) for item in items]
        case inspect.VarTupleType(item_type=item, min_length=least):
            return [_stand_in(item)] * (least or 0)
        case inspect.StructType():
            return _table(kind)
    return None


def _number(kind: inspect.FloatType | inspect.IntType) -> float:
    """The allowed number nearest to 0, or to 1 where 0 is not allowed."""
    least = kind.ge if kind.ge is not None else 0
    if kind.gt is not None and kind.gt >= 0:
        least = kind.gt + 1 if kind.le is None else min(kind.gt + 1, kind.le)
    return max(0, least)


def _table(kind: inspect.StructType) -> dict[str, Any]:
    table = {field.encode_name: _stand_in(field.type) for field in kind.fields if field.required}
    return table if kind.tag_field is None else {kind.tag_field: kind.tag, **table}
