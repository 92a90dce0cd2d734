"""How panoramas are drawn: along rays, by `shaders/worlds/panorama.glsl`, in one of four forms.

That is a whole sphere at infinity that is only turned, any other sphere or part of one at infinity, one that is near,
and a plane. All are built before a show, so that no value that changes in it makes a driver build another.
"""

from __future__ import annotations

import math

import moderngl

from render.gpu.layer_source import LayerSource, TextureOf
from render.gpu.passes import Uniform
from render.worlds.on_air import LayerPlan
from render.worlds.panorama.placement import PicturePlace, is_only_turned, place_of
from render.worlds.panorama.record import PanoramaPlan
from render.worlds.shared.sources import surface_form, surface_values


def source(light: PanoramaPlan, layer: LayerPlan, texture_of: TextureOf) -> LayerSource | None:
    """What the shader needs for this panorama; None while it is not on the GPU. Its texture has mipmaps."""
    texture = texture_of(light.asset, light.colour_space or "")
    if texture is None:
        return None
    if is_only_turned(layer, texture.size):
        return LayerSource("panorama", (), _turned(layer.turn_deg, texture), {"panorama": texture})
    surface = layer.surface()
    form = surface_form(surface)
    place = place_of(layer, texture.size)
    values = {**surface_values(surface), **_placed(place)}
    defines = ("PLANE",) if form == "PLANE" else ("PLACED",) if not form else ("PLACED", form)
    if form != "PLANE":
        values |= {"horizon_shift": place.horizon_shift, "seam": place.seam}
    return LayerSource("panorama", defines, values, {"panorama": texture})


def _turned(turn_deg: float, texture: moderngl.Texture) -> dict[str, Uniform]:
    return {"texels_per_radian": texture.height / math.pi, "middle": 0.5 + math.fmod(turn_deg / 360.0, 1.0)}


def _placed(place: PicturePlace) -> dict[str, Uniform]:
    return {
        "layer_from_stage": place.layer_from_stage,
        "texels_per_radian": place.texels_per_unit,
        "middle": place.middle,
        "place_from_angles": place.place_from_angles,
        "picture_edges": place.edges,
        "edge_texel": place.edge_texel,
        "surround": 1.0 if place.continues else 0.0,
    }
