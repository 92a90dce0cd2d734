"""What passes must know of where a layer's light is: a part of `shaders/common/handed.glsl`."""

from __future__ import annotations

from render.gpu.passes import Uniform
from render.worlds.shared.surfaces import Surface


def surface_form(surface: Surface) -> str:
    """The definition that chooses how rays meet the surface; "" for a sphere at infinity."""
    if surface.is_flat:
        return "PLANE"
    return "" if surface.is_far else "NEAR"


def surface_values(surface: Surface) -> dict[str, Uniform]:
    """The uniforms that go with that definition."""
    if surface.is_flat:
        nearness = 0.0 if surface.is_far else 1.0 / surface.distance_m
        return {"given_surface": (*surface.anchor_m, nearness), "given_ahead": surface.ahead}
    nearness = 1.0 / surface.radius_m**2 if surface.radius_m > 0.0 else 0.0
    return {"given_surface": (nearness, surface.ground_m, 0.0, 0.0), "given_ahead": surface.ahead}
