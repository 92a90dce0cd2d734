"""Clouds and fog before a sky: what passes need beside what a clear sky needs."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

import moderngl

from render.gpu.context import tile_texture
from render.gpu.passes import Uniform
from render.worlds.sky import veils
from render.worlds.sky.cloud_field import cloud_field
from render.worlds.sky.plan import SkyPlan
from tracking.records import Vec3


class Shining(NamedTuple):
    """A light on a sky: the sine of its elevation, its strength, the sun's being 1, and what level ground gets of the sky
    that it lights.
    """

    rise: float
    strength: float
    from_sky: moderngl.Texture


class VeilDrawing:
    """Draws clouds and fog in one context; the field of the clouds is made when it is first drawn."""

    def __init__(self, context: moderngl.Context) -> None:
        self._context = context
        self._field: moderngl.Texture | None = None

    def textures(self, main: Shining, other: Shining) -> Mapping[str, moderngl.Texture]:
        """The textures of a veiled sky."""
        if self._field is None:
            self._field = tile_texture(self._context, cloud_field())
        return {"cloud_field": self._field, "main_from_sky": main.from_sky, "other_from_sky": other.from_sky}

    @staticmethod
    def values(sky: SkyPlan, main: Shining, other: Shining | None) -> dict[str, Uniform]:
        """The uniforms of a veiled sky."""
        clouds, fog = sky.clouds, veils.fog_depths(sky.fog)
        threshold, width, depth = veils.cloud_shape(clouds)
        on_clouds = veils.lights_on_clouds(sky, main.rise)
        second = (0.0, 0.0, 0.0) if other is None else _on_ground(sky, other)
        reach = veils.cloud_horizon_m(clouds)
        below = veils.shade(clouds)
        fogged = 1.0 / (1.0 + 0.1 * fog[0])
        return {
            "given_cloud_shape": (threshold, width, depth, clouds.height_m),
            "given_cloud_place": veils.cloud_places(clouds.drift_m),
            "given_cloud_far": (reach * reach, 1.0 / reach, veils.air_below_clouds(clouds)),
            "given_cloud_light": tuple(main.strength * part for light in on_clouds for part in light),
            "given_air_depth": veils.air_above(sky),
            "given_fog": fog,
            "given_strengths": (main.strength, 0.0 if other is None else other.strength, sky.ground_albedo),
            "given_ground_sun": _on_ground(sky, main),
            "given_second": second,
            "given_passing": (below.beams, fogged, below.light),
        }


def _on_ground(sky: SkyPlan, light: Shining) -> Vec3:
    """What level ground gets of a light itself, without clouds."""
    elevation = math.asin(min(max(light.rise, -1.0), 1.0))
    red, green, blue = veils.light_at(sky.haze, sky.eye_altitude_m, elevation)
    scale = light.strength * max(light.rise, 0.0)
    return (scale * red, scale * green, scale * blue)
