"""The renderer and the outputs as the loop sees them."""

from __future__ import annotations

from collections.abc import Callable

from render.outputs.opened import Outputs
from render.plan.frame import FramePlan
from render.renderer import Renderer
from stage.show.frame.inputs import Dropped, Observation


class Picture:
    """Draws a plan and shows it."""

    def __init__(self, renderer: Renderer, outputs: Outputs, observe: Callable[[Observation], None]) -> None:
        self._renderer = renderer
        self._outputs = outputs
        self._observe = observe
        self._told = 0

    def draw(self, plan: FramePlan) -> None:
        """Draws every wall of the plan."""
        self._renderer.draw(plan)

    def present(self, plan: FramePlan) -> None:
        """Brings what was drawn to the outputs. Without a display to wait for, it waits for the drawing itself:
        frames must not pile up before the GPU.
        """
        self._outputs.present(self._renderer, plan.frame)
        self._tell_losses()
        if not self._outputs.paces:
            self._renderer.finish()

    def _tell_losses(self) -> None:
        """Notes the pictures that file outputs could not write since the last frame."""
        lost = self._outputs.dropped - self._told
        if lost:
            self._told += lost
            cause = "; ".join(self._outputs.problems) or "the disk is slower than the show"
            self._observe(Dropped(source="picture files", count=lost, cause=cause))
