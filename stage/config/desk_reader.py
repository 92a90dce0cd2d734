"""Turns the text of a desk's mapping into rows, or into findings on it; and rows into text again. Pure."""

from __future__ import annotations

import msgspec

from stage.config.findings import Findings
from stage.config.reader import tables_of
from stage.config.table_reader import TableReader
from stage.config.wording import quoted, suggestion
from stage.values.desk import MOST_MAPPED, DeskMap, overlapping

TABLE = "map"


def read_desk_maps(text: str, findings: Findings) -> tuple[DeskMap, ...]:
    """The rows that a text describes, with its faults in `findings`."""
    tables = tables_of(text, findings)
    if tables is None:
        return ()
    for key in (key for key in tables if key != TABLE):
        findings.report(key, f"unknown key{suggestion(key, (TABLE,))}, expected tables that begin with [[{TABLE}]]")
    rows = tables.get(TABLE, [])
    if not isinstance(rows, list) or len(rows) > MOST_MAPPED:
        findings.report(TABLE, f"expected at most {MOST_MAPPED} rows, each under [[{TABLE}]]")
        return ()
    maps = []
    for place, row in enumerate(rows):
        read = TableReader(f"{TABLE}[{place}]", DeskMap, findings).read(row)
        assert isinstance(read, DeskMap)
        maps.append(read)
    for later, earlier in overlapping(maps):
        found = f"found {quoted(maps[later].path)} again, which {TABLE}[{earlier}] moves"
        findings.report(f"{TABLE}[{later}].path", f"{found}, expected each parameter once")
    return tuple(maps)


def desk_maps_text(maps: tuple[DeskMap, ...]) -> str:
    """The rows as the text of a mapping."""
    return "".join(_row_text(one) for one in maps)


def text_with_row(text: str, maps: tuple[DeskMap, ...], row: DeskMap) -> str:
    """The text of a mapping that says `maps`, with one row more: at its end, so what people wrote beside it stays.

    A row of the same path gives way to it; all rows are then written anew.
    """
    others = tuple(one for one in maps if one.path != row.path)
    if len(others) < len(maps):
        return desk_maps_text((*others, row))
    return f"{text.rstrip()}\n\n{_row_text(row)}".lstrip()


def _row_text(row: DeskMap) -> str:
    lines = [f"[[{TABLE}]]"]
    for field in msgspec.structs.fields(row):
        value = getattr(row, field.name)
        if value is not None and (field.required or value != field.default):
            lines.append(f"{field.name} = {msgspec.json.encode(value).decode()}")
    return "\n".join([*lines, "", ""])
