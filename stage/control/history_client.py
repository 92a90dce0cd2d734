"""What the Python client asks of what was done: undo and redo, and the log, page by page."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

import msgspec

from tracking.records import Evolving
from tracking.settable import Value

LINES_A_REPLY = 256


class Answer(Evolving):
    """A command took effect in `frame`; `value` is in force at `path` from then on (the target of a fade).

    `detail` is "loading" where a world must be read before it can be shown, or a note for people, such as saved values
    that no longer fit. `before` are the values that a mended world had, by path, or what was undone. `warnings` say
    what could spoil a take that was started.
    """

    frame: int
    epoch: int
    seq: int
    path: str = ""
    value: Value | None = None
    detail: str = ""
    before: dict[str, Value] = msgspec.field(default_factory=dict)
    warnings: tuple[str, ...] = ()


class UndoCalls(ABC):
    """The calls on the changes of a client's own session."""

    @abstractmethod
    def _request(self, kind: str, longer_s: float = 0.0, **fields: object) -> dict[str, Any]:
        """Sends a request and returns its reply."""

    def undo(self, fade_s: float = 0.0, *, force: bool = False) -> Answer:
        """Takes back the newest change of this session, if all of its values are still what that left.

        `before` are the values that were in force until now.
        """
        return answer_of(self._request("undo", fade_s=float(fade_s), **_forced(force=force)))

    def redo(self, fade_s: float = 0.0, *, force: bool = False) -> Answer:
        """Puts in force again what was undone last."""
        return answer_of(self._request("undo", action="redo", fade_s=float(fade_s), **_forced(force=force)))

    def forget(self) -> Answer:
        """Drops the newest change of this session from what can be undone; its values stay."""
        return answer_of(self._request("undo", action="forget"))

    def changes(self) -> dict[str, list[dict[str, Any]]]:
        """What this session can `undo` and `redo`, the newest first, ten at most: `count` values, some named."""
        reply = self._request("undo", action="list")
        return {what: reply[what] for what in ("undo", "redo")}


def answer_of(reply: dict[str, Any]) -> Answer:
    """The answer to a command, from its reply."""
    return msgspec.convert({**reply, "warnings": tuple(one["text"] for one in reply.get("warnings", ()))}, Answer)


def _forced(*, force: bool) -> dict[str, bool]:
    return {"force": True} if force else {}


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
