"""What the show remembers of films that play. Pure."""

from __future__ import annotations

from fractions import Fraction

import msgspec

from render.worlds.plate.times import FilmClock, TimeCode
from tracking.records import Notebook


class TimecodeLock(Notebook):
    """The stage's time code: the frame `count` since midnight began in the slot `slot`, and goes on while it `runs`.

    `label` is the newest one, first heard in the slot `heard`. `rate` is that of its labels, numerator and denominator.
    """

    label: str
    count: int
    slot: int
    heard: int
    rate: tuple[int, int]
    runs: bool = False


class LateFilm(Notebook):
    """How many frames of a film were not shown when they were due, by cause, and the slot of the newest report."""

    counts: dict[str, int] = msgspec.field(default_factory=dict)
    slot: int = 0
    cause: str = ""


class PlatesState(Notebook):
    """Films by the keys of their layers.

    `clocks` say how far each has come. `calls` are the times, in microseconds, to which the next cue sends films.
    `late` has films by identity.
    """

    clocks: dict[str, FilmClock] = msgspec.field(default_factory=dict)
    calls: dict[str, int] = msgspec.field(default_factory=dict)
    timecode: TimecodeLock | None = None
    late: dict[str, LateFilm] = msgspec.field(default_factory=dict)


def timecode_at(lock: TimecodeLock | None, slot: int, slots_a_second: Fraction) -> TimeCode | None:
    """The stage's time code in a slot, in exact parts of its frames; None where there is none."""
    if lock is None:
        return None
    rate = Fraction(*lock.rate)
    parts = slots_a_second.numerator * rate.denominator
    passed = (slot - lock.slot) * rate.numerator * slots_a_second.denominator if lock.runs else 0
    return TimeCode(lock.count * parts + passed, parts, rate, ";" in lock.label)
