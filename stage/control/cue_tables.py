"""Cues for people at a terminal of 80 columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from stage.control.cue_client import CueAnswer
from stage.control.look_tables import left_lines
from stage.control.tables import plain_table, printable, shown

_WORDS = {"delay": "waits for its delay", "fade": "fades", "world": "waits for its world", "held": "is held"}


def cue_tables(cues: Iterable[Mapping[str, Any]], status: Mapping[str, Any]) -> Iterable[RenderableType]:
    """One row a cue: its number, what it sets, its times; and where the show stands."""
    rows = list(cues)
    if rows:
        table = plain_table("", "cue", "sets", "delay s", "fade s", "notes")
        for one in rows:
            notes = [
                "" if one["curve"] == "linear" else one["curve"],
                "" if one["way"] == "shorter" else one["way"],
                "follow-on" if one["follow_on"] else "",
                *(f"its {what} is missing" for what in one["missing"]),
            ]
            named = f"{one['name']}: " if one["name"] else ""
            table.add_row(
                _mark(one["number"], status),
                cue_number(one["number"]),
                Text(printable(f"{named}{_sets(one)}")),
                f"{one['delay_s']:g}" if one["delay_s"] else "",
                f"{one['fade_s']:g}",
                Text(", ".join(filter(None, notes)), style="yellow" if one["missing"] else ""),
            )
        yield table
    yield from cue_lines(status)


def cue_lines(status: Mapping[str, Any]) -> Iterable[Text]:
    """Where a show stands in its cues, in a few lines; nothing where there are none."""
    if not status["count"] and status["pointer"] is None:
        return
    pointer = "none was played" if status["pointer"] is None else f"{cue_number(status['pointer'])} was played"
    following = "none is next" if status["next"] is None else f"next is {cue_number(status['next'])}"
    name = f" {status['next_name']}" if status["next_name"] else ""
    yield Text(printable(f"cues: {pointer}, {following}{name}"))
    for one in status["running"]:
        what = "goes back and " if one["takes_back"] else ""
        left = f", {one['left_s']:.1f} s left" if one["left_s"] else ""
        then = ", then the next" if one["follow_on"] else ""
        style = "yellow" if one["state"] == "held" else ""
        yield Text(f"cue {cue_number(one['number'])} {what}{_WORDS[one['state']]}{left}{then}", style=style)


def shown_cue_tables(found: Mapping[str, Any]) -> Iterable[RenderableType]:
    """What a cue would set: a row for each value; and below, what it would leave."""
    cue = found["cue"]
    yield Text(printable(f"cue {cue_number(cue['number'])} {cue['name']}: {_sets(cue)}, over {cue['fade_s']:g} s"))
    table = plain_table("value", "in force", "cue")
    for one in found["changes"]:
        changes = one["cue"] != one["present"]
        table.add_row(one["path"], shown(one["present"]), Text(shown(one["cue"]), style="bold" if changes else "dim"))
    if found["changes"]:
        yield table
    yield from (Text(printable(line), style="yellow") for line in left_lines(found["absent"], found["refused"]))


def cue_outcome(answer: CueAnswer, done: str) -> Iterable[str]:
    """What came of a request about cues, and what was left."""
    subject = "cues" if answer.number is None else f"cue {cue_number(answer.number)}"
    loading = ", its world is loading" if answer.detail == "loading" else ""
    yield f"{subject} {done} (frame {answer.frame}){loading}"
    yield from (printable(line) for line in left_lines(answer.absent, answer.refused))
    if answer.more:
        yield f"  and {answer.more} more"


def cue_number(number: float) -> str:
    """A cue's number in as many digits as it needs: 2, 1.1."""
    return f"{number:.3f}".rstrip("0").rstrip(".")


def _mark(number: float, status: Mapping[str, Any]) -> Text:
    if number in [one["number"] for one in status["running"]]:
        return Text("plays", style="green")
    return Text("next" if number == status["next"] else "")


def _sets(cue: Mapping[str, Any]) -> str:
    """What a cue sets, in a few words."""
    if cue["look"]:
        parts = f" ({', '.join(cue['only'])})" if cue["only"] else ""
        return f"look {cue['look']}{parts}"
    values = f"{cue['count']} value{'' if cue['count'] == 1 else 's'}"
    return f"{values}, world {cue['world']}" if cue["world"] else values
