"""What passes must know of where a layer's light is: the uniforms of `shaders/common/world_surface.glsl`."""

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
        return {"anchor": surface.anchor_m, "ahead": surface.ahead, "plane_nearness": nearness}
    return {} if surface.is_far else {"radius": surface.radius_m, "ground": surface.ground_m}
