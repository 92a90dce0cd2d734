"""One table of a configuration as its record, with every finding in it. Pure.

msgspec stops at its first error, so what is wrong is told and taken out, and the table is read again until nothing
more is found. Stand-ins take the place of what a record cannot do without: the rest can then be examined at once.
"""

from __future__ import annotations

import copy
import difflib
import math
import re
from collections.abc import Iterator
from typing import Any

import msgspec

from stage.config.findings import Findings
from stage.config.types import (
    TableKind,
    choices_at,
    expected_at,
    is_required,
    is_tag,
    keys_of,
    keys_that_differ,
    stand_in_at,
    steps_of,
)
from tracking.records import Record

Table = dict[str, Any]
MOST_REPAIRS = 200
_AT = re.compile(r"^(?P<what>.*?)(?: - at `\$(?P<path>.*)`)?$", re.DOTALL)
_NAMED = re.compile(r"(unknown|missing required) field `(?P<name>.*)`$", re.DOTALL)
_OWN_RULE = re.compile(r"^(?P<key>\w+) is .*; (?P<expected>expected .*)$", re.DOTALL)
"""How our records word a rule of their own: `zoom_range is (5, 5); expected two different raw values`."""


class TableReader:
    """Reads one table. `where` is its place in the file, `also_known` are keys of the small tables inside it."""

    def __init__(self, where: str, kind: TableKind, findings: Findings, also_known: tuple[str, ...] = ()) -> None:
        self._where = where
        self._kind = kind
        self._findings = findings
        self._known = (*keys_of(kind), *also_known)
        self._rest: Table = {}
        self._stood_in: list[str] = []

    def read(self, table: Any) -> Record:
        """The record, with stand-ins or defaults where `findings` have been told or doubt the value."""
        if not isinstance(table, dict):
            self._findings.tell(self._where, f"found {shown(table)}, expected a table")
            table = {}
        for where, value in _not_finite(self._where, table):
            self._findings.tell(where, f"found {value}, expected a finite number")
        self._rest = copy.deepcopy(table)
        for _ in range(MOST_REPAIRS):
            try:
                return msgspec.convert(self._rest, self._kind, strict=True)
            except msgspec.ValidationError as error:
                if not self._mend(str(error)):
                    break
        self._findings.doubt(self._where)
        return msgspec.convert(stand_in_at(self._kind, ""), self._kind, strict=True)

    def _mend(self, message: str) -> bool:
        """Tells one error and puts it right; False where it cannot be."""
        match = _AT.match(message)
        what, path = (match["what"], match["path"] or "") if match else (message, "")
        named = _NAMED.search(what)
        if named is None:
            return self._mend_value(what, path)
        if "missing" in named[1]:
            return self._leave_out_misspelt(path, named["name"]) or self._fill(f"{path}.{named['name']}")
        return self._leave_out(path, named["name"])

    def _mend_value(self, what: str, path: str) -> bool:
        own = _OWN_RULE.match(what)
        if own and isinstance(holder := value_at(self._rest, path), dict) and own["key"] in holder:
            path = f"{path}.{own['key']}"
            text = own["expected"]
        else:
            text = self._expected(what, path)
        found = value_at(self._rest, path)
        self._findings.tell(f"{self._where}{path}", f"found {shown(found)}, {text}")
        return self._put_right(path)

    def _expected(self, what: str, path: str) -> str:
        """What may stand there, the nearest of the choices there are, or what msgspec or the record says."""
        choices = choices_at(self._kind, path)
        if choices:
            near = nearest(str(value_at(self._rest, path)), choices)
            return f"expected one of {', '.join(choices)}{near}"
        declared = expected_at(self._kind, path) if what.startswith(("Expected", "Number")) else ""
        return f"expected {declared}" if declared else f"{what[0].lower()}{what[1:]}"

    def _put_right(self, path: str) -> bool:
        """A stand-in in a value's place; where that is no better, and nothing needs one, the value is taken out."""
        holder, key = _locate(self._rest, path)
        if holder is None:
            return False
        if path in self._stood_in and not is_required(self._kind, path):
            del holder[key]
        else:
            self._stood_in.append(path)
            holder[key] = stand_in_at(self._kind, path)
        if is_tag(self._kind, path):
            self._doubt_what_differs(path.rpartition(".")[0])
        return True

    def _doubt_what_differs(self, path: str) -> None:
        """A stand-in for a tag says nothing of the keys that depend on which table it is."""
        for key in keys_that_differ(self._kind, path):
            self._findings.doubt(f"{self._where}{path}.{key}")

    def _leave_out_misspelt(self, path: str, missing: str) -> bool:
        """An unknown key that probably means the missing one is found first; False where there is none."""
        holder = value_at(self._rest, path)
        unknown = [key for key in holder if key not in self._known] if isinstance(holder, dict) else []
        misspelt = next((key for key in unknown if missing in near_names(key, self._known)), None)
        return misspelt is not None and self._leave_out(path, misspelt)

    def _fill(self, path: str) -> bool:
        wanted = expected_at(self._kind, path) or f"one of {', '.join(choices_at(self._kind, path))}"
        self._findings.tell(f"{self._where}{path}", f"missing, expected {wanted}")
        return self._put_right(path)

    def _leave_out(self, path: str, name: str) -> bool:
        """An unknown key; the known one that was probably meant says nothing then."""
        holder = value_at(self._rest, path)
        if not isinstance(holder, dict) or name not in holder:
            return False
        self._findings.tell(f"{self._where}{path}.{name}", f"unknown key{nearest(name, self._known)}")
        for meant in near_names(name, self._known):
            if meant not in holder:
                self._findings.doubt(f"{self._where}{path}.{meant}")
        del holder[name]
        return True


def near_names(name: str, known: tuple[str, ...]) -> list[str]:
    """The known name that a misspelt one is nearest to, or none."""
    return difflib.get_close_matches(name, known, n=1, cutoff=0.6)


def nearest(name: str, known: tuple[str, ...]) -> str:
    """A suggestion for a misspelt name, or nothing."""
    return "".join(f"; did you mean {near!r}?" for near in near_names(name, known))


def shown(value: Any) -> str:
    """A value as it is quoted in a finding."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def value_at(table: Table, path: str) -> Any:
    """What stands at a path; None where nothing does."""
    if not path:
        return table
    holder, key = _locate(table, path)
    try:
        return None if holder is None else holder[key]
    except (KeyError, IndexError):
        return None


def _locate(table: Table, path: str) -> tuple[Any, Any]:
    """The container and key that a path names; no container where there is none, or for the table itself."""
    holder: Any = None
    key: Any = None
    here: Any = table
    for name, index in steps_of(path):
        if not isinstance(here, list if index else dict):
            return None, None
        holder, key = here, name or int(index)
        here = here.get(key) if isinstance(here, dict) else here[key]
    return holder, key


def _not_finite(where: str, value: Any) -> Iterator[tuple[str, float]]:
    """TOML knows `nan` and `inf`; no place, size or rate does."""
    if isinstance(value, float) and not math.isfinite(value):
        yield where, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _not_finite(f"{where}.{key}", inner)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _not_finite(f"{where}[{index}]", inner)
