"""The patch of the stage lights as a sheet to print: a table for each universe, in the order of addresses."""

from __future__ import annotations

import csv
import html
import io
from collections.abc import Callable, Iterable
from typing import NamedTuple

from stage.control.light_tables import place_words
from stage.control.light_views import LightStatus

COLUMNS = ("address", "to", "light", "key", "fixture", "mode", "stands (m)", "points to (m)", "groups")
_STYLE = (
    "body{font:11pt sans-serif;margin:12mm}table{border-collapse:collapse;width:100%}"
    "th,td{border:1px solid #999;padding:1.5mm 2mm;text-align:left}th{background:#eee}"
    "section{break-inside:avoid}td:first-child,td:nth-child(2){text-align:right}"
)
_STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class PatchSheet(NamedTuple):
    """The rows of each universe, by its number."""

    stage: str
    universes: dict[int, list[tuple[str, ...]]]


def patch_sheet(stage: str, lights: Iterable[LightStatus]) -> PatchSheet:
    """The sheet of these lights."""
    universes: dict[int, list[tuple[str, ...]]] = {}
    for one in sorted(lights, key=lambda light: (light.universe, light.address)):
        universes.setdefault(one.universe, []).append(_row(one))
    return PatchSheet(stage, universes)


def _row(one: LightStatus) -> tuple[str, ...]:
    last, groups = one.address + one.channels - 1, ", ".join(one.groups)
    places = (place_words(one.position_m), place_words(one.aim_m))
    return (str(one.address), str(last), one.name, one.key, one.fixture, one.mode, *places, groups)


def as_csv(sheet: PatchSheet) -> str:
    """One table of all universes. A name that a spreadsheet would take for a formula has an apostrophe before it."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(("universe", *COLUMNS))
    for universe, rows in sheet.universes.items():
        writer.writerows((str(universe), *map(_plain, row)) for row in rows)
    return text.getvalue()


def as_markdown(sheet: PatchSheet) -> str:
    """A heading and a table for each universe."""
    lines = [f"# Patch of {_marked(sheet.stage)}"]
    for universe, rows in sheet.universes.items():
        lines += ["", f"## Universe {universe}", "", f"| {' | '.join(COLUMNS)} |", f"|{'---|' * len(COLUMNS)}"]
        lines += [f"| {' | '.join(map(_marked, row))} |" for row in rows]
    return "\n".join([*lines, ""])


def as_html(sheet: PatchSheet) -> str:
    """A page to print, which keeps a universe together where it fits."""
    title = html.escape(f"Patch of {sheet.stage}")
    head = "".join(f"<th>{column}</th>" for column in COLUMNS)
    parts = [f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title><style>{_STYLE}</style>']
    parts.append(f"<h1>{title}</h1>")
    for universe, rows in sheet.universes.items():
        cells = ("".join(f"<td>{html.escape(cell)}</td>" for cell in row) for row in rows)
        body = "\n".join(f"<tr>{row}</tr>" for row in cells)
        parts.append(f"<section><h2>Universe {universe}</h2><table><tr>{head}</tr>\n{body}</table></section>")
    return "\n".join([*parts, "</html>", ""])


FORMS: dict[str, Callable[[PatchSheet], str]] = {".csv": as_csv, ".md": as_markdown, ".html": as_html}


def _plain(cell: str) -> str:
    is_number = cell.replace("-", "").replace(".", "").replace(", ", "").isdigit()
    return f"'{cell}" if cell.startswith(_STARTS_FORMULA) and not is_number else cell


def _marked(cell: str) -> str:
    """Text in a table of Markdown: nothing of it is markup."""
    return "".join(f"\\{one}" if one in "\\|*_`<>[]" else one for one in cell)
