"""Clouds and fog before a sky: what passes need beside what a clear sky needs."""

from __future__ import annotations

import math
from collections.abc import Mapping

import moderngl

from render.gpu.context import tile_texture
from render.gpu.passes import Uniform
from render.worlds.shared.kept import Kept
from render.worlds.sky import veils
from render.worlds.sky.air import world_from_air
from render.worlds.sky.cloud_field import cloud_field
from render.worlds.sky.lights import Light
from render.worlds.sky.plan import SkyPlan
from tracking.records import Vec3

_DARK: Vec3 = (0.0, 0.0, 0.0)


class VeilDrawing:
    """Draws clouds and fog in one context; the field of the clouds is made when it is first drawn."""

    def __init__(self, context: moderngl.Context) -> None:
        self._context = context
        self._field: moderngl.Texture | None = None
        self._values: Kept[tuple[SkyPlan, Light, Light | None], dict[str, Uniform]] = Kept()

    def textures(self) -> Mapping[str, moderngl.Texture]:
        """The textures of a veiled sky."""
        if self._field is None:
            self._field = tile_texture(self._context, cloud_field())
        return {"cloud_field": self._field}

    def values(self, sky: SkyPlan, main: Light, other: Light | None) -> dict[str, Uniform]:
        """The uniforms of a veiled sky that these light, in the light of worlds."""
        return self._values.get((sky, main, other), lambda _: self._worked_out(sky, main, other))

    @staticmethod
    def _worked_out(sky: SkyPlan, main: Light, other: Light | None) -> dict[str, Uniform]:
        clouds, fog, below = sky.clouds, veils.fog_depths(sky.fog), veils.shade(sky.clouds)
        on_clouds = veils.lights_on_clouds(sky, main.towards[2])
        reach = veils.cloud_horizon_m(clouds)
        return {
            "given_cloud_shape": (*veils.cloud_shape(clouds), clouds.height_m),
            "given_cloud_place": veils.cloud_places(clouds.drift_m),
            "given_cloud_far": (reach * reach, 1.0 / reach, veils.air_below_clouds(clouds)),
            "given_cloud_light": tuple(main.strength * part for light in on_clouds for part in world_from_air(light)),
            "given_air_depth": _air_depth(sky),
            "given_fog": fog,
            "given_strengths": (main.strength, 0.0 if other is None else other.strength, sky.ground_albedo),
            "given_ground_sun": _on_ground(sky, main),
            "given_second": _DARK if other is None else _on_ground(sky, other),
            "given_passing": (below.beams, veils.fog_passing(sky.fog), below.beams + below.diffused),
        }


def _on_ground(sky: SkyPlan, light: Light) -> Vec3:
    """What level ground gets of a light itself, without clouds."""
    rise = light.towards[2]
    red, green, blue = world_from_air(veils.light_at(sky.haze, sky.eye_altitude_m, veils.elevation_of(rise)))
    scale = light.strength * max(rise, 0.0)
    return (scale * red, scale * green, scale * blue)


def _air_depth(sky: SkyPlan) -> Vec3:
    """How deep the air straight above the eye is, for the colours of worlds."""
    seen, whole = world_from_air(veils.air_above(sky)), world_from_air((1.0, 1.0, 1.0))
    red, green, blue = (-math.log(max(part / all_of_it, 1e-30)) for part, all_of_it in zip(seen, whole, strict=True))
    return (red, green, blue)
