"""The sky that a frame shows, from the values of place, time and sky; and those under which layers were shot. Pure.

Sun and moon may be set by hand: a director asks for a look, not for an almanac. What adapts takes back so much of the
day's change of light that a night can be seen on a wall.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from render.worlds.configured import World
from render.worlds.kinds import Layer
from render.worlds.sky.daylight import ground_lux
from render.worlds.sky.plan import EYE_ABOVE_GROUND_M, CloudPlan, FogPlan, SkyPlan
from stage.almanac.calendar import day_of
from stage.almanac.instants import instant_at
from stage.almanac.seen import Place, stars_from_place, sun_and_moon
from stage.values.shot_sky import shot_values
from stage.values.sky import CloudValues, MoonValues, PlaceValues, SkyValues, SunValues
from stage.values.stage_wide import ShowValues
from tracking.records import Vec3
from tracking.rotation import quat_multiply

_LEAST = 1e-6
_STEPS_A_STOP = 128.0
MOST_ADAPTED_STOPS = 32.0
"""No sky is darker than this below the reference."""
_BY_DAY = 16.67


def sky_plan(values: ShowValues) -> SkyPlan:
    """The sky of a frame with these values."""
    return sky_at(values.place, values.time.hour, values.sky)


def sky_at(place: PlaceValues, hour: float, sky: SkyValues) -> SkyPlan:
    """The sky at an hour of the place's date, by what a clock there shows."""
    front = math.radians(place.front_azimuth_deg)
    instant = instant_at(day_of(place.date) or 0, hour - place.utc_offset_h)
    here = Place(place.latitude_deg, place.longitude_deg, place.altitude_m)
    real = sun_and_moon(instant, here)
    sun = _in_stage(real.sun, front) if sky.sun.source == "clock" else hand_direction(sky.sun)
    if sky.moon.source == "clock":
        moon, lit = _in_stage(real.moon, front), _in_stage(real.moon_lit_by, front)
    else:
        moon = hand_direction(sky.moon)
        lit = lit_by(moon, sun, sky.moon.phase)
    return SkyPlan(
        haze=sky.haze,
        ground_albedo=sky.ground_albedo,
        eye_altitude_m=place.altitude_m + EYE_ABOVE_GROUND_M,
        sun=sun,
        moon=moon,
        moon_lit_by=lit,
        moon_stops=sky.moon.exposure_stops,
        stars_from_stage=quat_multiply(
            stars_from_place(instant, here), (0.0, 0.0, -math.sin(0.5 * front), math.cos(0.5 * front))
        ),
        stars_stops=sky.stars.exposure_stops,
        clouds=_clouds(sky.clouds),
        fog=FogPlan(density_per_km=sky.fog.density_per_km, height_m=sky.fog.height_m),
    )


def _clouds(clouds: CloudValues) -> CloudPlan:
    ahead = math.radians(clouds.wind_azimuth_deg)
    return CloudPlan(
        coverage=clouds.coverage,
        height_m=clouds.height_m,
        softness=clouds.softness,
        drift_m=(-clouds.drift_m * math.sin(ahead), clouds.drift_m * math.cos(ahead)),
    )


def _in_stage(direction: Vec3, front: float) -> Vec3:
    """A direction east, north, up in the stage whose front wall faces `front`, a compass direction in radians."""
    east, north, up = direction
    c, s = math.cos(front), math.sin(front)
    return (c * east - s * north, s * east + c * north, up)


def hand_direction(body: SunValues | MoonValues) -> Vec3:
    """The unit vector in the stage to a body set by hand."""
    azimuth, elevation = math.radians(body.azimuth_deg), math.radians(body.elevation_deg)
    level = math.cos(elevation)
    return _unit((-level * math.sin(azimuth), level * math.cos(azimuth), math.sin(elevation)))


def lit_by(moon: Vec3, sun: Vec3, phase: float) -> Vec3:
    """The unit vector from a moon of this phase (the lit share of its disc) to what lights it.

    The lit side is turned to the sun, as it always is. A moon before or behind the sun is lit from above.
    """
    towards_eye = 2.0 * phase - 1.0
    aside = _aside(sun, moon) or _aside((0.0, 0.0, 1.0), moon) or _aside((0.0, 1.0, 0.0), moon)
    assert aside is not None
    share = math.sqrt(max(0.0, 1.0 - towards_eye * towards_eye))
    return _unit(
        (
            share * aside[0] - towards_eye * moon[0],
            share * aside[1] - towards_eye * moon[1],
            share * aside[2] - towards_eye * moon[2],
        )
    )


def _aside(vector: Vec3, axis: Vec3) -> Vec3 | None:
    """The part of a vector across a unit axis, as a unit vector; None where there is none."""
    along = vector[0] * axis[0] + vector[1] * axis[1] + vector[2] * axis[2]
    part = (vector[0] - along * axis[0], vector[1] - along * axis[1], vector[2] - along * axis[2])
    return _unit(part) if math.hypot(*part) > _LEAST else None


def _unit(vector: Vec3) -> Vec3:
    length = math.hypot(*vector)
    return (vector[0] / length, vector[1] / length, vector[2] / length)


def adapted_stops(sky: SkyPlan, share: float) -> float:
    """The stops by which a `share` (0 to 1) of adaptation brightens what is lit by this sky.

    All of it makes level ground under the clear sky as bright as with the sun at 60 degrees.

    It goes on in steps of 1/128 stop, 0.54 % of light, so that pictures of scenes and what walls show of them can be
    kept between two steps. Nobody sees one: a wall's code of 8 bits is 0.9 % of light near white and more below, one of
    10 bits 0.4 % at half the light, and eyes need 0.5 % between fields side by side at office light (Barten's contrast
    sensitivity, as Rep. ITU-R BT.2246 has it). At the demo's pace, an hour a minute, it takes less than one step a
    second by day and by night, and at most 36 while the sun rises or sets. A share that fades goes on evenly.
    """
    if share == 0.0:
        return 0.0
    stops = min(_BY_DAY - math.log2(ground_lux(sky)), MOST_ADAPTED_STOPS)
    return share * round(stops * _STEPS_A_STOP) / _STEPS_A_STOP


class ShotSkies:
    """The skies under which layers were shot; they are kept until the next frame, as place and date seldom change."""

    def __init__(self) -> None:
        self._place = PlaceValues()
        self._skies: list[tuple[Layer, SkyPlan]] = []

    def of(self, worlds: Iterable[World], place: PlaceValues) -> Mapping[str, SkyPlan]:
        """The sky of each layer that follows the hour, by the layer's key: on the place's date, at its own hour.

        What nobody has looked up, a name that is still one, counts as the clear sky.
        """
        following = [layer for world in worlds for layer in world.layers if layer.follows]
        known = self._skies if place == self._place else []
        self._skies = [(layer, _known(known, layer) or _sky(layer, place)) for layer in following]
        self._place = place
        return {layer.key or "": sky for layer, sky in self._skies}


def _known(skies: Iterable[tuple[Layer, SkyPlan]], layer: Layer) -> SkyPlan | None:
    return next((sky for shot, sky in skies if shot is layer), None)


def _sky(layer: Layer, place: PlaceValues) -> SkyPlan:
    shot = shot_values(layer.shot_sky if isinstance(layer.shot_sky, dict) else {}, layer.shot_hour)
    return sky_at(place, shot.hour, shot.sky)
