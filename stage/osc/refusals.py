"""What was refused: counted, told in a bounded number of messages, and summed up for the operator's terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from stage.values.parameters import Refusal
from stage.words.sentences import refusal_line

TOLD_A_SECOND = 20.0
LINES_EVERY_S = 2.0
_LONGEST = 300
_MOST_SENDERS = 32


class Refusals:
    """Refusals by sender since the last line. Times are monotonic seconds."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._last: dict[str, str] = {}
        self._dropped: Counter[str] = Counter()
        self._next_line_s = 0.0
        self._next_told_s = 0.0

    def note(self, sender: str, why: str) -> None:
        """One message of `sender` was refused."""
        if sender in self._counts or len(self._counts) < _MOST_SENDERS:
            self._counts[sender] += 1
            self._last[sender] = why[:_LONGEST]

    def may_tell(self, now_s: float) -> bool:
        """Whether one more refusal may be sent now: a flood of errors is answered by a few."""
        if now_s < self._next_told_s - 1.0:
            return False
        self._next_told_s = max(now_s, self._next_told_s) + 1.0 / TOLD_A_SECOND
        return True

    def words_of(self, refusal: Refusal) -> str:
        """A refusal as a sentence."""
        return refusal_line(refusal)[:_LONGEST]

    def lines(self, now_s: float, dropped: Counter[str]) -> Iterator[str]:
        """A line for each sender that was refused something, and for each reason to drop messages, now and then."""
        if now_s < self._next_line_s or not (self._counts or dropped != self._dropped):
            return
        self._next_line_s = now_s + LINES_EVERY_S
        for sender, count in self._counts.items():
            yield f"OSC: {count} of {sender} refused, the last: {self._last[sender]}"
        for why, count in (dropped - self._dropped).items():
            yield f"OSC: {count} messages or packets dropped {why}"
        self._counts.clear()
        self._last.clear()
        self._dropped = dropped.copy()
