"""How panoramas are drawn: along rays, by `shaders/worlds/panorama.glsl`."""

from __future__ import annotations

import math

from render.gpu.layer_source import LayerSource, TextureOf
from render.gpu.passes import Uniform
from render.worlds.panorama.record import PanoramaPlan


def source(light: PanoramaPlan, turn_deg: float, texture_of: TextureOf) -> LayerSource | None:
    """What the shader needs for this panorama; None while it is not on the GPU. Its texture has mipmaps."""
    texture = texture_of(light.asset, light.colour_space or "")
    if texture is None:
        return None
    values: dict[str, Uniform] = {
        "texels_per_radian": texture.height / math.pi,
        "middle": 0.5 + math.fmod(turn_deg / 360.0, 1.0),
    }
    defines: tuple[str, ...] = ()
    if light.radius_m > 0.0:
        defines, values["radius"] = ("SPHERE",), light.radius_m
    return LayerSource("panorama", defines, values, {"panorama": texture})
