"""From the values of place, time and sky to the sky that a frame shows. Pure."""

from __future__ import annotations

import math

from render.worlds.sky.plan import EYE_ABOVE_GROUND_M, CloudPlan, FogPlan, SkyPlan
from stage.show.sky.by_hand import hand_direction, lit_by
from stage.values.sky import CloudValues, TimeValues
from stage.values.stage_wide import ShowValues
from tracking.records import Vec3


def sky_plan(values: ShowValues) -> SkyPlan:
    """The sky of a frame with these values."""
    sky, place = values.sky, values.place
    sun = _clock_sun(values.time) if sky.sun.source == "clock" else hand_direction(sky.sun)
    moon = (-sun[0], -sun[1], -sun[2]) if sky.moon.source == "clock" else hand_direction(sky.moon)
    lit = sun if sky.moon.source == "clock" else lit_by(moon, sun, sky.moon.phase)
    return SkyPlan(
        haze=sky.haze,
        ground_albedo=sky.ground_albedo,
        eye_altitude_m=place.altitude_m + EYE_ABOVE_GROUND_M,
        sun=sun,
        moon=moon,
        moon_lit_by=lit,
        moon_stops=sky.moon.exposure_stops,
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


def _clock_sun(time: TimeValues) -> Vec3:
    turn = math.radians((time.hour - 12.0) * 15.0)
    return (math.sin(turn), math.cos(turn) * 0.5, math.cos(turn) * math.sqrt(0.75))
