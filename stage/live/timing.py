"""Where each frame's time went."""

from __future__ import annotations

from stage.live.clock import Clock, Slot
from stage.show.frame.inputs import Presented

_OURS = ("gather", "step", "keep", "publish")
"""The parts whose processor time is the loop's own; drawing is the work of the GPU, or of Mesa in its place."""

_SHOWN = ("gather", "step", "keep", "draw", "publish", "present")


class FrameTimes:
    """When each part of one frame ended, and the processor time that it used.

    `undrawn` slots before it were stepped without being drawn.
    """

    def __init__(self, clock: Clock, slot: Slot, undrawn: int = 0) -> None:
        self._clock = clock
        self._slot = slot
        self.undrawn = undrawn
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
            left_ns=self._ended["keep"],
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

    def took_ns(self) -> int:
        """From the start of its slot until the frame was presented."""
        return self._ended["present"] - self._slot.start_ns

    def parts_ns(self) -> dict[str, int]:
        """How long each part took, and the whole frame until it was presented."""
        parts, previous = {"wake": self.lateness_ns()}, self._begun_ns
        for part, ended_ns in self._ended.items():
            if part in _SHOWN:
                parts[part] = ended_ns - previous
            previous = ended_ns
        return {**parts, "whole": self.took_ns()}

    def cpu_ns(self) -> int:
        """Processor time for gathering, stepping, keeping and publishing."""
        return sum(self._cpu[part] for part in _OURS)

    def skipped(self) -> int:
        """Slots that passed unserved before this one."""
        return self._slot.skipped

    def late_cause(self) -> str:
        """The part that took longest before the frame was presented; "wake" is a late start."""
        parts = tuple(self._ended)
        return self._longest(parts[: parts.index("present") + 1])

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
