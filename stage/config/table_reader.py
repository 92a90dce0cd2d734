"""Reads one table of a configuration as a record and reports every fault in it. Pure.

msgspec stops at its first error. So each fault is reported and repaired, and the table is read again until no fault is
left. Required values are repaired with stand-ins, so that the rest of the table can be examined in the same round.
"""

from __future__ import annotations

import copy
import math
import re
from collections.abc import Iterator
from typing import Any

import msgspec

from stage.config.declarations import (
    TableKind,
    allows_number,
    choices_at,
    expected_at,
    is_required,
    is_tag,
    keys_at,
    keys_that_differ,
    stand_in_at,
    tags_with,
    wanted_at,
)
from stage.config.file_faults import FileFault, file_fault
from stage.config.findings import Findings
from stage.config.table_paths import Table, holder_at, value_at
from stage.config.wording import near_names, quoted, unit_hint, unknown_key
from tracking.records import Record

MOST_REPAIRS = 200
_AT = re.compile(r"^(?P<what>.*?)(?: - at `\$(?P<path>.*)`)?$", re.DOTALL)
_FIELD = re.compile(r"(unknown|missing required) field `(?P<name>.*)`$", re.DOTALL)
_OWN_RULE = re.compile(r"^(?P<key>\w+) is .*; (?P<expected>expected .*)$", re.DOTALL)
"""How our records word a rule they check themselves: `zoom_range is (5, 5); expected two different raw values`."""


