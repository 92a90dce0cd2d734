"""What is on air around the outer eye, by raster: drawn only where its light, eye or size has changed."""

from __future__ import annotations

from collections.abc import Iterable

import moderngl

from render.compose.air import SourceOf, aired
from render.compose.raster_views import OuterCube, ViewPasses
from render.compose.wall_pass import WallPicture
from render.plan.frame import FramePlan
from render.worlds.on_air import AirPlan
from tracking.records import Vec3


class OuterPicture:
    """The outer cube of one stage, and from it the outer picture on each wall. `kind` is its texture's type."""

    def __init__(self, context: moderngl.Context, kind: str, passes: ViewPasses) -> None:
        self._context = context
        self._kind = kind
        self._passes = passes
        self._cube: OuterCube | None = None
        self._key: tuple[AirPlan, Vec3, int] | None = None
        self.draws = 0
        """How often it was drawn: the measure of what a moving outer eye costs."""

    def forget(self) -> None:
        """Draws it anew in the next plan."""
        self._key = None

    def draw(self, plan: FramePlan, source_of: SourceOf, walls: Iterable[WallPicture]) -> None:
        """Draws it on these walls where it shows something else than before."""
        outer, air = plan.outer, plan.outer.air or plan.air
        key = (air, outer.eye_m, outer.face_px)
        if key == self._key:
            return
        if self._cube is None or self._cube.face_px != outer.face_px:
            before, self._cube = self._cube, OuterCube(self._context, outer.face_px, self._kind)
            if before is not None:
                before.release()
        self._cube.draw(self._passes, outer.eye_m, aired(air, source_of))
        for picture in walls:
            picture.draw_outer(self._cube, outer.eye_m)
        self.draws += 1
        self._key = key
