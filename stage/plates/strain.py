"""How hard it is for the loop to be in time, and how long films that are too heavy rest because of that. Pure."""

from __future__ import annotations

LEAST_REST = 3.0
"""A film that nobody can read as fast as it plays is left alone after each frame for so many times as long as that
took, at least: it is late anyhow.
"""
MOST_REST = 48.0
FIRST_REST = 12.0
TOGETHER_S = 0.5
"""Slots that are lost within so long after one are of the same cause."""
LEAST_HOLD_S, MOST_HOLD_S = 2.0, 30.0


class Strain:
    """Doubles the rest where slots are lost, and halves it once none has been for a while.

    That while doubles with each loss too, and is halved only after it has passed with the least rest: what once made
    slots late is tried ever more seldom, and not every few seconds. Times are seconds on any clock that grows.
    """

    def __init__(self) -> None:
        self.rest = FIRST_REST
        """How many times as long as reading a frame took such a film rests."""
        self._hold_s = LEAST_HOLD_S
        self._lost: int | None = None
        self._lost_s = self._since_s = 0.0

    @property
    def is_there(self) -> bool:
        """Whether slots were lost lately, or nobody knows yet that none is."""
        return self.rest > LEAST_REST

    def note(self, lost: int, now_s: float) -> None:
        """So many slots have been late or skipped up to now."""
        before, self._lost = self._lost, lost
        if before is None:
            self._since_s, self._lost_s = now_s, now_s - TOGETHER_S
        elif lost > before:
            self._since_s = now_s
            if now_s - self._lost_s >= TOGETHER_S:
                self._lost_s = now_s
                self.rest = min(MOST_REST, 2.0 * self.rest)
                self._hold_s = min(MOST_HOLD_S, 2.0 * self._hold_s)
        elif now_s - self._since_s >= self._hold_s:
            self._since_s = now_s
            if self.is_there:
                self.rest = max(LEAST_REST, 0.5 * self.rest)
            else:
                self._hold_s = max(LEAST_HOLD_S, 0.5 * self._hold_s)