class TableReader:
    """Reads one table. `where` is its place in the file, "" for the file's own keys; `also_known` are keys of it that
    somebody else reads.
    """

    def __init__(self, where: str, kind: TableKind, findings: Findings, also_known: tuple[str, ...] = ()) -> None:
        self._where = where
        self._kind = kind
        self._findings = findings
        self._also_known = also_known
        self._table: Table = {}
        self._replaced: list[str] = []

    def read(self, table: Any) -> Record:
        """The record, with stand-ins or defaults for every value that `findings` report or mark as unreliable."""
        if not isinstance(table, dict):
            self._findings.report(self._where, file_fault("file_value", "wanted_table", found=quoted(table)))
            table = {}
        for where, value in _not_finite(self._where, table):
            self._findings.report(where.removeprefix("."), file_fault("file_value", "wanted_finite", found=str(value)))
        self._table = copy.deepcopy(table)
        for _ in range(MOST_REPAIRS):
            try:
                return msgspec.convert(self._table, self._kind, strict=True)
            except msgspec.ValidationError as error:
                if not self._repair(str(error)):
                    break
        self._findings.mark_unreliable(self._where)
        return msgspec.convert(stand_in_at(self._kind, ""), self._kind, strict=True)

    def _known(self, path: str) -> tuple[str, ...]:
        """The keys that the table at a path may have."""
        return (*keys_at(self._kind, path), *(() if path else self._also_known))

    def _place(self, path: str) -> str:
        """Where in the file a path of this table is."""
        return f"{self._where}{path}".removeprefix(".")

    def _repair(self, message: str) -> bool:
        """Reports one error and repairs the table; False if it cannot be repaired."""
        match = _AT.match(message)
        what, path = (match["what"], match["path"] or "") if match else (message, "")
        field = _FIELD.search(what)
        if field is None:
            return self._repair_value(what, path)
        if "missing" in field[1]:
            return self._remove_misspelt(path, field["name"]) or self._fill(f"{path}.{field['name']}")
        return self._remove_unknown(path, field["name"])

    def _repair_value(self, what: str, path: str) -> bool:
        own = _OWN_RULE.match(what)
        if own and isinstance(holder := value_at(self._table, path), dict) and own["key"] in holder:
            path = f"{path}.{own['key']}"
            found: str | FileFault = f"found {quoted(value_at(self._table, path))}, {own['expected']}"
        else:
            found = self._refused(what, path, quoted(value_at(self._table, path)))
        self._findings.report(self._place(path), found)
        return self._replace(path)

    def _refused(self, what: str, path: str, found: str) -> str | FileFault:
        """The choices with the nearest one, else the declared type and range, else what msgspec or the record says."""
        choices = choices_at(self._kind, path)
        if choices:
            return file_fault("file_value", self._choice(path, choices), found=found)
        declared = expected_at(self._kind, path) if what.startswith(("Expected", "Number")) else ""
        if not declared:
            return f"found {found}, {what[0].lower()}{what[1:]}"
        hint, wanted = self._unit(path), wanted_at(self._kind, path)
        if wanted is None:
            return f"found {found}, expected {declared}{'' if hint is None else f': {hint.text}'}"
        if hint is None:
            return file_fault("file_value", wanted, found=found)
        return file_fault("file_value_meant", wanted, found=found, hint=hint.code, **hint.values)

    def _choice(self, path: str, choices: tuple[str, ...]) -> FileFault:
        """One of some words is wanted, perhaps the one that is nearest to what was found."""
        listed = ", ".join(choices)
        for near in near_names(str(value_at(self._table, path)), choices):
            return file_fault("wanted_choice_near", choices=listed, near=near)
        return file_fault("wanted_choice", choices=listed)

    def _unit(self, path: str) -> FileFault | None:
        """A guess at another unit, from the key that the path ends with."""
        key = re.sub(r"\[\d+\]", "", path).rpartition(".")[2]
        return unit_hint(key, value_at(self._table, path), lambda meant: allows_number(self._kind, path, meant))

    def _replace(self, path: str) -> bool:
        """Puts a stand-in in a value's place; an optional value whose stand-in is refused too is removed."""
        holder, key = holder_at(self._table, path)
        if holder is None:
            return False
        if path in self._replaced and not is_required(self._kind, path):
            del holder[key]
        else:
            self._replaced.append(path)
            holder[key] = stand_in_at(self._kind, path)
        if is_tag(self._kind, path):
            self._mark_dependent(path.rpartition(".")[0])
        return True

    def _mark_dependent(self, path: str) -> None:
        """After a stand-in for a tag, the keys that depend on which kind of table it is are unreliable."""
        for key in keys_that_differ(self._kind, path):
            self._findings.mark_unreliable(self._place(f"{path}.{key}"))

    def _fill(self, path: str) -> bool:
        found: str | FileFault = f"missing, expected {expected_at(self._kind, path)}"
        choices = choices_at(self._kind, path)
        wanted = file_fault("wanted_choice", choices=", ".join(choices)) if choices else wanted_at(self._kind, path)
        if wanted is not None:
            found = file_fault("file_value_missing", wanted)
        self._findings.report(self._place(path), found)
        return self._replace(path)

    def _remove_misspelt(self, path: str, missing: str) -> bool:
        """Removes an unknown key that probably means a missing one; False if there is none."""
        if self._findings.is_full:
            return False
        holder = value_at(self._table, path)
        known = self._known(path)
        unknown = [key for key in holder if key not in known] if isinstance(holder, dict) else []
        misspelt = next((key for key in unknown if missing in near_names(key, known)), None)
        return misspelt is not None and self._remove_unknown(path, misspelt)

    def _remove_unknown(self, path: str, name: str) -> bool:
        """Reports and removes an unknown key; the known key that was probably meant becomes unreliable."""
        holder = value_at(self._table, path)
        if not isinstance(holder, dict) or name not in holder:
            return False
        known = self._known(path)
        near = () if self._findings.is_full or name in known else near_names(name, known)
        self._findings.report(self._place(f"{path}.{name}"), self._unknown(path, name))
        for meant in near:
            if meant not in holder:
                self._findings.mark_unreliable(self._place(f"{path}.{meant}"))
        del holder[name]
        return True

    def _unknown(self, path: str, name: str) -> FileFault:
        """The known key that is nearest; for one that only other kinds of this table have, which those are."""
        if self._findings.is_full:
            return file_fault("file_key_unknown")
        known = self._known(path)
        if name not in known:
            return unknown_key(name, known)
        tags = tags_with(self._kind, path, name)
        return file_fault("file_key_of_kind", kinds=", ".join(tags)) if tags else file_fault("file_key_unknown")


def _not_finite(where: str, value: Any) -> Iterator[tuple[str, float]]:
    """Every `nan` and `inf` in a table: TOML allows them, but no place, size or rate does."""
    if isinstance(value, float) and not math.isfinite(value):
        yield where, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _not_finite(f"{where}.{key}", inner)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _not_finite(f"{where}[{index}]", inner)
