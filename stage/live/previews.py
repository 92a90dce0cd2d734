"""Small pictures for the preview page, only on request: the walls as sent, and each camera's inner picture."""

from __future__ import annotations

import time

from render.plan.frame import FramePlan, WallPlan
from render.renderer import Renderer
from stage.run.preview_pictures import PicturePublisher
from stage.run.preview_records import CameraSight
from stage.words.sentences import hold_line

FROZEN = "the output is frozen"


class Previews:
    """Reads back the picture that is due for a preview page, and passes it on without waiting."""

    def __init__(self, endpoint: str, renderer: Renderer) -> None:
        self._renderer = renderer
        self._publisher = PicturePublisher(endpoint)

    def publish(self, plan: FramePlan) -> None:
        """Publishes at most one picture in this frame, so that no frame pays for two."""
        for topic in self._publisher.wants():
            kind, _, name = topic.partition("/")
            wall = next((wall for wall in plan.walls if wall.name == name), None)
            if kind == "wall" and wall is not None:
                self._publish_wall(topic, plan, wall)
                return
            index = next((index for index, inner in enumerate(plan.inners) if inner.camera == name), None)
            if kind == "camera" and index is not None:
                begun_ns = time.monotonic_ns()
                picture = self._renderer.read_inner_preview(index)
                self._publisher.publish(topic, plan.frame, picture, took_ns=time.monotonic_ns() - begun_ns)
                return

    def _publish_wall(self, topic: str, plan: FramePlan, wall: WallPlan) -> None:
        begun_ns = time.monotonic_ns()
        picture = self._renderer.read_wall(wall.name)
        took_ns = time.monotonic_ns() - begun_ns
        sights, hold = sights_of(plan, wall), hold_of(plan, wall)
        self._publisher.publish(topic, plan.frame, picture, sights=sights, hold=hold, took_ns=took_ns)

    def close(self) -> None:
        """Releases the endpoint."""
        self._publisher.close()


def sights_of(plan: FramePlan, wall: WallPlan) -> tuple[CameraSight, ...]:
    """The cameras that the wall's picture was drawn for, and from where."""
    return tuple(
        CameraSight(
            camera=inner.camera,
            eye_m=inner.eye_m,
            right=inner.right,
            ahead=inner.ahead,
            up=inner.up,
            frame=(inner.frame.left, inner.frame.right, inner.frame.bottom, inner.frame.top),
        )
        for inner in (plan.inners[index] for index in wall.inners)
    )


def hold_of(plan: FramePlan, wall: WallPlan) -> str:
    """Why the wall's picture stands still: the wall is held, or the output is frozen (light of an earlier frame)."""
    return hold_line(wall.holds) or (FROZEN if wall.light_ns < plan.present_ns else "")
