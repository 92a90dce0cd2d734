"""The renderer and the outputs as the loop sees them."""

from __future__ import annotations

from render.outputs.opened import Outputs
from render.plan import FramePlan
from render.renderer import Renderer


class Picture:
    """Draws a plan and shows it."""

    def __init__(self, renderer: Renderer, outputs: Outputs) -> None:
        self._renderer = renderer
        self._outputs = outputs

    def draw(self, plan: FramePlan) -> None:
        """Draws every wall of the plan."""
        self._renderer.draw(plan)

    def present(self, plan: FramePlan) -> None:
        """Brings what was drawn to the outputs. Without a display to wait for, it waits for the drawing itself:
        frames must not pile up before the GPU.
        """
        self._outputs.present(self._renderer, plan.frame)
        if not self._outputs.paces:
            self._renderer.finish()
