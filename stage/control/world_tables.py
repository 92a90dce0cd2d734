"""The worlds of a stage for people at a terminal of 80 columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from rich.console import RenderableType
from rich.text import Text

from stage.control.tables import plain_table, printable
from stage.control.world_views import FilmStatus, film_line

_STYLES = {"ready": "green", "newer": "green", "loading": "yellow", "failed": "bold red", "unloaded": "dim"}


def world_tables(worlds: Iterable[Mapping[str, Any]]) -> Iterable[RenderableType]:
    """One row a world: what it is called, how it stands, what it takes; and below, what is wrong and declared."""
    table = plain_table("world", "key", "kind", "state", "MiB", "")
    notes: list[Text] = []
    for one in worlds:
        table.add_row(
            Text(printable(one["name"])),
            one["key"],
            one["kind"],
            Text(_state(one), style=_STYLES.get(one["state"], "")),
            f"{one['gpu_mib']:.0f}" if one["gpu_mib"] else "-",
            Text("on air" if one["on_air"] else "", style="bold"),
        )
        notes += _notes(one)
    yield table
    yield from notes


def _state(one: Mapping[str, Any]) -> str:
    reading = one["state"] in {"loading", "newer"}
    return f"{one['state']} {one['progress']:.0%}" if reading else str(one["state"])


def _cure(finding: Mapping[str, Any]) -> str:
    return f" [{finding['code']}: worlds fix cures it]" if finding["fix"] else ""


def _notes(one: Mapping[str, Any]) -> Iterable[Text]:
    if one["reason"]:
        yield Text(printable(f"{one['name']}: {one['reason']}"), style="red")
    for finding in one["findings"]:
        yield Text(printable(f"{one['name']}: {finding['text']}{_cure(finding)}"), style="yellow")
    for film in msgspec.convert(one.get("films", ()), tuple[FilmStatus, ...]):
        if film.codec or one["state"] != "failed":
            yield Text(printable(f"{one['name']}: {film_line(film)}"), style="dim")
    made = {True: "AI-made", False: "not AI-made"}.get(one["ai_made"], "")
    declared = ", ".join(filter(None, (one["source"], made, one["licence"])))
    if declared:
        yield Text(printable(f"{one['name']}: {declared}"), style="dim")
