"""Whose each session is, for requests that never come to the show: it belongs to whoever used it first."""

from __future__ import annotations

from collections.abc import Callable

MOST_SESSIONS = 256

OwnerOf = Callable[[str], str | None]
"""Whose session it is by the show's commands; None where no command has named it."""


class SessionOwners:
    """What the show knows of sessions, and those that have only asked questions so far, by their owner.

    Of these at most `MOST_SESSIONS` are remembered; the one that was silent longest is forgotten first.
    """

    def __init__(self) -> None:
        self._asking: dict[str, str] = {}
        self.in_show: OwnerOf = lambda _session: None

    def belongs(self, session: str, owner: str) -> bool:
        """Whether `owner` (see `Command.owner`) may speak for this session, which is theirs if nobody has used it."""
        known = self.in_show(session)
        if known is not None:
            return known == owner
        first = self._asking.pop(session, owner)
        self._asking[session] = first
        if len(self._asking) > MOST_SESSIONS:
            del self._asking[next(iter(self._asking))]
        return first == owner
