"""Looks for people at a terminal of 80 columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from stage.control.look_client import LookAnswer
from stage.control.tables import plain_table, printable, shown

_STYLES = {"ready": "green", "newer": "green", "loading": "yellow", "failed": "bold red", "missing": "bold red"}
_PARTS = 5


def look_tables(looks: Iterable[Mapping[str, Any]]) -> Iterable[RenderableType]:
    """One row a look: what it is called, what it holds, its world and how that stands."""
    table = plain_table("look", "kind", "holds", "values", "world", "")
    for one in looks:
        parts = "everything" if len(one["parts"]) == _PARTS else ", ".join(one["parts"])
        state = Text(one["world_state"], style=_STYLES.get(one["world_state"], "dim"))
        table.add_row(
            Text(printable(one["name"])), one["kind"], parts, str(one["count"]), Text(printable(one["world"])), state
        )
    yield table


def look_changes(compared: Mapping[str, Any]) -> Iterable[RenderableType]:
    """One row for each value that a look would change; and below, what it would leave."""
    if compared["changes"]:
        table = plain_table("value", "in force", "look")
        for one in compared["changes"]:
            table.add_row(one["path"], shown(one["present"]), shown(one["look"]))
        yield table
    else:
        yield Text(printable(f"{compared['name']}: nothing would change"))
    yield from (Text(printable(line), style="yellow") for line in left_lines(compared["absent"], compared["refused"]))


def outcome_lines(answer: LookAnswer, done: str) -> Iterable[str]:
    """What came of a look, and what of it was left."""
    loading = ", its world is loading" if answer.detail == "loading" else ""
    values = f"{answer.count} value{'' if answer.count == 1 else 's'}"
    yield printable(f"{answer.name}: {done}, {values} (frame {answer.frame}){loading}")
    yield from (printable(line) for line in left_lines(answer.absent, answer.refused))
    if answer.more:
        yield f"  and {answer.more} more"


def left_lines(absent: Iterable[str], refused: Mapping[str, Mapping[str, str]]) -> Iterable[str]:
    """A line for each thing that the stage has not got, and for each value that cannot be set."""
    yield from (f"  {name}: this stage has not got it; passed over" for name in absent)
    yield from (f"  {why['detail']}; passed over" for why in refused.values())
