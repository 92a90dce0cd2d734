"""Turns the text of a look's file into a `Look`, or into findings on it. Pure."""

from __future__ import annotations

import math
import unicodedata
from typing import Any

from stage.config.findings import Findings
from stage.config.reader import tables_of
from stage.config.wording import quoted, suggestion
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
        findings.report(key, f"unknown key{suggestion(key, _KEYS)}, expected name and [values]")
    called = name_of_look(tables.get("name", name))
    if called is None:
        found = f"found {quoted(tables.get('name', name))}"
        findings.report("name", f"{found}, expected 1 to {LONGEST_LOOK_NAME} printable characters")
    values = read_values(tables.get("values"), findings)
    return None if called is None or findings.lines() else Look(name=called, values=values)


def name_of_look(found: object) -> str | None:
    """What a look is called that somebody gives this name, in NFC; None where it cannot be a name."""
    name = unicodedata.normalize("NFC", found).strip() if isinstance(found, str) else ""
    return name if 0 < len(name) <= LONGEST_LOOK_NAME and name.isprintable() else None


def read_values(table: Any, findings: Findings, where: str = "") -> dict[str, Value]:
    """The values of a table by path, not yet checked against a stage; faults are in `findings`, by their place."""
    place = f"{where}.values" if where else "values"
    if not (isinstance(table, dict) and table):
        findings.report(place, 'missing, expected [values] with lines such as "/time/hour" = 18.5')
        return {}
    if len(table) > MOST_LOOK_VALUES:
        findings.report(place, f"found {len(table)} values, expected at most {MOST_LOOK_VALUES}")
        return {}
    for name, value in table.items():
        path = f"{place}.{name}" if where else name
        if isinstance(value, float) and not math.isfinite(value):
            findings.report(path, f"found {value}, expected a finite number")
        elif isinstance(value, dict):
            findings.report(path, 'found a table, expected a value: write its path in quotes, as "/time/hour" = 18.5')
        elif not isinstance(value, bool | int | float | str):
            findings.report(path, f"found {quoted(value)}, expected a number, true, false or text")
        elif isinstance(value, int) and value.bit_length() > _MOST_BITS:
            findings.report(path, f"found a number of {value.bit_length()} bits, expected at most {_MOST_BITS}")
    return table
