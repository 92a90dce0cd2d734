"""The frame loop: gather, step, keep, draw, publish, present; once a display slot, on the main thread.

What a frame answers is sent while the GPU draws it, or once it is presented where that takes but a moment, so that
answers cost the picture no time. While commands come, those for the next frame are read shortly before its slot. While
the GPU takes long for one, the slots that pass are stepped without being drawn: on a GPU that needs a second for a
frame, no client waits for that.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from render.plan.frame import FramePlan
from stage.live.clock import Clock, Pacer, Slot
from stage.live.figures import LoopTimes
from stage.live.timing import FrameTimes
from stage.show.frame.inputs import FrameInputs, Presented
from stage.show.frame.outcome import Outcome
from stage.show.show import Show

LONG_NS = 100_000_000
"""A frame that is drawn for longer than this no longer keeps the show waiting."""
READ_AHEAD_NS = 1_000_000
"""So long before a slot commands are read that have come by then. Those that come later are read in the slot."""
Meanwhile = Callable[[], None]
"""What is to be done now and then while the GPU is waited for."""


class Gather(Protocol):
    """Collects everything from outside for one slot: bounded, in a fixed order."""

    @property
    def expects_commands(self) -> bool:
        """Whether it pays to read ahead."""

    def read_ahead(self) -> None:
        """Reads some of what has come, shortly before a slot, so that the frame has less to do."""

    def inputs(self, slot: Slot) -> FrameInputs: ...

    def observe(self, presented: Presented) -> None:
        """Keeps the report of a frame for the next one's inputs."""


class Draws(Protocol):
    """Draws a plan and shows it. One frame is in flight at most."""

    def wait(self, meanwhile: Meanwhile) -> None:
        """Waits until the frame before is done."""

    def draw(self, plan: FramePlan) -> None: ...

    def is_done_soon(self) -> bool:
        """Whether what was drawn is done so soon that it is to be presented before anything else is done."""

    def present(self, plan: FramePlan, meanwhile: Meanwhile) -> None: ...

    def preview(self, plan: FramePlan, room_ns: int) -> None:
        """Passes on small pictures of what was drawn, if somebody watches; `room_ns` are left before the next slot."""


class Leaves(Protocol):
    """Hands a stepped frame to everyone outside: recorder, checkpoint, clients. Never blocks."""

    def keep(self, inputs: FrameInputs, outcome: Outcome) -> None: ...

    def publish(self, outcome: Outcome) -> None: ...


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
        self._submitted_ns = 0
        self._undrawn = 0

    def step(self) -> Outcome:
        """Serves the next display slot and returns what its step gave."""
        self._picture.wait(self._serve_undrawn)
        if self._gather.expects_commands and self._pacer.sleeps_until_before(READ_AHEAD_NS):
            self._gather.read_ahead()
        slot = self._pacer.next_slot()
        times = FrameTimes(self._clock, slot, self._undrawn)
        self._undrawn = 0

        inputs = self._gather.inputs(slot)
        times.mark("gather")
        outcome = self._show.step(inputs)
        times.mark("step")
        self._leave.keep(inputs, outcome)
        times.mark("keep")
        self._picture.draw(outcome.plan)
        is_done_soon = self._picture.is_done_soon()
        times.mark("draw")
        if not is_done_soon:
            self._publish(outcome, times)
        self._submitted_ns = self._clock.now_ns()
        self._picture.present(outcome.plan, self._serve_undrawn)
        times.mark("present")
        if is_done_soon:
            self._publish(outcome, times)
        self._picture.preview(outcome.plan, self._pacer.slack_ns())
        times.mark("preview")

        self._gather.observe(times.presented())
        self._times.add(times)
        return outcome

    def _publish(self, outcome: Outcome, times: FrameTimes) -> None:
        self._leave.publish(outcome)
        times.mark("publish")

    def _serve_undrawn(self) -> None:
        """Steps a slot that comes while a frame is drawn that takes long. Its plan is dropped: a later one is drawn."""
        if self._clock.now_ns() - self._submitted_ns < LONG_NS or self._pacer.slack_ns() > 0:
            return
        slot = self._pacer.next_slot()
        inputs = self._gather.inputs(slot)
        outcome = self._show.step(inputs)
        self._leave.keep(inputs, outcome)
        self._leave.publish(outcome)
        self._undrawn += 1 + slot.skipped
