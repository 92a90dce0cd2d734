"""How much a client may send: so much a second, and so much at once (a token bucket)."""

from __future__ import annotations


class Allowance:
    """Grants `a_second` on average and `at_once` after a rest. Times are monotonic seconds."""

    def __init__(self, a_second: float, at_once: float, now_s: float) -> None:
        self._a_second = a_second
        self._at_once = at_once
        self._left = at_once
        self._counted_s = now_s

    def left(self, now_s: float) -> float:
        """What may be taken now. Below nothing where more was taken than there was."""
        passed_s = max(0.0, now_s - self._counted_s)
        self._counted_s = now_s
        self._left = min(self._at_once, self._left + passed_s * self._a_second)
        return self._left

    def take(self, amount: float, now_s: float) -> bool:
        """Takes an amount; False, and nothing is taken, where there is not as much."""
        if self.left(now_s) < amount:
            return False
        self._left -= amount
        return True

    def spend(self, amount: float) -> None:
        """Takes what has been used already, whether it was there or not."""
        self._left -= amount
