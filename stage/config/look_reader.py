"""Turns the text of a look's file into a `Look`, or into findings on it. Pure."""

from __future__ import annotations

import math
import unicodedata
from typing import Any

from render.worlds.shared.keys import is_shown
from stage.config.file_faults import file_fault
from stage.config.findings import Findings
from stage.config.reader import tables_of
from stage.config.wording import quoted, unknown_key
from stage.values.looks import LONGEST_LOOK_NAME, MOST_LOOK_VALUES, Look
from tracking.settable import Value

_KEYS = ("name", "values")
_MOST_BITS = 64
"""Of a whole number: longer ones are no value of anything, and slow to write out."""


def read_look(text: str, findings: Findings, name: str) -> Look | None:
    """The look that a text describes, with its faults in `findings`; None where there are any.

    `name` is what it is called where the text gives it no name of its own.
    """
    tables = tables_of(text, findings)
    if tables is None:
        return None
    for key in (key for key in tables if key not in _KEYS):
        findings.report(key, unknown_key(key, _KEYS, "wanted_look_keys"))
    called = name_of_look(tables.get("name", name))
    if called is None:
        found = quoted(tables.get("name", name))
        findings.report("name", file_fault("file_value", "wanted_printable", found=found, most=LONGEST_LOOK_NAME))
    values = read_values(tables.get("values"), findings)
    return None if called is None or findings.lines() else Look(name=called, values=values)


def name_of_look(found: object) -> str | None:
    """What a look is called that somebody gives this name, in NFC; None where it cannot be a name."""
    name = unicodedata.normalize("NFC", found).strip() if isinstance(found, str) else ""
    return name if 0 < len(name) <= LONGEST_LOOK_NAME and is_shown(name) else None


def read_values(table: Any, findings: Findings, where: str = "") -> dict[str, Value]:
    """The values of a table by path, not yet checked against a stage; faults are in `findings`, by their place."""
    place = f"{where}.values" if where else "values"
    if not (isinstance(table, dict) and table):
        findings.report(place, file_fault("file_value_missing", "wanted_look_values"))
        return {}
    if len(table) > MOST_LOOK_VALUES:
        findings.report(place, file_fault("look_values_many", found=len(table), most=MOST_LOOK_VALUES))
        return {}
    for name, value in table.items():
        path = f"{place}.{name}" if where else name
        if isinstance(value, float) and not math.isfinite(value):
            findings.report(path, file_fault("file_value", "wanted_finite", found=str(value)))
        elif isinstance(value, dict):
            findings.report(path, file_fault("file_table_for_value"))
        elif not isinstance(value, bool | int | float | str):
            findings.report(path, file_fault("file_value", "wanted_value", found=quoted(value)))
        elif isinstance(value, int) and value.bit_length() > _MOST_BITS:
            findings.report(path, file_fault("file_number_long", bits=value.bit_length(), most=_MOST_BITS))
    return table
