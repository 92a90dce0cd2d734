"""The log as a client reads it: page by page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

LINES_A_REPLY = 256


def read_log(ask: Callable[..., dict[str, Any]], last: int) -> list[dict[str, Any]]:
    """The last lines in the order of time. `ask` gives a page: its `last` lines, `before` where another one ended."""
    lines: list[dict[str, Any]] = []
    on: dict[str, Any] = {}
    while len(lines) < last:
        reply = ask(last=min(LINES_A_REPLY, last - len(lines)), **on)
        lines += reply["lines"]
        if reply["before"] is None:
            break
        on = {"before": reply["before"]}
    return lines[::-1]
