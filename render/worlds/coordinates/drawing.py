"""How light that says where it comes from is drawn: along rays, by `shaders/worlds/coordinates.glsl`."""

from __future__ import annotations

import moderngl

from render.gpu.layer_source import LayerSource, TextureOf
from render.worlds.coordinates.record import CoordinatesPlan
from render.worlds.shared.placed import PlacedLayer
from render.worlds.shared.surfaces import surface_form, surface_values


class CoordinatesDrawing:
    """The drawing of coordinates, which needs nothing on the GPU."""

    def __init__(self, _context: moderngl.Context, _texture_of: TextureOf, _plates: object, _scenes: object) -> None:
        pass

    def source(self, _light: CoordinatesPlan, layer: PlacedLayer) -> LayerSource:
        """What the shader needs: the surface that carries the light. Nothing turns what it says."""
        surface = layer.surface()
        form = surface_form(surface)
        return LayerSource("coordinates", form, surface_values(surface) if form else {}, {})


DRAWING = CoordinatesDrawing
