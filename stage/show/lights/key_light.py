"""The sun or the moon of the sky on air as a key light: from where, which colour, how bright. Pure.

It is the light that the sky itself is drawn with: the same air, the same discs, the same scale.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from render.colour.grade import graded_from_world, outer_from_world, world_from_layer
from render.colour.matrices import apply, multiply
from render.plan.frame import GradePlan, OuterLook
from render.worlds.on_air import AirPlan, LayerPlan, WorldPlan
from render.worlds.sky.air import horizon_dip_rad, transmittance, world_from_air
from render.worlds.sky.lights import disc_rises, turned
from render.worlds.sky.moonlight import MOON_RADIUS_RAD, moonlight
from render.worlds.sky.plan import SkyPlan
from render.worlds.sky.record import SkyLight
from render.worlds.sky.veils import fog_depths, shade
from tracking.records import Vec3

_HIGH_RISE = 0.2
"""Above it the air before a disc is the same all over the disc."""
_SHOWS_BESIDE = 1e-5
"""Of the sun's strength: a moon below it does not show by day."""
_CHORDS = 8
_DARK: Vec3 = (0.0, 0.0, 0.0)


class KeyLight(NamedTuple):
    """What a key light is to give: mean radiance over a half-sphere in scene-linear ACEScg, 1.0 being 100 nits on the
    walls; and the direction to the stronger of sun and moon, None where neither shines.
    """

    light: Vec3
    towards: Vec3 | None


class _Disc(NamedTuple):
    """The irradiance of sun or moon in a sky, in the light of worlds, and where it is seen in that sky."""

    light: Vec3
    towards: Vec3


class KeySky:
    """The key light of what is on air. A sky that stays as it is is worked out once."""

    def __init__(self) -> None:
        self._sky: SkyPlan | None = None
        self._discs: tuple[_Disc, ...] = ()

    def key_light(self, air: AirPlan, grade: GradePlan, outer: OuterLook) -> KeyLight | None:
        """The key light of a frame, as the walls show its sky to the actors; None where no sky is on air."""
        lights: list[_Disc] = []
        shares = (1.0,) if air.coming is None else (1.0 - air.share, air.share)
        has_sky = False
        for world, share in zip(air.worlds, shares, strict=True):
            for layer in world.layers:
                if isinstance(layer.light, SkyLight):
                    has_sky = True
                    lights += self._shown(layer.light.sky, layer, world, share)
        if not has_sky:
            return None
        to_walls = multiply(outer_from_world(outer.exposure_stops, outer.saturation), graded_from_world(grade))
        red, green, blue = (sum(one.light[part] for one in lights) / math.pi for part in range(3))
        brightest = max(lights, key=lambda one: one.light[1])
        towards = brightest.towards if max(brightest.light) > 0.0 else None
        light = apply(to_walls, (red, green, blue))
        return KeyLight((max(light[0], 0.0), max(light[1], 0.0), max(light[2], 0.0)), towards)

    def _shown(self, sky: SkyPlan, layer: LayerPlan, world: WorldPlan, share: float) -> list[_Disc]:
        """Sun and moon of a layer, as far as it is shown."""
        if sky != self._sky:
            self._sky, self._discs = sky, _discs_of(sky)
        matrix = world_from_layer(layer, world.exposure_stops)
        shown = layer.opacity * share
        found = []
        for disc in self._discs:
            red, green, blue = apply(matrix, disc.light)
            found.append(_Disc((shown * red, shown * green, shown * blue), turned(disc.towards, layer.turn_deg)))
        return found


def _discs_of(sky: SkyPlan) -> tuple[_Disc, ...]:
    """Sun and moon of a sky, below its clouds in the mean and in its fog."""
    below = shade(sky.clouds).beams
    sun = _veiled(sky, below, sky.sun[2], _sun(sky))
    strength = moonlight(sky.moon, sky.moon_lit_by, sky.moon_stops).illuminance
    moon = _DARK
    if strength > _SHOWS_BESIDE * max(sun):
        moon = _veiled(sky, below * strength, sky.moon[2], _low(sky, sky.moon[2], MOON_RADIUS_RAD))
    return (_Disc(sun, sky.sun), _Disc(moon, sky.moon))


def _sun(sky: SkyPlan) -> Vec3:
    """What the air leaves of the sun, over its disc: near the horizon its lower edge is redder than its upper one."""
    if sky.sun[2] > _HIGH_RISE:
        return transmittance(sky.haze, sky.eye_altitude_m, sky.sun[2])
    lowest = -math.sin(horizon_dip_rad(sky.eye_altitude_m))
    rises = disc_rises(sky)
    if rises[2] <= lowest:
        return _DARK
    below, middle, above = (transmittance(sky.haze, sky.eye_altitude_m, max(rise, lowest)) for rise in rises)
    start = max(-1.0, (lowest - rises[1]) / max(rises[2] - rises[1], 1e-9))
    total = [0.0, 0.0, 0.0]
    step = (1.0 - start) / _CHORDS
    for chord in range(_CHORDS):
        at = start + (chord + 0.5) * step
        weight = step * math.sqrt(max(1.0 - at * at, 0.0)) * 2.0 / math.pi
        for part in range(3):
            slope, bend = 0.5 * (above[part] - below[part]), 0.5 * (above[part] + below[part]) - middle[part]
            total[part] += weight * max(middle[part] + at * (slope + at * bend), 0.0)
    return (total[0], total[1], total[2])


def _low(sky: SkyPlan, rise: float, radius_rad: float) -> Vec3:
    """What the air leaves of a light at its middle, and of its disc what is above the horizon."""
    dip = horizon_dip_rad(sky.eye_altitude_m)
    height = (math.asin(min(max(rise, -1.0), 1.0)) + dip) / radius_rad
    if height <= -1.0:
        return _DARK
    red, green, blue = transmittance(sky.haze, sky.eye_altitude_m, max(rise, -math.sin(dip)))
    part = 1.0 if height >= 1.0 else 0.5 + (height * math.sqrt(1.0 - height * height) + math.asin(height)) / math.pi
    return (part * red, part * green, part * blue)


def _veiled(sky: SkyPlan, share: float, rise: float, light: Vec3) -> Vec3:
    """A light below clouds and in fog, in the light of worlds."""
    up, least, _, _ = fog_depths(sky.fog)
    share *= math.exp(-up / math.sqrt(rise * rise + least))
    return world_from_air((share * light[0], share * light[1], share * light[2]))


def direction_deg(towards: Vec3) -> tuple[float, float]:
    """Azimuth, + left, and elevation, + up, of a direction in the stage, degrees."""
    x, y, z = towards
    return (math.degrees(math.atan2(-x, y)), math.degrees(math.atan2(z, math.hypot(x, y))))
