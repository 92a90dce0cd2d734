"""Draws views of the world whose light encodes place."""

from __future__ import annotations

from collections.abc import Callable

import moderngl

from render.gpu.passes import Pass
from render.views.view import View
from render.worlds.coordinates.record import CoordinatesPlan


class Drawing:
    """Views of light on a sphere around the stage's origin, or at infinity, that says where it comes from.

    RGB is the signed unit vector from the stage's origin to the point that the ray of each pixel meets. No texture is
    needed.
    """

    def __init__(
        self,
        context: moderngl.Context,
        texture_of: Callable[[str, str], moderngl.Texture | None],  # noqa: ARG002 - kinds with files need it
    ) -> None:
        self._pass = Pass(
            context,
            "worlds/coordinates.frag",
            uniforms=("eye", "first_ray", "column_step", "row_step", "radius"),
        )

    def draw(self, target: moderngl.Framebuffer, view: View, light: CoordinatesPlan) -> None:
        """Covers `target` with unit vectors."""
        self._pass.draw(target, {**view.rays(), "radius": light.radius_m})
