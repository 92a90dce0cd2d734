"""One table of a configuration as its record, with every finding in it. Pure.

msgspec stops at its first error, so a table is read again without the offending key until nothing more is found.
"""

from __future__ import annotations

import copy
import difflib
import math
import re
from collections.abc import Iterator
from typing import Any

import msgspec

from tracking.records import Record

Table = dict[str, Any]
_AT = re.compile(r"^(?P<what>.*?)(?: - at `\$(?P<path>.*)`)?$", re.DOTALL)
_NAMED = re.compile(r"(unknown|missing required) field `(?P<name>[^`]*)`")


class TableReader:
    """Reads one table. `where` is its place in the file, `also_known` are keys of the small tables inside it."""

    def __init__(self, where: str, kind: type[Record], also_known: tuple[str, ...] = ()) -> None:
        self.findings: list[str] = []
        self._where = where
        self._kind = kind
        self._known = (*(field.name for field in msgspec.structs.fields(kind)), *also_known)
        self._blamed: set[str] = set()
        self._rest: Table = {}

    def read(self, table: Any) -> Record | None:
        """The record without what `findings` tell to be wrong, or None where nothing usable is left."""
        if not isinstance(table, dict):
            self.findings.append(f"{self._where}: found {shown(table)}, expected a table")
            return None
        self.findings.extend(_not_finite(self._where, table))
        self._rest = copy.deepcopy(table)
        while True:
            try:
                record = msgspec.convert(self._rest, self._kind, strict=True)
            except msgspec.ValidationError as error:
                if not self._blame(str(error)):
                    return None
            else:
                return record

    def _blame(self, message: str) -> bool:
        """Notes one error and takes its key out of the rest; False when nothing is left to take out."""
        match = _AT.match(message)
        what, path = (match["what"], match["path"] or "") if match else (message, "")
        holder, key = _locate(self._rest, path)
        inner = self._rest if key is None else holder[key]
        named = _NAMED.search(what)
        if named is None:
            self.findings.append(f"{self._where}{path}: found {shown(inner)}, {self._expected(what, path, inner)}")
            return key is not None and self._take_out(holder, key, path)
        full = f"{self._where}{path}.{named['name']}"
        if "missing" in named[1]:
            if full not in self._blamed:
                self.findings.append(f"{full}: missing, and it has no default")
            return False
        self.findings.append(f"{full}: unknown key{nearest(named['name'], self._known)}")
        return isinstance(inner, dict) and inner.pop(named["name"], None) is not None

    def _expected(self, what: str, path: str, found: Any) -> str:
        """What msgspec says, or the choices there are and the nearest of them."""
        choices = choices_at(self._kind, path) if what.startswith("Invalid") else ()
        if not choices:
            return f"{what[0].lower()}{what[1:]}"
        return f"expected one of {', '.join(choices)}{nearest(str(found), choices)}"

    def _take_out(self, holder: Any, key: Any, path: str) -> bool:
        """Removes the faulty value; inside a list the whole list goes, since its length may matter."""
        if isinstance(holder, list):
            path = path[: path.rindex("[")]
            holder, key = _locate(self._rest, path)
        if key is None:
            return False
        self._blamed.add(f"{self._where}{path}")
        del holder[key]
        return True


def choices_at(kind: type[Record], path: str) -> tuple[str, ...]:
    """The words that may stand at a msgspec path like `.shape.kind` below a record, none where it is no choice."""
    here: tuple[msgspec.inspect.Type, ...] = (msgspec.inspect.type_info(kind),)
    words: tuple[str, ...] = ()
    for name, _ in re.findall(r"\.([^.\[]+)|\[(\d+)\]", path):
        words = tuple(
            str(one.tag)
            for one in _alternatives(here)
            if isinstance(one, msgspec.inspect.StructType) and name == one.tag_field
        )
        here = tuple(_below(one, name) for one in _alternatives(here))
    found = (
        str(value)
        for one in _alternatives(here)
        if isinstance(one, msgspec.inspect.LiteralType)
        for value in one.values
    )
    return words or tuple(found)


def _alternatives(types: tuple[msgspec.inspect.Type, ...]) -> Iterator[msgspec.inspect.Type]:
    for one in types:
        if isinstance(one, msgspec.inspect.UnionType):
            yield from _alternatives(one.types)
        else:
            yield one


def _below(kind: msgspec.inspect.Type, name: str) -> msgspec.inspect.Type:
    """The type of a record's field, or of a list's items where `name` is empty."""
    if isinstance(kind, msgspec.inspect.StructType):
        return next((field.type for field in kind.fields if field.encode_name == name), msgspec.inspect.AnyType())
    return getattr(kind, "item_type", msgspec.inspect.AnyType())


def nearest(name: str, known: tuple[str, ...]) -> str:
    """A suggestion for a misspelt name, or nothing."""
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    return f"; did you mean {near[0]!r}?" if near else ""


def shown(value: Any) -> str:
    """A value as it is quoted in a finding."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _locate(table: Table, path: str) -> tuple[Any, Any]:
    """The container and key that a msgspec path like `.shape.base_m[2]` names; key None for the table itself."""
    holder: Any = None
    key: Any = None
    here: Any = table
    for name, index in re.findall(r"\.([^.\[]+)|\[(\d+)\]", path):
        step: Any = name or int(index)
        try:
            holder, key, here = here, step, here[step]
        except (KeyError, IndexError, TypeError):
            return None, None
    return holder, key


def _not_finite(where: str, value: Any) -> Iterator[str]:
    """TOML knows `nan` and `inf`; no place, size or rate does."""
    if isinstance(value, float) and not math.isfinite(value):
        yield f"{where}: found {value}, expected a finite number"
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _not_finite(f"{where}.{key}", inner)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _not_finite(f"{where}[{index}]", inner)
