"""How panoramas are drawn: along rays, by `shaders/worlds/panorama.glsl`, in the forms of all placed pictures."""

from __future__ import annotations

import moderngl

from render.gpu.layer_source import LayerSource, TextureOf
from render.gpu.passes import Uniform
from render.worlds.panorama.record import PanoramaPlan, ReliefPlan
from render.worlds.shared.depth import depth_scale, depth_space
from render.worlds.shared.picture_place import place_of
from render.worlds.shared.placed import PlacedLayer
from render.worlds.shared.placed_picture import PlacedPictures, place_values


class PanoramaDrawing:
    """The drawing of panoramas, whose pictures `texture_of` gives."""

    def __init__(self, _context: moderngl.Context, texture_of: TextureOf, _plates: object, _scenes: object) -> None:
        self._texture_of = texture_of
        self._pictures = PlacedPictures()

    def source(self, light: PanoramaPlan, layer: PlacedLayer) -> LayerSource | None:
        """What the shader needs for this panorama; None while it is not on the GPU. Its texture has mipmaps."""
        texture = self._texture_of(light.asset, light.colour_space or "")
        if texture is None:
            return None
        if light.relief:
            depth = self._texture_of(light.relief.asset, depth_space(light.relief.kind))
            return None if depth is None else self._relief(light.relief, layer, texture, depth)
        picture = LayerSource("panorama", (), {}, {"panorama": texture}, holds=(light.asset, light.colour_space))
        return self._pictures.placed(picture, layer, texture.size)

    def _relief(
        self, relief: ReliefPlan, layer: PlacedLayer, texture: moderngl.Texture, depth: moderngl.Texture
    ) -> LayerSource:
        """The picture as a relief: whatever its surface would be, its depth map says where its light is."""
        surface, place = layer.surface(), place_of(layer, texture.size)
        form = ["PLANE" if surface.is_flat else "PLACED", "RELIEF"]
        if relief.kind == "dark":
            form.append("DARK")
        if relief.jumps:
            form.append("JUMPS")
        if place.has_edges and not surface.is_flat:
            form += ["EDGED", "SHAPED"] if place.is_shaped else ["EDGED"]
        elif place.bend[0] != 0.0 and not surface.is_flat:
            form.append("BENT")
        values: dict[str, Uniform] = {
            **place_values(place),
            "given_bend": place.bend,
            "given_surface": (*surface.viewpoint_m, 0.0),
            "given_relief": depth_scale(relief.kind, *layer.range_m),
        }
        if surface.is_flat:
            values["given_ahead"] = surface.ahead
        return LayerSource("panorama", tuple(form), values, {"panorama": texture, "relief": depth})


DRAWING = PanoramaDrawing
