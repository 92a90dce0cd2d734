"""What lights a sky: sun and moon as far as they show in its air, and how much of the stars does. Pure."""

from __future__ import annotations

import math
from typing import NamedTuple

from render.worlds.sky.air import SUN_RADIUS_RAD, horizon_dip_rad
from render.worlds.sky.moonlight import moonlight
from render.worlds.sky.plan import SkyPlan
from tracking.records import Vec3

_DARK_RISE = -0.4
"""A light whose sine of elevation is below that lights no air that anybody could see."""
_LEAST_SHARE = 1e-4
"""Of the light of a sky: less of it does not show."""
_WIDEST_LED_RAD = 0.02
_STARS_OF_DAYLIGHT = 1e-5
"""A bright star on an LED, over the sky of a day, with what is less than a hundredth taken not to show."""


class Light(NamedTuple):
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


def lights_of(sky: SkyPlan, turn_deg: float = 0.0) -> tuple[Light, ...]:
    """What lights the air of a sky that is turned to the left, the stronger one first: the sun, the moon, or both.

    One that hardly shows beside the other is left out, without a step. Where it is dark, the sun has no strength.
    """
    sun = Light(turned(sky.sun, turn_deg), 1.0)
    strength = moonlight(sky.moon, sky.moon_lit_by, sky.moon_stops).illuminance
    moon = Light(turned(sky.moon, turn_deg), strength)
    found = [
        light._replace(strength=light.strength * share)
        for light, other in ((sun, moon), (moon, sun))
        if (share := _shown(light.level / max(other.level, 1e-30))) > 0.0
    ]
    found.sort(key=lambda light: -light.level)
    return tuple(found) or (sun._replace(strength=0.0),)


def star_gain(sky: SkyPlan) -> float:
    """How much brighter than real ones the stars are drawn; 0 where none shows beside the other light."""
    gain = math.exp2(sky.stars_stops)
    level = sum(light.level for light in lights_of(sky))
    return gain * _shown(gain * _STARS_OF_DAYLIGHT / max(level, 1e-30))


def risen(sky: SkyPlan, rise: float, radius_rad: float) -> float:
    """How much of a disc's light is drawn: all of it until it has set, and then less until no LED has it any more.

    `rise` is the sine of the elevation of its middle. A disc is blurred over what shows it: where that is a quarter
    of a radian, as for the light around the stage, one far below the horizon would be seen above it.
    """
    beyond = horizon_dip_rad(sky.eye_altitude_m) + math.asin(min(max(rise, -1.0), 1.0)) + radius_rad
    return min(max(1.0 + beyond / _WIDEST_LED_RAD, 0.0), 1.0)


def disc_rises(sky: SkyPlan) -> Vec3:
    """Sines of the elevations of the lower edge, the middle and the upper edge of the sun."""
    level, rise = math.hypot(*sky.sun[:2]), sky.sun[2]
    cosine, sine = math.cos(SUN_RADIUS_RAD), math.sin(SUN_RADIUS_RAD)
    return (rise * cosine - level * sine, rise, rise * cosine + level * sine)


def turned(direction: Vec3, turn_deg: float) -> Vec3:
    """A direction of a sky that is turned to the left."""
    cosine, sine = math.cos(math.radians(turn_deg)), math.sin(math.radians(turn_deg))
    x, y, z = direction
    return (cosine * x - sine * y, sine * x + cosine * y, z)


def _shown(share: float) -> float:
    """How much of a light is drawn beside another one, over which it has this share: all that shows, with no step."""
    ramp = min(max((share / _LEAST_SHARE - 1.0) / 3.0, 0.0), 1.0)
    return ramp * ramp * (3.0 - 2.0 * ramp)
