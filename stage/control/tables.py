"""Tables for people at a terminal, made from what the client received."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rich.table import Table
from rich.text import Text

from render.worlds.shared.keys import is_shown
from tracking.settable import Value

_WRAPPED = {"values", "help", "rejected", "who", "asked", "answer", "sets", "notes", "fixture and mode"}


def shown(value: Value | None, unit: str = "") -> str:
    """A value as people write it: on and off, at most six digits, its unit."""
    if isinstance(value, bool):
        return "on" if value else "off"
    text = f"{value:.6g}" if isinstance(value, float) else str(value)
    return f"{text} {unit}".rstrip()


def described(parameters: Iterable[Mapping[str, Any]]) -> Table:
    """One row a parameter: its values and default, who may set it, and what it means and allows."""
    table = plain_table("path", "values", "default", "role", "help")
    for one in parameters:
        default, notes = shown(one["default"], one.get("unit", "")), _notes(one)
        meaning = Text(one["help"]).append(f"\n{notes}" if notes else "", style="dim")
        table.add_row(one["path"], _values(one), default, one.get("role", ""), meaning)
    return table


def value_table(values: Mapping[str, Value], parameters: Iterable[Mapping[str, Any]]) -> Table:
    """Present values with units. Those that differ from their defaults are bold, with the default beside them."""
    table = plain_table("path", "value", "default")
    for one in parameters:
        if one["path"] not in values:
            continue  # it came with a world between the two answers
        value = values[one["path"]]
        text = shown(value, one.get("unit", ""))
        moved = value != one["default"]
        table.add_row(one["path"], Text(text, style="bold" if moved else ""), shown(one["default"]) if moved else "")
    return table


def plain_table(*columns: str) -> Table:
    """A table without lines. Its columns fold where the terminal is too narrow."""
    table = Table(box=None, header_style="dim", pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold", no_wrap=column not in _WRAPPED)
    return table


def printable(text: str) -> str:
    """Text from outside for a terminal: control characters, which could move its cursor, become "?"."""
    return "".join(character if is_shown(character) else "?" for character in text)


def _notes(one: Mapping[str, Any]) -> str:
    """How a parameter fades, which look stores it, and what a change of it may spoil."""
    notes = (
        f"fades: {one['fade']}" if one.get("fade") else "",
        f"look: {one['look']}" if one.get("look") else "",
        "could spoil a recording take" if one.get("guarded") else "",
        "" if one.get("seen", True) else "not seen by a film camera",
    )
    return "; ".join(filter(None, notes))


def _values(one: Mapping[str, Any]) -> str:
    if one["kind"] == "float":
        return f"{one['minimum']:g} to {one['maximum']:g} {one.get('unit', '')}".rstrip()
    if one["kind"] == "boolean":
        return "on, off"
    return ", ".join(one.get("choices") or ["text"])
