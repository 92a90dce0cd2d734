"""What a running stage reports, on a terminal: once, or again every second."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable
from typing import Any

from rich.console import Console, RenderableType

PERIOD_S = 1.0


def print_live(
    ask: Callable[[], Any],
    tables: Callable[[Any], Iterable[RenderableType]],
    *,
    watched_s: float,
    as_json: bool,
    now_s: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Prints what `ask` gives, and again every second while `watched_s` seconds have not passed; 0 prints it once.

    As JSON it is one object a line. Raises ControlError where the stage does not answer.
    """
    until_s = now_s() + watched_s
    _print(ask(), tables, as_json=as_json, again=False)
    while (left_s := until_s - now_s()) > 0.0:
        sleep(min(PERIOD_S, left_s))
        _print(ask(), tables, as_json=as_json, again=True)


def _print(found: object, tables: Callable[[Any], Iterable[RenderableType]], *, as_json: bool, again: bool) -> None:
    """A terminal is cleared before anything is printed `again`."""
    if as_json:
        print(json.dumps(found), flush=True)
        return
    console = Console()
    if again and console.is_terminal:
        console.clear()
    elif again:
        console.print()
    console.print(*tables(found), sep="\n")
