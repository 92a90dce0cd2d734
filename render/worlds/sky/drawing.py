"""How a sky is drawn: along rays, by `shaders/worlds/sky.glsl`."""

from __future__ import annotations

from render.gpu.layer_source import LayerSource, TextureOf
from render.worlds.shared.placed import PlacedLayer
from render.worlds.shared.sources import surface_form, surface_values
from render.worlds.sky.record import SkyLight


def source(light: SkyLight, layer: PlacedLayer, _texture_of: TextureOf) -> LayerSource:
    """What the shader needs: the surface that carries the sky, and where the sun is."""
    surface = layer.surface()
    form = surface_form(surface)
    values = surface_values(surface) if form else {}
    return LayerSource("sky", (form,) if form else (), {**values, "given_sun": light.sky.sun}, {})
