"""What passes must know of where a layer's light is: a part of `shaders/common/handed.glsl`."""

from __future__ import annotations

from render.gpu.passes import Uniform
from render.worlds.shared.surfaces import Surface


def surface_form(surface: Surface) -> tuple[str, ...]:
    """The definitions that choose how rays meet the surface; none for a sphere at infinity."""
    if surface.is_flat:
        return ("PLANE",)
    if surface.is_far:
        return ()
    return ("NEAR", "SHAPED") if surface.is_cylinder else ("NEAR",)


def surface_values(surface: Surface) -> dict[str, Uniform]:
    """The uniforms that go with those definitions."""
    if surface.is_flat:
        nearness = 0.0 if surface.is_far else 1.0 / surface.distance_m
        return {"given_surface": (*surface.anchor_m, nearness), "given_ahead": surface.ahead}
    nearness = 1.0 / surface.radius_m**2 if surface.radius_m > 0.0 else 0.0
    upright = 1.0 if surface.is_cylinder else 0.0
    return {"given_surface": (nearness, surface.ground_m, upright, 0.0), "given_ahead": surface.ahead}
