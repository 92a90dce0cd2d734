"""What frames of a film usually take on their way, for who has to know which of them can still come in time. Pure."""

from __future__ import annotations

from collections import deque

MOST_S = 0.3
"""No frame counts for more: the first one has to wait until its film is open."""
_REMEMBERED = 5


class Usual:
    """The median of the last few times, of which the first is a guess.

    One frame that was held up says nothing of the next ones: expected to take as long, those of the next quarter of a
    second would be passed over wherever a film is sent. Frames that all are slow are known after three.
    """

    def __init__(self, guess_s: float = 0.0) -> None:
        self._taken_s = deque((min(guess_s, MOST_S),) * _REMEMBERED, _REMEMBERED)
        self.seconds = self._taken_s[0]

    def note(self, took_s: float) -> None:
        """A frame took so long."""
        self._taken_s.append(min(took_s, MOST_S))
        self.seconds = sorted(self._taken_s)[_REMEMBERED // 2]
