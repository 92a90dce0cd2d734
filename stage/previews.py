"""Small pictures for those who look on: the walls as sent, and each camera's inner picture. Only when asked for."""

from __future__ import annotations

from render.plan import FramePlan
from render.renderer import Renderer
from stage.clock import Clock
from stage.config import StageConfig
from stage.panel.pictures import PicturePublisher


class Previews:
    """Reads back what a preview page is due to be shown, and hands it on without waiting."""

    def __init__(self, endpoint: str, config: StageConfig, renderer: Renderer, clock: Clock) -> None:
        walls = tuple(f"wall/{wall.name}" for wall in config.walls)
        cameras = tuple(f"camera/{camera.name}" for camera in config.cameras)
        self._renderer = renderer
        self._clock = clock
        self._publisher = PicturePublisher(endpoint, (*walls, *cameras))

    def publish(self, plan: FramePlan) -> None:
        """Publishes at most one picture of this frame, so that no frame pays for two."""
        for topic in self._publisher.wants(self._clock.now_ns()):
            kind, _, name = topic.partition("/")
            if kind == "wall":
                self._publisher.publish(topic, plan.frame, self._renderer.read_wall(name))
                return
            index = next((index for index, inner in enumerate(plan.inners) if inner.camera == name), None)
            if index is not None:
                self._publisher.publish(topic, plan.frame, self._renderer.read_inner_preview(index))
                return

    def close(self) -> None:
        """Lets go of the endpoint."""
        self._publisher.close()
