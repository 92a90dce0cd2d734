"""Times what films cost the loop besides their bytes, and how long one that is sent elsewhere is on its way."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from contextlib import ExitStack
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import numpy as np

from stage.bench.edge_alone import SLOTS_A_SECOND, EdgeAlone
from stage.bench.plates_bare import measure_bare
from tracking.records import Record

_BEFORE = 30
_PLAYS_BETWEEN = 60
_MOST_S = 3.0


class LoopCost(Record):
    """Processor time of the loop's thread for one film in a display slot, in ms: asking, following, counting and
    choosing what is uploaded, which is Python, in the mean and the median; `bare_ms` is the mean where nothing has to
    be chosen (`stage/bench/plates_bare.py`). With what the driver takes for uploads; and that of the worst slot, the
    film's first ones included.
    """

    python_ms: float
    python_median_ms: float
    bare_ms: float
    with_uploads_ms: float
    worst_ms: float


class SeekWay(Record):
    """A film that is sent elsewhere, in ms from the slot that plans it, in the median of all `seeks`: until a frame
    lies in shared memory, is on the GPU, and is shown in the slot that it is planned for; and the latter at worst.
    """

    seeks: int
    in_memory_ms: float
    on_gpu_ms: float
    shown_ms: float
    shown_worst_ms: float


class _Way(NamedTuple):
    in_memory_ms: float
    on_gpu_ms: float
    shown_ms: float


def measure_loop(path: Path, slots: int) -> LoopCost:
    """Plays a film through so many slots at their pace."""
    with ExitStack() as stack:
        alone = EdgeAlone(path, stack)
        facts = alone.facts
        served = [
            alone.serve(int(slot * Fraction(*facts.rate) / SLOTS_A_SECOND) % facts.frames)
            for slot in range(slots + _BEFORE)
        ]
    python_ms = [1e3 * one.python_s for one in served[_BEFORE:]]
    return LoopCost(
        python_ms=round(statistics.mean(python_ms), 3),
        python_median_ms=round(statistics.median(python_ms), 3),
        bare_ms=round(measure_bare(path, slots), 3),
        with_uploads_ms=round(statistics.mean(1e3 * one.all_s for one in served[_BEFORE:]), 3),
        worst_ms=round(1e3 * max(one.all_s for one in served), 1),
    )


def measure_seeks(path: Path, seeks: int) -> SeekWay:
    """Sends a film anywhere so often, and lets it play in between."""
    with ExitStack() as stack:
        alone, places = EdgeAlone(path, stack), np.random.default_rng(1)
        _played(alone, 0, 2 * _PLAYS_BETWEEN, lambda: None)
        ways = [_sought(alone, int(places.integers(alone.facts.frames))) for _ in range(seeks)]
    return SeekWay(
        seeks=seeks,
        in_memory_ms=round(statistics.median(one.in_memory_ms for one in ways), 1),
        on_gpu_ms=round(statistics.median(one.on_gpu_ms for one in ways), 1),
        shown_ms=round(statistics.median(one.shown_ms for one in ways), 1),
        shown_worst_ms=round(max(one.shown_ms for one in ways), 1),
    )


def _sought(alone: EdgeAlone, number: int) -> _Way:
    """Sends a film to a frame, and sees what comes of it."""
    begun_s, found = time.monotonic(), dict[str, float]()
    coming = {(number + step) % alone.facts.frames for step in range(round(_MOST_S * alone.facts.rate[0]))}
    before = {*alone.edge.in_memory(alone.media), *alone.textures.numbers(alone.media)}

    def note() -> None:
        on_gpu = coming.intersection(alone.textures.numbers(alone.media)) - before
        if on_gpu or coming.intersection(alone.edge.in_memory(alone.media)) - before:
            found.setdefault("memory", time.monotonic())
        if on_gpu:
            found.setdefault("gpu", time.monotonic())

    slots = _played(alone, number, _PLAYS_BETWEEN, note)
    late_slots = slots.index(True) if True in slots else len(slots)
    shown_s = begun_s + late_slots / SLOTS_A_SECOND
    memory_s, gpu_s = (min(shown_s, found.get(step, shown_s)) for step in ("memory", "gpu"))
    return _Way(*(1e3 * (one - begun_s) for one in (memory_s, gpu_s, shown_s)))


def _played(alone: EdgeAlone, first: int, slots: int, note: Callable[[], None]) -> list[bool]:
    """Plays from a frame on for so many slots: whether the planned frame was there in each."""
    found = []
    for slot in range(slots):
        number = (first + int(slot * Fraction(*alone.facts.rate) / SLOTS_A_SECOND)) % alone.facts.frames
        found.append(alone.serve(number).is_there)
        note()
    return found
