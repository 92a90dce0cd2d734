"""Who was sent away: counted by cause, and reported a few times a second at most, however many there are."""

from __future__ import annotations

from collections.abc import Callable

from stage.gate.link import Turned

_REPORTS_EVERY_S = 0.5
_MOST_CAUSES = 64
QUIET = frozenset(("left",))
"""Causes that are nobody's fault."""


class TurnedAway:
    """Collects reports for `send`, which gives False where one has to wait."""

    def __init__(self, send: Callable[[Turned], bool]) -> None:
        self._send = send
        self._waiting: dict[tuple[str, str], Turned] = {}
        self._next_s = 0.0

    def note(self, cause: str, origin: str, who: str = "") -> None:
        """Somebody was sent away."""
        if cause in QUIET:
            return
        key = (cause, who)
        if key not in self._waiting and len(self._waiting) >= _MOST_CAUSES:
            key = (cause, "")
        before = self._waiting.get(key)
        count = 1 if before is None else before.count + 1
        self._waiting[key] = Turned(cause=cause, count=count, origin=origin, who=key[1])

    def report(self, now_s: float) -> None:
        """Reports what is due."""
        if not self._waiting or now_s < self._next_s:
            return
        self._next_s = now_s + _REPORTS_EVERY_S
        for key, turned in tuple(self._waiting.items()):
            if self._send(turned):
                del self._waiting[key]
