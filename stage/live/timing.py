"""Where each frame's time went, and the figures of a whole run. Memory is bounded, however long the run."""

from __future__ import annotations

from array import array

from stage.live.clock import Clock, Slot
from stage.run.events import Spread, SummaryEvent
from stage.show.frame.inputs import Presented

_OURS = ("gather", "step", "leave")
"""The parts whose processor time is the loop's own; drawing is the work of the GPU, or of Mesa in its place."""
MOST_FRAMES = 1 << 20
"""Frames that lateness and processor time are kept of; those after it are only counted."""


class FrameTimes:
    """When each part of one frame ended, and the processor time that it used."""

    def __init__(self, clock: Clock, slot: Slot) -> None:
        self._clock = clock
        self._slot = slot
        self._begun_ns = clock.now_ns()
        self._last_cpu_ns = clock.cpu_ns()
        self._ended: dict[str, int] = {}
        self._cpu: dict[str, int] = {}

    def mark(self, part: str) -> None:
        """Notes that `part` has just ended."""
        cpu_ns = self._clock.cpu_ns()
        self._ended[part] = self._clock.now_ns()
        self._cpu[part] = cpu_ns - self._last_cpu_ns
        self._last_cpu_ns = cpu_ns

    def presented(self) -> Presented:
        """The observation of this frame for the next frame's inputs."""
        return Presented(
            frame=self._slot.frame,
            gathered_ns=self._ended["gather"],
            stepped_ns=self._ended["step"],
            left_ns=self._ended["leave"],
            drawn_ns=self._ended["draw"],
            presented_ns=self._ended["present"],
            missed=self.missed(),
        )

    def missed(self) -> bool:
        """Whether the frame was presented later than its slot plus one period."""
        return self._ended["present"] > self._slot.present_ns

    def lateness_ns(self) -> int:
        """How long after the start of its slot the frame was begun."""
        return self._begun_ns - self._slot.start_ns

    def cpu_ns(self) -> int:
        """Processor time for gathering, stepping, recording and publishing."""
        return sum(self._cpu[part] for part in _OURS)

    def skipped(self) -> int:
        """Slots that passed unserved before this one."""
        return self._slot.skipped

    def late_cause(self) -> str:
        """The part that took longest before the frame was presented; "wake" is a late start."""
        return self._longest(tuple(part for part in self._ended if part != "preview"))

    def skip_cause(self) -> str:
        """Why the slots after this frame pass unserved: its longest part, or "wake" if the frame was done in time."""
        if max(self._ended.values()) <= self._slot.present_ns:
            return "wake"
        return self._longest(tuple(self._ended))

    def _longest(self, parts: tuple[str, ...]) -> str:
        previous, longest, cause = self._begun_ns, self.lateness_ns(), "wake"
        for part in parts:
            ended = self._ended[part]
            if ended - previous > longest:
                longest, cause = ended - previous, part
            previous = ended
        return cause


class LoopTimes:
    """Collects the times of frames into the figures of a run."""

    def __init__(self) -> None:
        self.frames = 0
        self.missed = 0
        self.missed_causes: dict[str, int] = {}
        self.skipped_causes: dict[str, int] = {}
        self._lateness_ms = array("d")
        self._cpu_ms = array("d")
        self._cause_of_next_skip = "start"

    def add(self, times: FrameTimes) -> None:
        """Adds one frame. The slots skipped before it are put down to the part that kept the loop from them."""
        self.frames += 1
        if times.skipped():
            _count(self.skipped_causes, self._cause_of_next_skip, times.skipped())
        self._cause_of_next_skip = times.skip_cause()
        if times.missed():
            self.missed += 1
            _count(self.missed_causes, times.late_cause(), 1)
        if len(self._lateness_ms) < MOST_FRAMES:
            self._lateness_ms.append(times.lateness_ns() * 1e-6)
            self._cpu_ms.append(times.cpu_ns() * 1e-6)

    def recent(self) -> float:
        """How long after the start of its slot the newest frame began, in milliseconds."""
        return self._lateness_ms[-1] if self._lateness_ms else 0.0

    def lateness(self) -> Spread:
        """How long after the start of their slots frames began."""
        return spread_of(self._lateness_ms)

    def cpu(self) -> Spread:
        """Processor time of the loop's own work in each frame."""
        return spread_of(self._cpu_ms)


def summary_of(times: LoopTimes, *, seconds: float, packets: dict[str, int], take: str | None) -> SummaryEvent:
    """The figures of a finished run that took `seconds`."""
    return SummaryEvent(
        frames=times.frames,
        seconds=seconds,
        missed=times.missed,
        missed_causes=times.missed_causes,
        skipped_causes=times.skipped_causes,
        lateness_ms=times.lateness(),
        cpu_ms=times.cpu(),
        packets=packets,
        take=take,
    )


def spread_of(values: array[float]) -> Spread:
    """Median, 99th percentile and maximum of `values`; 0.0 if there are none."""
    ordered = sorted(values) or [0.0]
    last = len(ordered) - 1
    return Spread(p50=ordered[last // 2], p99=ordered[min(last, int(last * 0.99 + 0.5))], max=ordered[last])


def _count(causes: dict[str, int], cause: str, more: int) -> None:
    causes[cause] = causes.get(cause, 0) + more
