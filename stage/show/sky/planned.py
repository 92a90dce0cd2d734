"""From the values of place, time and sky to the sky that a frame shows. Pure."""

from __future__ import annotations

import math

from render.worlds.sky.plan import EYE_ABOVE_GROUND_M, CloudPlan, FogPlan, SkyPlan
from stage.almanac.calendar import day_of
from stage.almanac.instants import instant_at
from stage.almanac.seen import Place, stars_from_place, sun_and_moon
from stage.show.sky.by_hand import hand_direction, lit_by
from stage.values.sky import CloudValues, PlaceValues, SkyValues
from stage.values.stage_wide import ShowValues
from tracking.records import Vec3
from tracking.rotation import quat_multiply


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
