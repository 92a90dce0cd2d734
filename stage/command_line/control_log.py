"""`stage control log`: who changed what, when, from where, and how it was answered."""

from __future__ import annotations

import math
import re
import time
from datetime import datetime
from typing import Annotated, Any

import typer
from rich.table import Table

from stage.command_line.connected import EndpointOption, JsonOption, connected, print_out
from stage.control.client import DEFAULT_ENDPOINT
from stage.control.tables import plain_table, printable, shown
from tracking.records import ConfigError

_SESSION_SHOWN = 8
_AGO = re.compile(r"(\d{1,6}(?:\.\d{1,3})?)(s|m|h|d)")
_SECONDS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0}
SinceOption = Annotated[
    str, typer.Option("--since", help="Only since then: 90s, 20m, 2h, 3d ago, or a time such as 2026-05-01T14:30.")
]


def log(
    since: SinceOption = "",
    person: Annotated[str, typer.Option("--person", help="Only of this person, key, token or client.")] = "",
    path: Annotated[str, typer.Option("--path", help="Only of this parameter, or of a folder such as /grade.")] = "",
    *,
    last: Annotated[int, typer.Option("--last", help="At most so many, the newest.", min=1, max=100_000)] = 50,
    endpoint: EndpointOption = DEFAULT_ENDPOINT,
    as_json: JsonOption = False,
) -> None:
    """Print who changed what, when, from where, and how it was answered; the newest last. Refusals are there too.

    Example: stage control log --since 2h --path /grade
    """
    since_unix_s = since_time(since, time.time())
    then = {} if since_unix_s is None else {"since": since_unix_s}
    with connected(endpoint, as_json=as_json) as stage:
        lines = stage.log(last, person=person, path=path, **then)
        print_out([_with_time(line) for line in lines] if as_json else log_table(lines))


def since_time(text: str, now_s: float) -> float | None:
    """The time that somebody means, in seconds since 1970; None where nothing is said.

    Raises ConfigError for what is no time.
    """
    if not text:
        return None
    ago = _AGO.fullmatch(text)
    if ago:
        return now_s - float(ago[1]) * _SECONDS[ago[2]]
    try:
        meant = datetime.fromisoformat(text).timestamp()
    except (ValueError, OverflowError, OSError):
        meant = math.nan
    if not math.isfinite(meant):
        raise ConfigError(f"--since: found {text!r}, expected 90s, 20m, 2h, 3d or a time such as 2026-05-01T14:30")
    return meant


def log_table(lines: list[dict[str, Any]]) -> Table:
    """One row a line, in the order of time."""
    table = plain_table("time", "who", "from", "asked", "answer")
    for line in lines:
        who = line["person"] or line["owner"] or line["session"][:_SESSION_SHOWN]
        came = "done" if line["value"] is None else shown(line["value"])
        answer = f"{line['code']}: {line['detail']}" if line["code"] else f"{came} (frame {line['frame']})"
        when = f"{datetime.fromtimestamp(line['unix_s']).astimezone():%Y-%m-%d %H:%M:%S}"
        table.add_row(
            when,
            printable(f"{who} ({line['role']})".strip()),
            printable(line["origin"] or "this machine"),
            printable(line["asked"]),
            printable(answer),
        )
    return table


def _with_time(line: dict[str, Any]) -> dict[str, Any]:
    when = datetime.fromtimestamp(line["unix_s"]).astimezone().isoformat(timespec="milliseconds")
    return {"time": when, **line}
