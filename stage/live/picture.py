"""The renderer, the outputs and the preview, as the loop uses them."""

from __future__ import annotations

import time
from collections.abc import Callable

from render.gpu.fence import is_done_within
from render.outputs.opened import Outputs
from render.plan.frame import FramePlan
from render.renderer import Renderer
from stage.live.drawing_priority import DrawingPriority
from stage.live.loop import LONG_NS, Meanwhile
from stage.live.previews import Previews
from stage.show.frame.inputs import Dropped, Observation
from stage.show.frame.lights import LightReached

A_MOMENT_NS = 500_000
"""What is drawn in so long is presented first: nobody who is answered notices that moment."""


class Picture:
    """Draws a plan and shows it."""

    def __init__(
        self,
        renderer: Renderer,
        outputs: Outputs,
        previews: Previews,
        observe: Callable[[Observation], None],
        priority: DrawingPriority | None = None,
    ) -> None:
        """`priority` is that of the threads that draw in software."""
        self._renderer = renderer
        self._outputs = outputs
        self._previews = previews
        self._observe = observe
        self._priority = None if outputs.paces else priority
        self._reported = 0

    def wait(self, meanwhile: Meanwhile) -> None:
        """Waits until the GPU has finished the frame before; `meanwhile` is called now and then."""
        self._outputs.wait_for_previous(meanwhile)

    def draw(self, plan: FramePlan) -> None:
        """Draws every wall of the plan."""
        self._renderer.draw(plan)

    def is_done_soon(self) -> bool:
        """Whether what was drawn is done in a moment, which is waited for. Never with a display: its swap may wait."""
        return not self._outputs.paces and is_done_within(A_MOMENT_NS)

    def present(self, plan: FramePlan, meanwhile: Meanwhile) -> None:
        """Shows what was drawn on the outputs.

        Without a display to wait for it waits for the drawing itself, so that frames do not pile up at the GPU;
        `meanwhile` is called now and then.
        """
        self._outputs.present(self._renderer, plan.frame)
        self._report_losses()
        if not self._outputs.paces:
            begun_ns = time.monotonic_ns()
            self._renderer.finish(lambda: self._wait_longer(begun_ns, meanwhile))

    def preview(self, plan: FramePlan, room_ns: int) -> None:
        """Draws and passes on the small pictures that are due for whoever looks, as far as `room_ns` are enough.

        The light at the plan's probes is measured here too, so that the walls' picture never waits for it.
        """
        for reached in self._renderer.light_reached():
            self._observe(LightReached(frame=reached.frame, light=reached.light, brightest=reached.brightest))
        self._renderer.draw_light_at_probes(plan)
        self._previews.publish(plan, room_ns)
        if self._priority is not None:
            self._priority.note_frame(time.monotonic_ns(), self._priority.busy_ns())

    def _wait_longer(self, begun_ns: int, meanwhile: Meanwhile) -> None:
        """A frame that is drawn for so long that the loop goes on must leave the others the processors at once."""
        if self._priority is not None and time.monotonic_ns() - begun_ns > LONG_NS:
            self._priority.take_away()
        meanwhile()

    def _report_losses(self) -> None:
        """Reports the pictures that file outputs could not write since the last frame."""
        lost = self._outputs.dropped - self._reported
        if lost:
            self._reported += lost
            cause = "; ".join(self._outputs.problems) or "the disk is slower than the show"
            self._observe(Dropped(source="picture files", count=lost, cause=cause))
