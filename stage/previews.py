"""Small pictures for those who look on: the walls as sent, and each camera's inner picture. Only when asked for."""

from __future__ import annotations

from render.plan import FramePlan
from render.renderer import Renderer
from stage.panel.pictures import PicturePublisher


class Previews:
    """Reads back what a preview page is due to be shown, and hands it on without waiting."""

    def __init__(self, endpoint: str, renderer: Renderer) -> None:
        self._renderer = renderer
        self._publisher = PicturePublisher(endpoint)

    def publish(self, plan: FramePlan) -> None:
        """Publishes at most one picture of this frame, so that no frame pays for two."""
        for topic in self._publisher.wants():
            kind, _, name = topic.partition("/")
            if kind == "wall" and any(wall.name == name for wall in plan.walls):
                self._publisher.publish(topic, plan.frame, self._renderer.read_wall(name))
                return
            index = next((index for index, inner in enumerate(plan.inners) if inner.camera == name), None)
            if kind == "camera" and index is not None:
                self._publisher.publish(topic, plan.frame, self._renderer.read_inner_preview(index))
                return

    def close(self) -> None:
        """Lets go of the endpoint."""
        self._publisher.close()
