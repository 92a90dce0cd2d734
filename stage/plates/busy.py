"""For how long threads of this process worked, and for how long all of it stood still: what is left, they waited."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

_TASKS = Path("/proc/self/task")
_PROCESS = 0
Busy = Mapping[int, float]
"""Seconds for which each thread has run, or has waited for a processor, by its number."""


def busy_of(thread: int) -> Busy:
    """That of a thread, and of the threads of FFmpeg, which work for it; that of the whole process where the system
    does not say so much (schedstat of Linux).
    """
    own = busy_alone(thread)
    if own is None:
        return {_PROCESS: time.process_time()}
    of_python = {one.native_id for one in threading.enumerate()}
    others = {int(task.name) for task in _TASKS.iterdir()} - of_python
    found = {number: busy for number in others if (busy := busy_alone(number)) is not None}
    return {**found, thread: own}


def busy_alone(thread: int) -> float | None:
    """That of one thread alone; None where it has ended, or the system does not say it."""
    with suppress(OSError, ValueError):
        ran, waited, _ = (_TASKS / str(thread) / "schedstat").read_text(encoding="ascii").split()
        return 1e-9 * (int(ran) + int(waited))
    return None


def worked_s(before: Busy, after: Busy) -> float:
    """How long threads worked between two looks. One that has ended since is left out: what it did before is no work
    undone.
    """
    return sum(busy - before.get(thread, 0.0) for thread, busy in after.items())


class Stood:
    """For how long all of a process stood still, stopped or frozen: as one of its threads notices, which looks at the
    time at least every `every_s`. What that thread waited for a processor does not count.
    """

    def __init__(self, every_s: float, now_s: float, busy_s: float) -> None:
        self._every_s = every_s
        self._seen = (0.0, now_s, busy_s)

    def note(self, now_s: float, busy_s: float) -> None:
        """The thread looks at the time, and has been busy for so long."""
        self._seen = (self.so_far_s(now_s, busy_s), now_s, busy_s)

    def so_far_s(self, now_s: float, busy_s: float) -> float:
        """Seconds in all; any thread may ask for it, and tells for how long that one has been busy."""
        stood_s, looked_s, busy_then_s = self._seen
        missing_s = (now_s - looked_s) - (busy_s - busy_then_s)
        return stood_s + (missing_s if missing_s > self._every_s else 0.0)
