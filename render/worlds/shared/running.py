"""For how long something has run that people stop, start and speed up: exact, in whole numbers, for days. Pure.

Speeds are in millionths: what is written with up to six decimals is exact. Skipped slots leave no trace.
"""

from __future__ import annotations

from tracking.records import Notebook

MILLION = 1_000_000


class RunningClock(Notebook):
    """How long it had run by the slot `since`: `gone` millionths of a slot at its own speed.

    That grows by `speed` (millionths) a slot while it `runs`.
    """

    since: int
    gone: int = 0
    speed: int = MILLION
    runs: bool = True


def millionths(value: float) -> int:
    """A speed or a time in seconds as people write it, in millionths."""
    return round(value * MILLION)


def gone_at(clock: RunningClock, slot: int) -> int:
    """For how many millionths of a slot it has run by a slot."""
    return clock.gone + (slot - clock.since) * clock.speed if clock.runs else clock.gone
