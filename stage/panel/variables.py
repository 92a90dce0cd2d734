"""Flat variables for button panels: one name, one value, no nesting.

Bitfocus Companion and its like fill in a button's text and colour from them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from tracking.settable import Value

Status = Mapping[str, Any]
Values = Mapping[str, Value]
Variable = str | int | float | bool


class FlatVariable(NamedTuple):
    """A variable: its name, what it says, and how it is read off the status and the present values."""

    name: str
    meaning: str
    read: Callable[[Status, Values], Variable]


def _severities(status: Status, severity: str) -> int:
    return sum(one["severity"] == severity and not one["acknowledged"] for one in status["health_codes"])


def _hour(_status: Status, values: Values) -> str:
    hour = values.get("/time/hour")
    if not isinstance(hour, int | float):
        return ""
    minutes = round(hour * 60) % (24 * 60)
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _cue(which: str) -> Callable[[Status, Values], Variable]:
    """A cue's number as people write it, or its name; "" where there is none."""

    def read(status: Status, _values: Values) -> Variable:
        found = (status.get("cues") or {}).get(which)
        if isinstance(found, int | float):
            return f"{found:.3f}".rstrip("0").rstrip(".")
        return str(found or "")

    return read


def _first_alarm(status: Status, _values: Values) -> str:
    alarms = (
        line
        for line, one in zip(status["health"], status["health_codes"], strict=False)
        if one["severity"] == "alarm" and not one["acknowledged"]
    )
    return next(alarms, "")


VARIABLES = (
    FlatVariable("take_state", "`idle`, `starting` or `recording`", lambda status, _: str(status["take"]["state"])),
    FlatVariable("take_name", "the take's name", lambda status, _: str(status["take"]["name"])),
    FlatVariable("time_of_day", "what a clock at the place shows, as 16:30", _hour),
    FlatVariable(
        "tracking_ok",
        "whether every tracker is fresh",
        lambda status, _: all(one["state"] == "fresh" for one in status["trackers"].values()),
    ),
    FlatVariable("fps", "frames a second that reach the walls", lambda status, _: round(status["true_rate_hz"], 1)),
    FlatVariable("missed", "frames that came late", lambda status, _: int(status["missed"])),
    FlatVariable("alarm_count", "alarms that nobody has acknowledged", lambda status, _: _severities(status, "alarm")),
    FlatVariable("warning_count", "the same of warnings", lambda status, _: _severities(status, "warning")),
    FlatVariable("alarm", "the first alarm, in English", _first_alarm),
    FlatVariable("world", "the world on air", lambda status, _: str((status["world"] or {}).get("on_air", ""))),
    FlatVariable(
        "world_target", "the world that is asked for", lambda status, _: str((status["world"] or {}).get("target", ""))
    ),
    FlatVariable("cue_next", "the number of the cue that GO plays", _cue("next")),
    FlatVariable("cue_next_name", "its name, or that of its look", _cue("next_name")),
    FlatVariable("cue_last", "the number of the cue that was played last", _cue("pointer")),
    FlatVariable("blackout", "whether the walls are black", lambda _, values: bool(values.get("/output/blackout"))),
    FlatVariable("freeze", "whether the walls stand still", lambda _, values: bool(values.get("/output/freeze"))),
)
"""Every variable but those of the trackers, which are `tracker_NAME` (its state) and `tracker_NAME_hz`."""


def variables_of(status: Status | None, values: Values) -> dict[str, Variable]:
    """Every variable by its name. `link` is `live`, or `stale` where the stage sends nothing: then it stands alone."""
    if status is None:
        return {"link": "stale"}
    found: dict[str, Variable] = {"link": "live", "frame": int(status["frame"])}
    found |= {one.name: one.read(status, values) for one in VARIABLES}
    for name, tracker in status["trackers"].items():
        key = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
        found[f"tracker_{key}"] = str(tracker["state"])
        found[f"tracker_{key}_hz"] = round(tracker["rate_hz"], 1)
    return found
