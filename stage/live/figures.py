"""The figures of a whole run, over all its cores. Memory is bounded, however long the run."""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left
from collections import deque
from collections.abc import Mapping
from pathlib import Path

import msgspec

from stage.control.view import FRAME_PARTS, PartTimes
from stage.live.timing import FrameTimes
from stage.run.checkpoint import Checkpoint
from stage.run.encoded_state import EncodedState
from stage.run.events import Spread, SummaryEvent
from tracking.records import UNDECODABLE, Evolving

MOST_FRAMES = 1 << 20
"""Frames that lateness and processor time are kept of; those after it are only counted."""
NEWEST_FRAMES = 16
"""Frames of which each single time is told: more than pass between two telemetry messages at 120 Hz."""
FIGURES_BYTES = 1 << 16
BOUNDS_MS = (0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 6.0, 8.0, 12.0, 16.0, 20.0, 33.0, 50.0, 100.0)
"""The largest of each size; what takes longer is in one more."""
_FIRST_BIN_MS = 0.001
_PER_BIN = math.log(1.02)


class RunFigures(Evolving):
    """The figures of a run up to now, over all its cores, as they are kept for the next one.

    `began_ns` is when the first core began to serve (host monotonic), `heartbeats` how many there were. Milliseconds
    are kept as counts by size, in bins that grow by 2 %, with the largest value beside them.
    """

    began_ns: int
    heartbeats: int = 0
    last_frame: int = -1
    frames: int = 0
    missed: int = 0
    missed_causes: dict[str, int] = msgspec.field(default_factory=dict)
    skipped_causes: dict[str, int] = msgspec.field(default_factory=dict)
    lateness: dict[int, int] = msgspec.field(default_factory=dict)
    cpu: dict[int, int] = msgspec.field(default_factory=dict)
    lateness_max_ms: float = 0.0
    cpu_max_ms: float = 0.0
    packets: dict[str, int] = msgspec.field(default_factory=dict)


class Milliseconds:
    """One measure of every frame: this core's values, and the earlier cores' counts by size."""

    def __init__(self, counts: dict[int, int] | None = None, largest_ms: float = 0.0) -> None:
        self.counts = dict(counts or {})
        self.largest_ms = largest_ms
        self._earlier = bool(self.counts)
        self._values = array("d")

    def add(self, value_ms: float) -> None:
        """Adds one frame's value."""
        index = 0 if value_ms <= _FIRST_BIN_MS else 1 + int(math.log(value_ms / _FIRST_BIN_MS) / _PER_BIN)
        self.counts[index] = self.counts.get(index, 0) + 1
        self.largest_ms = max(self.largest_ms, value_ms)
        if len(self._values) < MOST_FRAMES:
            self._values.append(value_ms)

    def newest(self) -> float:
        """The newest value; 0.0 before the first."""
        return self._values[-1] if self._values else 0.0

    def spread(self) -> Spread:
        """Median, 99th percentile and maximum: exact for one core, to 2 % where an earlier one was counted."""
        if not self._earlier:
            return spread_of(self._values)
        return Spread(p50=self._share(0.5), p99=self._share(0.99), max=self.largest_ms)

    def _share(self, share: float) -> float:
        wanted, reached = share * sum(self.counts.values()), 0
        for index in sorted(self.counts):
            reached += self.counts[index]
            if reached >= wanted:
                return min(self.largest_ms, _FIRST_BIN_MS * math.exp(_PER_BIN * (index - 0.5))) if index else 0.0
        return self.largest_ms


