"""The frame loop: gather, step, keep and publish, draw, present; once a display slot, on the main thread.

What a frame answers is sent before it is drawn: on a GPU that needs a second for a frame, no client waits for two.
"""

from __future__ import annotations

from typing import Protocol

from render.plan.frame import FramePlan
from stage.live.clock import Clock, Pacer, Slot
from stage.live.figures import LoopTimes
from stage.live.timing import FrameTimes
from stage.show.frame.inputs import FrameInputs, Presented
from stage.show.frame.outcome import Outcome
from stage.show.show import Show


class Gather(Protocol):
    """Collects everything from outside for one slot: bounded, in a fixed order."""

    def inputs(self, slot: Slot) -> FrameInputs: ...

    def observe(self, presented: Presented) -> None:
        """Keeps the report of a frame for the next one's inputs."""


class Draws(Protocol):
    """Draws a plan and shows it."""

    def draw(self, plan: FramePlan) -> None: ...

    def present(self, plan: FramePlan) -> None: ...

    def preview(self, plan: FramePlan) -> None:
        """Passes on small pictures of what was drawn, if somebody watches."""


class Leaves(Protocol):
    """Hands a stepped frame to everyone outside: recorder, checkpoint, clients. Never blocks."""

    def frame(self, inputs: FrameInputs, outcome: Outcome) -> None: ...


class FrameLoop:
    """The loop that runs one show. `step` serves one display slot."""

    def __init__(
        self, *, show: Show, clock: Clock, pacer: Pacer, gather: Gather, picture: Draws, leave: Leaves, times: LoopTimes
    ) -> None:
        self._times = times
        self._show = show
        self._clock = clock
        self._pacer = pacer
        self._gather = gather
        self._picture = picture
        self._leave = leave

    def step(self) -> Outcome:
        """Serves the next display slot and returns what its step gave."""
        slot = self._pacer.next_slot()
        times = FrameTimes(self._clock, slot)

        inputs = self._gather.inputs(slot)
        times.mark("gather")
        outcome = self._show.step(inputs)
        times.mark("step")
        self._leave.frame(inputs, outcome)
        times.mark("leave")
        self._picture.draw(outcome.plan)
        times.mark("draw")
        self._picture.present(outcome.plan)
        times.mark("present")
        self._picture.preview(outcome.plan)
        times.mark("preview")

        self._gather.observe(times.presented())
        self._times.add(times)
        return outcome
