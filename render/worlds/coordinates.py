"""A world whose light encodes place: RGB is the signed unit vector from the stage's origin to what a ray meets."""

from __future__ import annotations

from typing import Literal

import moderngl

from render.gpu.context import Pass
from render.gpu.views import View
from render.plan.frame import WorldPlan


class CoordinatesWorld:
    """Light on a sphere around the stage's origin, or at infinity, that says where it comes from."""

    geometry: Literal["sphere"] = "sphere"

    def __init__(self, context: moderngl.Context) -> None:
        self._pass = Pass(
            context,
            "worlds/coordinates.frag",
            uniforms=("eye", "first_ray", "column_step", "row_step", "radius"),
        )

    def draw(self, target: moderngl.Framebuffer, view: View, world: WorldPlan) -> None:
        """Covers `target` with unit vectors."""
        self._pass.draw(target, {**view.rays(), "radius": world.radius_m})
