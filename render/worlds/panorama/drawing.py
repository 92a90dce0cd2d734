"""Draws views of equirectangular panoramas."""

from __future__ import annotations

import math
from collections.abc import Callable

import moderngl

from render.gpu.context import fill_black
from render.gpu.passes import Pass, Uniform
from render.views.view import View
from render.worlds.panorama.record import PanoramaPlan


class Drawing:
    """Views of panoramas. `texture_of` gives a panorama's texture, with mipmaps, by the SHA-256 of its file."""

    def __init__(self, context: moderngl.Context, texture_of: Callable[[str, str], moderngl.Texture | None]) -> None:
        self._texture_of = texture_of
        self._pass = Pass(
            context,
            "worlds/panorama.frag",
            uniforms=("eye", "first_ray", "column_step", "row_step", "radius", "texels_on_axis"),
            textures=("panorama",),
        )

    def draw(self, target: moderngl.Framebuffer, view: View, light: PanoramaPlan) -> None:
        """Covers `target` with what the view sees of the panorama; black while it is not on the GPU."""
        texture = self._texture_of(light.asset, light.colour_space or "")
        if texture is None:
            fill_black(target)
            return
        texels_on_axis = max(view.pixel_tangents()) * texture.height / math.pi
        values: dict[str, Uniform] = {**view.rays(), "radius": light.radius_m, "texels_on_axis": texels_on_axis}
        self._pass.draw(target, values, {"panorama": texture})
