"""From a scene to a `FramePlan`: everything that the GPU needs for one frame."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from calibration.records import Calibration
from render.plan.frame import FramePlan, OuterPlan
from render.plan.inner import InnerPlan
from render.worlds.kinds import WorldPlan
from stage.config.records import StageConfig
from stage.show.plan.on_wall import outer_with_tools
from stage.show.plan.scene import Scene
from stage.show.plan.views import ViewPlanner
from tracking.prediction.estimate import Estimate
from tracking.tracker.tracker import Tracker

OUTER_FACE_PX = 1024


class Planned(NamedTuple):
    """A frame's plan, and how each tracker's pose was carried to its light."""

    plan: FramePlan
    estimates: dict[str, Estimate]


class Planner:
    """Plans frames of one configuration; it holds no state."""

    def __init__(self, config: StageConfig, calibration: Calibration, trackers: dict[str, Tracker]) -> None:
        self._config = config
        self._views = ViewPlanner(config, calibration, trackers)

    def world(self, assets: dict[str, str]) -> WorldPlan:
        """The world behind the walls, with the file that is ready of it. `assets` are SHA-256 by file."""
        return self._config.world.plan(assets)

    def plan(self, scene: Scene) -> Planned:
        """Everything that the GPU needs for this frame."""
        views = self._views.plan(scene)
        inners, values = tuple(views.inners), scene.values
        plan = FramePlan(
            epoch=scene.time.epoch,
            frame=scene.time.frame,
            present_ns=scene.time.present_ns,
            world=scene.world,
            outer=outer_with_tools(scene, self._outer(inners), self._config),
            inners=inners,
            walls=tuple(views.walls),
            grade=values.grade,
            blackout=values.output.blackout,
        )
        return Planned(_frozen(scene, plan) if values.output.freeze else _thawed(scene, plan), views.estimates)

    def _outer(self, inners: tuple[InnerPlan, ...]) -> OuterPlan:
        follows = self._config.stage.outer == "follow" and inners
        return OuterPlan(eye_m=inners[0].eye_m if follows else self._config.stage.outer_eye_m, face_px=OUTER_FACE_PX)


def _frozen(scene: Scene, plan: FramePlan) -> FramePlan:
    """The picture of the frame in which freeze took effect, under this frame's number; blackout still works."""
    if scene.pictures.frozen is None:
        scene.pictures.frozen = plan
    kept = scene.pictures.frozen
    return msgspec.structs.replace(
        plan, world=kept.world, outer=kept.outer, inners=kept.inners, walls=kept.walls, grade=kept.grade
    )


def _thawed(scene: Scene, plan: FramePlan) -> FramePlan:
    scene.pictures.frozen = None
    return plan
