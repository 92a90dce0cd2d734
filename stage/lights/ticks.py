"""When levels are sent: once a frame where DMX512 can follow, else as often as it can."""

from __future__ import annotations

from fractions import Fraction

FASTEST_HZ = 44
"""A universe of 512 slots takes 22.7 ms on a DMX512 line."""


class Ticks:
    """The moments at which levels are sent (host monotonic nanoseconds), for a stage of `rate` frames a second."""

    def __init__(self, rate: Fraction) -> None:
        self._follows = rate <= FASTEST_HZ
        self.period_ns = round(1_000_000_000 / min(rate, Fraction(FASTEST_HZ)))

    def after(self, tick_ns: int, now_ns: int, due_ns: int | None) -> int:
        """The tick that follows the one at `tick_ns`; it is never in the past.

        At `due_ns` packets of some frame have to leave so that its light is on time: where there is a tick for each
        frame, ticks keep to that.
        """
        following_ns = tick_ns + self.period_ns
        if self._follows and due_ns is not None:
            off_ns = (due_ns - following_ns) % self.period_ns
            following_ns += off_ns if off_ns <= self.period_ns // 2 else off_ns - self.period_ns
        if following_ns <= now_ns:
            following_ns += (now_ns - following_ns) // self.period_ns * self.period_ns + self.period_ns
        return following_ns
