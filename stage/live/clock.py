"""The host's monotonic clock, and the pacing of display slots on it. The show reads time here and nowhere else."""

from __future__ import annotations

import time
from fractions import Fraction
from typing import Protocol

from tracking.records import Record


class Clock(Protocol):
    """Host monotonic time in nanoseconds, and how to wait for it."""

    def now_ns(self) -> int: ...

    def cpu_ns(self) -> int:
        """Processor time used by this thread."""

    def sleep_until(self, target_ns: int) -> None: ...


class HostClock:
    """The real clock."""

    def now_ns(self) -> int:
        return time.monotonic_ns()

    def cpu_ns(self) -> int:
        return time.thread_time_ns()

    def sleep_until(self, target_ns: int) -> None:
        remaining_ns = target_ns - time.monotonic_ns()
        if remaining_ns > 0:
            time.sleep(remaining_ns * 1e-9)


class ManualClock:
    """Virtual time for tests and offline runs. It moves when somebody sleeps, or by `advance`."""

    def __init__(self, start_ns: int = 0) -> None:
        self._now_ns = start_ns

    def now_ns(self) -> int:
        return self._now_ns

    def cpu_ns(self) -> int:
        return self._now_ns

    def sleep_until(self, target_ns: int) -> None:
        self._now_ns = max(self._now_ns, target_ns)

    def advance(self, nanoseconds: int) -> None:
        """Moves time on, as work would."""
        self._now_ns += nanoseconds


class Slot(Record):
    """One display slot: work may begin at `start_ns` and must be on the wall by `present_ns`, one period later.

    `skipped` counts the slots between the previous one served and this one.
    """

    frame: int
    start_ns: int
    present_ns: int
    skipped: int


class Pacer:
    """Hands out display slots on a fixed grid, `origin_ns + frame / rate`. It never sleeps a fixed amount.

    The grid starts when the first slot is requested.
    """

    def __init__(self, clock: Clock, rate: Fraction, *, first_frame: int = 0) -> None:
        self._clock = clock
        self._period_ns = Fraction(1_000_000_000) / rate
        self._first = self._next = first_frame
        self._origin_ns: int | None = None

    @property
    def period_ns(self) -> int:
        """The length of one slot, to the nearest nanosecond."""
        return round(self._period_ns)

    @property
    def upcoming(self) -> int:
        """The number of the next slot, unless it passes before it is requested."""
        return self._next

    def next_slot(self) -> Slot:
        """Sleeps until the next slot begins and returns it. Slots that have passed entirely are skipped."""
        expected = self._next
        current = int((self._clock.now_ns() - self._origin()) / self._period_ns)
        frame = max(expected, current)
        self._next = frame + 1
        start_ns = self._start_ns(frame)
        self._clock.sleep_until(start_ns)
        return Slot(frame=frame, start_ns=start_ns, present_ns=self._start_ns(frame + 1), skipped=frame - expected)

    def sleeps_until_before(self, lead_ns: int) -> bool:
        """Sleeps until so long before the next slot begins. False at once where less time is left."""
        room_ns = self.slack_ns() - lead_ns
        if room_ns > 0:
            self._clock.sleep_until(self._clock.now_ns() + room_ns)
        return room_ns > 0

    def slack_ns(self) -> int:
        """Time left before the next slot begins; negative if it already has."""
        return self._start_ns(self._next) - self._clock.now_ns()

    def _origin(self) -> int:
        if self._origin_ns is None:
            self._origin_ns = self._clock.now_ns() - int(self._first * self._period_ns)
        return self._origin_ns

    def _start_ns(self, frame: int) -> int:
        return self._origin() + int(frame * self._period_ns)