class LoopTimes:
    """Collects the times of frames into the figures of a run; `before` are those of its earlier cores."""

    def __init__(self, before: RunFigures | None = None) -> None:
        before = before or RunFigures(began_ns=0)
        self.frames = before.frames
        self.missed = before.missed
        self.missed_causes = dict(before.missed_causes)
        self.skipped_causes = dict(before.skipped_causes)
        self._lateness = Milliseconds(before.lateness, before.lateness_max_ms)
        self._cpu = Milliseconds(before.cpu, before.cpu_max_ms)
        self._cause_of_next_skip = "start"
        self._took: deque[float] = deque(maxlen=NEWEST_FRAMES)
        self.parts = PartCounts()

    def add(self, times: FrameTimes) -> None:
        """Adds one frame. The slots skipped before it are put down to the part that kept the loop from them."""
        self.frames += 1
        if times.skipped():
            _count(self.skipped_causes, self._cause_of_next_skip, times.skipped())
        if times.undrawn:
            _count(self.skipped_causes, "draw", times.undrawn)
        self._cause_of_next_skip = times.skip_cause()
        if times.missed():
            self.missed += 1
            _count(self.missed_causes, times.late_cause(), 1)
        self._lateness.add(times.lateness_ns() * 1e-6)
        self._cpu.add(times.cpu_ns() * 1e-6)
        self.parts.add(times.parts_ns())
        self._took.append(round(times.took_ns() * 1e-6, 3))

    @property
    def lost(self) -> int:
        """Slots that were late or skipped."""
        return self.missed + sum(self.skipped_causes.values())

    def core_was_away(self, slots: int, served: int) -> None:
        """Counts slots since the dead core last kept its figures, of which it `served` some before it died."""
        self.frames += served
        if slots > served:
            _count(self.skipped_causes, "core_died", slots - served)

    def recent(self) -> float:
        """How long after the start of its slot the newest frame began, in milliseconds."""
        return self._lateness.newest()

    def newest_took(self) -> tuple[float, ...]:
        """From the start of its slot until it was presented, of each of the newest frames, the last one last; ms."""
        return tuple(self._took)

    def lateness(self) -> Spread:
        """How long after the start of their slots frames began."""
        return self._lateness.spread()

    def cpu(self) -> Spread:
        """Processor time of the loop's own work in each frame."""
        return self._cpu.spread()

    def figures(self, began_ns: int, heartbeats: int, last_frame: int, packets: dict[str, int]) -> RunFigures:
        """The figures up to now, for the core that may have to follow this one."""
        return RunFigures(
            began_ns=began_ns,
            heartbeats=heartbeats,
            last_frame=last_frame,
            frames=self.frames,
            missed=self.missed,
            missed_causes=self.missed_causes,
            skipped_causes=self.skipped_causes,
            lateness=self._lateness.counts,
            cpu=self._cpu.counts,
            lateness_max_ms=self._lateness.largest_ms,
            cpu_max_ms=self._cpu.largest_ms,
            packets=packets,
        )


class FiguresFile:
    """The run's figures in a file of their own beside the checkpoint. Where it has no room, they die with the core.

    `before` are the figures that an earlier core of the run left there.
    """

    def __init__(self, path: Path) -> None:
        self.before: RunFigures | None = None
        self._file: Checkpoint | None = None
        try:
            self._file = Checkpoint(path, FIGURES_BYTES)
            kept = self._file.read()
            self.before = None if kept is None else msgspec.msgpack.decode(kept, type=RunFigures)
        except (OSError, *UNDECODABLE):
            return

    def write(self, figures: RunFigures) -> None:
        """Keeps the figures. Never waits."""
        if self._file is not None:
            self._file.write(EncodedState((msgspec.msgpack.encode(figures),)))

    def close(self) -> None:
        """Unmaps the file, which stays."""
        if self._file is not None:
            self._file.close()


def summary_of(times: LoopTimes, *, seconds: float, packets: dict[str, int], take: str | None) -> SummaryEvent:
    """The figures of a finished run that took `seconds`."""
    return SummaryEvent(
        frames=times.frames,
        seconds=round(seconds, 3),
        missed=times.missed,
        missed_causes=times.missed_causes,
        skipped_causes=times.skipped_causes,
        lateness_ms=_to_microseconds(times.lateness()),
        cpu_ms=_to_microseconds(times.cpu()),
        packets=packets,
        take=take,
    )


def _to_microseconds(spread: Spread) -> Spread:
    return Spread(p50=round(spread.p50, 3), p99=round(spread.p99, 3), max=round(spread.max, 3))


def spread_of(values: array[float]) -> Spread:
    """Median, 99th percentile and maximum of `values`; 0.0 if there are none."""
    ordered = sorted(values) or [0.0]
    last = len(ordered) - 1
    return Spread(p50=ordered[last // 2], p99=ordered[min(last, int(last * 0.99 + 0.5))], max=ordered[last])


def _count(causes: dict[str, int], cause: str, more: int) -> None:
    causes[cause] = causes.get(cause, 0) + more


class PartCounts:
    """Counts by size how long the parts of a core's frames took: what a monitoring system draws its curves from."""

    def __init__(self) -> None:
        self._counts = {part: [0] * (len(BOUNDS_MS) + 1) for part in FRAME_PARTS}
        self._sums_ms = dict.fromkeys(FRAME_PARTS, 0.0)

    def add(self, took_ns: Mapping[str, int]) -> None:
        """Adds one frame's parts."""
        for part, nanoseconds in took_ns.items():
            took_ms = nanoseconds * 1e-6
            self._counts[part][bisect_left(BOUNDS_MS, took_ms)] += 1
            self._sums_ms[part] += took_ms

    def newest(self) -> dict[str, PartTimes]:
        """All counts up to now, by part."""
        return {
            part: PartTimes(bounds_ms=BOUNDS_MS, counts=tuple(counts), sum_ms=round(self._sums_ms[part], 3))
            for part, counts in self._counts.items()
        }
