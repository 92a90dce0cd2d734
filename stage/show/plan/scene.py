"""One frame while it is planned: what it is planned from, and what planning remembers."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from render.plan.frame import FramePlan, OuterPlan
from render.plan.inner import InnerPlan
from render.worlds.kinds import WorldPlan
from stage.show.camera.rig import CameraState
from stage.show.frame.inputs import FrameTime
from stage.show.plan.reprojection import ReprojectionState
from stage.values.stage_wide import ShowValues
from tracking.records import Notebook


class PictureState(Notebook):
    """What planning remembers: frozen pictures, pictures that are looked into again, and each wall's last possible view
    of each camera.
    """

    frozen: FramePlan | None = None
    frozen_outer: OuterPlan | None = None
    reprojection: ReprojectionState = msgspec.field(default_factory=ReprojectionState)
    last_possible: dict[str, dict[str, InnerPlan]] = msgspec.field(default_factory=dict)


class Scene(NamedTuple):
    """What one frame is planned from: its time, the present values, the cameras, the world, and planning's memory."""

    time: FrameTime
    values: ShowValues
    cameras: dict[str, CameraState]
    pictures: PictureState
    world: WorldPlan
