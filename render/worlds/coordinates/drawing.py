"""How light that says where it comes from is drawn: along rays, by `shaders/worlds/coordinates.glsl`."""

from __future__ import annotations

from render.worlds.coordinates.record import CoordinatesPlan
from render.worlds.shared.sources import LayerSource, TextureOf


def source(light: CoordinatesPlan, _turn_deg: float, _texture_of: TextureOf) -> LayerSource:
    """What the shader needs: the radius of the sphere that carries the light. Nothing turns it."""
    return LayerSource("coordinates", (), {"radius": light.radius_m}, {}, opaque=True)
