"""How a sky is drawn: along rays, by `shaders/worlds/sky.glsl`, from tables of what the air makes of sun and moon.

It has three forms: by day, by night with stars, and with a second light in the air; and each of them with clouds and
fog. All are built before a show, which is why there are not more of them.
"""

from __future__ import annotations

import math

import moderngl

from render.gpu.layer_source import LayerSource, TextureOf
from render.gpu.passes import Uniform
from render.worlds.shared.placed import PlacedLayer
from render.worlds.sky.air import SUN_RADIUS_RAD, WORLD_FROM_AIR, horizon_dip_rad, transmittance, world_from_air
from render.worlds.sky.ground_light import GroundLight
from render.worlds.sky.lights import Light, disc_rises, lights_of, risen, star_gain, turned
from render.worlds.sky.moonlight import MOON_RADIUS_RAD, moonlight
from render.worlds.sky.plan import SkyPlan
from render.worlds.sky.record import SkyLight
from render.worlds.sky.stars import MEAN_LIGHT
from render.worlds.sky.tables import LightTable, SkyTables, horizon_values
from render.worlds.sky.veil_drawing import VeilDrawing
from render.worlds.sky.veils import has_veils
from tracking.rotation import quat_from_pan_tilt_roll, quat_multiply, quat_rotate


class SkyDrawing:
    """The drawing of skies in one context, with the tables that they share."""

    def __init__(self, context: moderngl.Context, _texture_of: TextureOf, _plates: object, _scenes: object) -> None:
        self.tables = SkyTables(context)
        self._ground = GroundLight(context, self.tables)
        self._veils = VeilDrawing(context)

    def ground_light(self, sky: SkyPlan) -> moderngl.Texture:
        """One texel: the irradiance of level ground under this sky."""
        return self._ground.texture(sky)

    def source(self, light: SkyLight, layer: PlacedLayer) -> LayerSource:
        """What the shader needs for this sky. Of the layer's placement only the turn counts: a sky is at infinity."""
        sky, turn_deg = light.sky, layer.turn_deg
        main, *others = lights_of(sky, turn_deg)
        values: dict[str, Uniform] = {
            "given_sky_horizon": horizon_values(sky.eye_altitude_m),
            "given_main_light": (*main.towards, main.strength),
            "given_main_heading": main.heading,
            **_sun_values(sky, turn_deg),
            **_moon_values(sky, turn_deg),
        }
        main_table = self.tables.light(sky, main.towards[2])
        textures = _named("main", main_table)
        kind = "sky"
        if has_veils(sky):
            kind = "veiled_sky"
            values |= self._veils.values(sky, main, others[0] if others else None)
            textures |= {**self._veils.textures(), "main_from_sky": main_table.from_sky}
        gain = star_gain(sky)
        if not (others or gain > 0.0):
            return LayerSource(kind, (), values, textures)
        values |= _star_values(sky, turn_deg, gain)
        textures |= {"stars": self.tables.stars(), "air_rows": self.tables.air(sky).rows}
        if not others:
            return LayerSource(kind, ("NIGHT",), values, textures)
        other_table = self.tables.light(sky, others[0].towards[2])
        values |= _other_values(others[0])
        textures |= _named("other", other_table)
        textures |= {"other_from_sky": other_table.from_sky} if kind == "veiled_sky" else {}
        return LayerSource(kind, ("NIGHT", "SECOND"), values, textures)


DRAWING = SkyDrawing


def _sun_values(sky: SkyPlan, turn_deg: float) -> dict[str, Uniform]:
    """The sun's disc: what the air leaves of it at its middle and at both edges gives a parabola over its height."""
    lowest = -math.sin(horizon_dip_rad(sky.eye_altitude_m))
    shown = risen(sky, sky.sun[2], SUN_RADIUS_RAD) if sky.sun_disc else 0.0
    radiance = shown / (math.pi * SUN_RADIUS_RAD**2)
    rises = disc_rises(sky)
    lights = [world_from_air(transmittance(sky.haze, sky.eye_altitude_m, max(rise, lowest))) for rise in rises]
    three = tuple(zip(*lights, strict=True))
    return {
        "given_sun_disc": (*turned(sky.sun, turn_deg), 1.0 / max(rises[2] - rises[1], 1e-5)),
        "given_sun_middle": tuple(radiance * middle for _, middle, _ in three),
        "given_sun_slope": tuple(radiance * 0.5 * (above - below) for below, _, above in three),
        "given_sun_bend": tuple(radiance * (0.5 * (above + below) - middle) for below, middle, above in three),
    }


def _moon_values(sky: SkyPlan, turn_deg: float) -> dict[str, Uniform]:
    """The moon's disc: how its parts face its light, and what the air leaves of it at its middle."""
    light, shown = moonlight(sky.moon, sky.moon_lit_by, sky.moon_stops), risen(sky, sky.moon[2], MOON_RADIUS_RAD)
    towards, lit_by = turned(sky.moon, turn_deg), turned(sky.moon_lit_by, turn_deg)
    ahead = sum(a * b for a, b in zip(towards, lit_by, strict=True))
    across = ((part - ahead * axis) / MOON_RADIUS_RAD for part, axis in zip(lit_by, towards, strict=True))
    lowest = -math.sin(horizon_dip_rad(sky.eye_altitude_m))
    colour = world_from_air(transmittance(sky.haze, sky.eye_altitude_m, max(sky.moon[2], lowest)))
    return {
        "given_moon": (*towards, -ahead),
        "given_moon_across": (*across, light.mean / light.lit),
        "given_moon_light": (*(shown * light.lit * part for part in colour), light.earthshine / light.lit),
    }


def _star_values(sky: SkyPlan, turn_deg: float, gain: float) -> dict[str, Uniform]:
    """The stars in the stage; a turned sky is turned back before they are looked up."""
    turn = quat_multiply(sky.stars_from_stage, quat_from_pan_tilt_roll(-turn_deg, 0.0, 0.0))
    columns = (quat_rotate(turn, axis) for axis in ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)))
    return {
        "stars_from_stage": tuple(part for column in columns for part in column),
        "star_light": (gain, gain * MEAN_LIGHT),
        "world_from_air": WORLD_FROM_AIR,
    }


def _other_values(light: Light) -> dict[str, Uniform]:
    return {"other_light": (*light.towards, light.strength), "other_heading": light.heading}


def _named(which: str, table: LightTable) -> dict[str, moderngl.Texture]:
    return {f"{which}_by_air": table.by_air, f"{which}_by_haze": table.by_haze}
