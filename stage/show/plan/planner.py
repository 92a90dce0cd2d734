"""From a scene to a `FramePlan`: everything that the GPU needs for one frame."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from calibration.records import Calibration
from render.plan.frame import FramePlan, OuterPlan
from render.plan.inner import InnerPlan
from stage.config.records import StageConfig
from stage.show.plan.on_wall import outer_with_tools
from stage.show.plan.scene import Scene
from stage.show.plan.views import ViewPlanner
from tracking.prediction.estimate import Estimate
from tracking.tracker.tracker import Tracker


class Planned(NamedTuple):
    """A frame's plan, and how each tracker's pose was carried to its light."""

    plan: FramePlan
    estimates: dict[str, Estimate]


class Planner:
    """Plans frames of one configuration; it holds no state."""

    def __init__(self, config: StageConfig, calibration: Calibration, trackers: dict[str, Tracker]) -> None:
        self._config = config
        self._views = ViewPlanner(config, calibration, trackers)

    def plan(self, scene: Scene) -> Planned:
        """Everything that the GPU needs for this frame."""
        views = self._views.plan(scene)
        inners, values = tuple(views.inners), scene.values
        plan = FramePlan(
            epoch=scene.time.epoch,
            frame=scene.time.frame,
            present_ns=scene.time.present_ns,
            air=scene.air,
            outer=outer_with_tools(scene, self._outer(scene, inners)),
            inners=inners,
            walls=tuple(views.walls),
            grade=values.grade.plan(),
            blackout=values.output.blackout,
            guide=values.world.guide,
            weather=msgspec.UNSET if scene.air.raw else scene.weather,
            probes=scene.probes,
        )
        return Planned(_frozen(scene, plan) if values.output.freeze else _thawed(scene, plan), views.estimates)

    def _outer(self, scene: Scene, inners: tuple[InnerPlan, ...]) -> OuterPlan:
        stage, outer = self._config.stage, scene.values.outer
        follows = stage.outer == "follow" and inners
        eye_m = inners[0].eye_m if follows else (outer.x_m, outer.y_m, outer.z_m)
        return OuterPlan(eye_m=eye_m, face_px=stage.outer_px)


def _frozen(scene: Scene, plan: FramePlan) -> FramePlan:
    """The picture of the frame in which freeze took effect, under this frame's number; blackout still works."""
    if scene.pictures.frozen is None:
        scene.pictures.frozen = plan
    kept = scene.pictures.frozen
    return msgspec.structs.replace(
        plan,
        air=kept.air,
        outer=kept.outer,
        inners=kept.inners,
        walls=kept.walls,
        grade=kept.grade,
        guide=kept.guide,
        weather=kept.weather,
    )


def _thawed(scene: Scene, plan: FramePlan) -> FramePlan:
    scene.pictures.frozen = None
    return plan
