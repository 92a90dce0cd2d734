"""How panoramas are drawn: along rays, by `shaders/worlds/panorama.glsl`."""

from __future__ import annotations

import math

from render.gpu.passes import Uniform
from render.worlds.drawings import LayerSource, TextureOf
from render.worlds.panorama.record import PanoramaPlan


def source(light: PanoramaPlan, texture_of: TextureOf) -> LayerSource | None:
    """What the shader needs for this panorama; None while it is not on the GPU. Its texture has mipmaps."""
    texture = texture_of(light.asset)
    if texture is None:
        return None
    values: dict[str, Uniform] = {"texels_per_radian": texture.height / math.pi}
    if light.radius_m <= 0.0:
        return LayerSource("panorama", (), values, {"panorama": texture})
    return LayerSource("panorama", ("SPHERE",), {**values, "radius": light.radius_m}, {"panorama": texture})
