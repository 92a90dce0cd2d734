"""How a sky is drawn: along rays, by `shaders/worlds/sky.glsl`, from tables of what the air makes of sun and moon."""

from __future__ import annotations

import math
from typing import NamedTuple

import moderngl

from render.gpu.layer_source import LayerSource, TextureOf
from render.gpu.passes import Uniform
from render.worlds.shared.placed import PlacedLayer
from render.worlds.sky.air import SUN_RADIUS_RAD, horizon_dip_rad, transmittance
from render.worlds.sky.light_scale import WORLD_FROM_AIR, world_from_air
from render.worlds.sky.moonlight import MOON_RADIUS_RAD, moonlight
from render.worlds.sky.plan import SkyPlan
from render.worlds.sky.record import SkyLight
from render.worlds.sky.tables import LightTable, SkyTables, horizon_values
from tracking.records import Vec3

_DARK_RISE = -0.4
"""A light whose sine of elevation is below that lights no air that anybody could see."""
_DISC_MARGIN_RAD = 0.02
"""A disc with the widest footprint that LEDs on a stage have."""
_LEAST_SHARE = 1e-4
"""Of the light of a sky: less of it does not show."""


class _Light(NamedTuple):
    """A light outside the air: where it is seen in the stage, and its strength, the sun's being 1."""

    towards: Vec3
    strength: float

    @property
    def level(self) -> float:
        """About how bright it makes the sky: a decade less for every 2 degrees that it is below the horizon."""
        rise = self.towards[2]
        return self.strength * 10.0 ** (-30.0 * max(-rise, 0.0)) if rise > _DARK_RISE else 0.0

    @property
    def heading(self) -> tuple[float, float]:
        """Its compass direction; any for one straight above."""
        length = math.hypot(*self.towards[:2])
        return (self.towards[0] / length, self.towards[1] / length) if length > 1e-9 else (0.0, 1.0)


class SkyDrawing:
    """The drawing of skies in one context, with the tables that they share."""

    def __init__(self, context: moderngl.Context, _texture_of: TextureOf) -> None:
        self.tables = SkyTables(context)

    def source(self, light: SkyLight, layer: PlacedLayer) -> LayerSource:
        """What the shader needs for this sky. Of the layer's placement only the turn counts: a sky is at infinity."""
        sky, turn_deg = light.sky, layer.turn_deg
        main, *others = _lights(sky, turn_deg)
        values: dict[str, Uniform] = {
            "given_sky_horizon": horizon_values(sky.eye_altitude_m),
            "given_main_light": (*main.towards, main.strength),
            "given_main_heading": main.heading,
            **_sun_values(sky, turn_deg),
        }
        textures = _named("main", self.tables.light(sky, main.towards[2]))
        moon = moonlight(sky.moon, sky.moon_lit_by, sky.moon_stops)
        if not others and not _shows_moon(sky):
            return LayerSource("sky", (), values, textures)
        other = others[0] if others else main._replace(strength=0.0)
        textures |= _named("other", self.tables.light(sky, other.towards[2]))
        textures["air_rows"] = self.tables.air(sky).rows
        values |= {
            "other_light": (*other.towards, other.strength),
            "other_heading": other.heading,
            "world_from_air": WORLD_FROM_AIR,
            "moon": (*turned(sky.moon, turn_deg), MOON_RADIUS_RAD**2),
            "moon_lit_by": turned(sky.moon_lit_by, turn_deg),
            "moon_lights": (moon.lit, moon.mean, moon.earthshine),
        }
        return LayerSource("sky", ("MOON",), values, textures)


DRAWING = SkyDrawing


def _lights(sky: SkyPlan, turn_deg: float) -> list[_Light]:
    """What lights the air, the stronger one first: sun and moon, but neither where it does not show."""
    sun = _Light(turned(sky.sun, turn_deg), 1.0)
    strength = moonlight(sky.moon, sky.moon_lit_by, sky.moon_stops).illuminance
    moon = _Light(turned(sky.moon, turn_deg), strength)
    found = [
        light._replace(strength=light.strength * share)
        for light, other in ((sun, moon), (moon, sun))
        if (share := _shown(light.level / max(other.level, 1e-30))) > 0.0
    ]
    found.sort(key=lambda light: -light.level)
    return found or [sun._replace(strength=0.0)]


def _shown(share: float) -> float:
    """How much of a light is drawn beside another one, over which it has this share: no less than shows, and no step."""
    ramp = min(max((share / _LEAST_SHARE - 1.0) / 3.0, 0.0), 1.0)
    return ramp * ramp * (3.0 - 2.0 * ramp)


def _shows_moon(sky: SkyPlan) -> bool:
    """Whether any of the moon's disc is above the horizon."""
    return sky.moon[2] > -math.sin(horizon_dip_rad(sky.eye_altitude_m) + _DISC_MARGIN_RAD)


def _sun_values(sky: SkyPlan, turn_deg: float) -> dict[str, Uniform]:
    """The sun's disc: what the air leaves of it at its middle and at both edges gives a parabola over its height."""
    level, rise = math.hypot(*sky.sun[:2]), sky.sun[2]
    cosine, sine = math.cos(SUN_RADIUS_RAD), math.sin(SUN_RADIUS_RAD)
    lowest = -math.sin(horizon_dip_rad(sky.eye_altitude_m))
    radiance = 1.0 / (math.pi * SUN_RADIUS_RAD**2) if sky.sun_disc else 0.0
    rises = (rise * cosine - level * sine, rise, rise * cosine + level * sine)
    below, middle, above = (
        world_from_air(transmittance(sky.haze, sky.eye_altitude_m, max(place, lowest))) for place in rises
    )
    three = list(zip(below, middle, above, strict=True))
    return {
        "given_sun_disc": (*turned(sky.sun, turn_deg), 1.0 / max(rises[2] - rise, 1e-5)),
        "given_sun_middle": tuple(radiance * m for _, m, _ in three),
        "given_sun_slope": tuple(radiance * 0.5 * (a - b) for b, _, a in three),
        "given_sun_bend": tuple(radiance * (0.5 * (a + b) - m) for b, m, a in three),
    }


def turned(direction: Vec3, turn_deg: float) -> Vec3:
    """A direction of a sky that is turned to the left."""
    cosine, sine = math.cos(math.radians(turn_deg)), math.sin(math.radians(turn_deg))
    x, y, z = direction
    return (cosine * x - sine * y, sine * x + cosine * y, z)


def _named(which: str, table: LightTable) -> dict[str, moderngl.Texture]:
    return {f"{which}_by_air": table.by_air, f"{which}_by_haze": table.by_haze}
