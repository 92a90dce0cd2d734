"""Who was sent away: counted by cause, and reported a few times a second at most, however many there are."""

from __future__ import annotations

from collections.abc import Callable

from stage.gate.link import Turned

_REPORTS_EVERY_S = 0.5
_MOST_CAUSES = 64
_TELLS_AGAIN_S = 30.0
_REFUSED = {"unknown_key": "the key {who}..., which is unknown", "revoked_key": "the revoked key {who}"}
"""What people are told of at once, besides the finding in health."""
QUIET = frozenset(("left",))
"""Causes that are nobody's fault."""


class TurnedAway:
    """Collects reports for `send`, which gives False where one has to wait. `tell` takes lines for people."""

    def __init__(self, send: Callable[[Turned], bool], tell: Callable[[str], object]) -> None:
        self._send = send
        self._tell = tell
        self._told_s: dict[tuple[str, str], float] = {}
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
                self._tell_of(key, turned, now_s)

    def _tell_of(self, key: tuple[str, str], turned: Turned, now_s: float) -> None:
        """A line for a refused key, not more often than twice a minute for each."""
        if turned.cause not in _REFUSED or now_s < self._told_s.get(key, now_s):
            return
        if len(self._told_s) >= _MOST_CAUSES:
            self._told_s.clear()
        self._told_s[key] = now_s + _TELLS_AGAIN_S
        self._tell(f"control: refused {_REFUSED[turned.cause].format(who=turned.who)}, from {turned.origin}")
