"""What level ground under a sky gets of light, as a texture: it never comes back from the GPU while a show runs."""

from __future__ import annotations

import moderngl

from render.gpu.context import Target
from render.gpu.passes import Pass
from render.worlds.shared.kept import Kept
from render.worlds.sky.air import transmittance, world_from_air
from render.worlds.sky.lights import lights_of
from render.worlds.sky.moonlight import moonlight
from render.worlds.sky.plan import SkyPlan
from render.worlds.sky.tables import SkyTables
from render.worlds.sky.veils import Shade, below_veils, shade
from tracking.records import Vec3


class GroundLight:
    """The irradiance of level ground under skies, from the tables that they are drawn from."""

    def __init__(self, context: moderngl.Context, tables: SkyTables) -> None:
        self._context = context
        self._tables = tables
        self._pass: Pass | None = None
        self._kept: Kept[SkyPlan, Target] = Kept()

    def texture(self, sky: SkyPlan) -> moderngl.Texture:
        """One texel: irradiance by the sky, the sun and the moon below the clouds, as ACEScg times steradians."""
        return self._kept.get(sky, lambda spare: self._fill(sky, spare)).texture

    def _fill(self, sky: SkyPlan, spare: Target | None) -> Target:
        target = spare or Target(self._context, (1, 1), "f4")
        main, *others = lights_of(sky)
        other = others[0] if others else main._replace(strength=0.0)
        below, left = shade(sky.clouds), below_veils(sky)
        if self._pass is None:
            names = ("strengths", "direct")
            textures = ("main_from_sky", "other_from_sky")
            self._pass = Pass(self._context, "sky/ground_light.frag", uniforms=names, textures=textures)
        self._pass.draw(
            target.framebuffer,
            {
                "strengths": (left * below.sky * main.strength, left * below.sky * other.strength),
                "direct": _direct(sky, below, left),
            },
            {
                "main_from_sky": self._tables.light(sky, main.towards[2]).from_sky,
                "other_from_sky": self._tables.light(sky, other.towards[2]).from_sky,
            },
        )
        return target


def _direct(sky: SkyPlan, below: Shade, left: float) -> Vec3:
    """What comes from sun and moon themselves, in the shade of the clouds, as far as so much is left of it."""
    moon = moonlight(sky.moon, sky.moon_lit_by, sky.moon_stops).illuminance
    red = green = blue = 0.0
    for towards, strength in ((sky.sun, 1.0), (sky.moon, moon)):
        share = left * strength * below.of_light(towards[2])
        passing = world_from_air(transmittance(sky.haze, sky.eye_altitude_m, towards[2]))
        red, green, blue = red + share * passing[0], green + share * passing[1], blue + share * passing[2]
    return (red, green, blue)
