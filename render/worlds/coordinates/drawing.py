"""How light that says where it comes from is drawn: along rays, by `shaders/worlds/coordinates.glsl`."""

from __future__ import annotations

from render.gpu.layer_source import LayerSource, TextureOf
from render.worlds.coordinates.record import CoordinatesPlan


def source(light: CoordinatesPlan, _turn_deg: float, _texture_of: TextureOf) -> LayerSource:
    """What the shader needs: the radius of the sphere that carries the light. Nothing turns it."""
    return LayerSource("coordinates", (), {"radius": light.radius_m}, {})
