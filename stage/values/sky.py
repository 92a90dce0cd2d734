"""The values of place, time and sky: declared once. Pure."""

from __future__ import annotations

from typing import Annotated, Literal

from render.worlds.sky.plan import (
    CLOUD_HEIGHTS_M,
    FARTHEST_DRIFT_M,
    HIGHEST_FOG_M,
    HIGHEST_PLACE_M,
    MOST_FOG_PER_KM,
    MOST_STOPS,
)
from tracking.settable import Values, choice, date, number, switch

Source = Literal["clock", "manual"]
SkyAzimuth = Annotated[
    float,
    number(
        -360.0,
        360.0,
        "deg",
        "By hand: azimuth as seen from the stage, + to the left; 0 is +Y, where the world is not turned.",
        look="sky",
        fade="circular",
    ),
]
SkyElevation = Annotated[float, number(-90.0, 90.0, "deg", "By hand: elevation, + up; below 0 it is down.", look="sky")]


class PlaceValues(Values):
    """Where and on which day of the year the stage's sky is. No look holds it: looks are alike everywhere."""

    latitude_deg: Annotated[
        float, number(-90.0, 90.0, "deg", "Latitude, + north.", role="director", guarded=False, fade=None)
    ] = 50.0
    longitude_deg: Annotated[
        float, number(-180.0, 180.0, "deg", "Longitude, + east.", role="director", guarded=False, fade=None)
    ] = 0.0
    utc_offset_h: Annotated[
        float,
        number(
            -12.0,
            14.0,
            "h",
            "How far the clocks there are ahead of UTC, summer time included.",
            role="director",
            guarded=False,
            fade=None,
        ),
    ] = 0.0
    altitude_m: Annotated[
        float,
        number(0.0, HIGHEST_PLACE_M, "m", "Height of the ground there above the sea.", role="director", guarded=False),
    ] = 0.0
    front_azimuth_deg: Annotated[
        float,
        number(
            -360.0,
            360.0,
            "deg",
            "Compass direction of the front wall, the stage's +Y: 0 north, 90 east.",
            role="director",
            guarded=False,
            fade="circular",
        ),
    ] = 180.0
    date: Annotated[
        str,
        date("The date there, year-month-day from 1950 to 2100; the hour that passes midnight carries it on or back."),
    ] = "2026-03-20"


class TimeValues(Values):
    """The time of day in the world."""

    hour: Annotated[
        float,
        number(
            0.0, 24.0, "h", "What the clock on the wall says at the place; 24 is kept as 0.", look="time", fade="clock"
        ),
    ] = 12.0
    running: Annotated[bool, switch("Lets the time of day run; off, it stands still.")] = False
    speed: Annotated[float, number(0.0, 3600.0, "x", "How fast the time of day runs; 1 is real time.", look="time")] = (
        1.0
    )


class SunValues(Values):
    """Where the sun is."""

    source: Annotated[
        Source,
        choice("Where the sun is: where clock, date and place have it, or by hand.", role="director", look="sky"),
    ] = "clock"
    azimuth_deg: SkyAzimuth = 0.0
    elevation_deg: SkyElevation = 30.0


class MoonValues(Values):
    """Where the moon is, and how it shines."""

    source: Annotated[
        Source,
        choice("Where the moon is: where clock, date and place have it, or by hand.", role="director", look="sky"),
    ] = "clock"
    azimuth_deg: SkyAzimuth = 60.0
    elevation_deg: SkyElevation = 30.0
    phase: Annotated[
        float, number(0.0, 1.0, "", "By hand: how much of its disc is lit, 0 new, 0.5 half, 1 full.", look="sky")
    ] = 1.0
    exposure_stops: Annotated[
        float,
        number(
            -MOST_STOPS, MOST_STOPS, "stops", "Moonlight; 0 is as bright as the real one.", look="sky", fade="stops"
        ),
    ] = 0.0


class StarsValues(Values):
    """How the stars shine."""

    exposure_stops: Annotated[
        float,
        number(-MOST_STOPS, MOST_STOPS, "stops", "The stars; 0 is as bright as real ones.", look="sky", fade="stops"),
    ] = 0.0


class CloudValues(Values):
    """One layer of clouds, and the wind that moves it."""

    coverage: Annotated[float, number(0.0, 1.0, "", "How much of the sky clouds cover.", look="sky")] = 0.0
    height_m: Annotated[
        float, number(*CLOUD_HEIGHTS_M, "m", "How high above the ground the clouds are.", look="sky")
    ] = 1500.0
    softness: Annotated[
        float, number(0.0, 1.0, "", "Their edges: 0 torn and hard, 1 soft like a veil.", look="sky")
    ] = 0.5
    drift_m: Annotated[
        float,
        number(-FARTHEST_DRIFT_M, FARTHEST_DRIFT_M, "m", "How far they have drifted; the wind moves it.", look="sky"),
    ] = 0.0
    wind_m_s: Annotated[
        float,
        number(-1000.0, 1000.0, "m/s", "How fast the wind moves them on show time; at 0 they stand.", look="sky"),
    ] = 0.0
    wind_azimuth_deg: Annotated[
        float,
        number(
            -360.0,
            360.0,
            "deg",
            "Where they drift to, as seen from the stage: + to the left, 0 is +Y. Turns all of their way.",
            look="sky",
            fade="circular",
        ),
    ] = 90.0


class FogValues(Values):
    """Fog that lies on the ground."""

    density_per_km: Annotated[
        float,
        number(0.0, MOST_FOG_PER_KM, "1/km", "Fog at the ground; one sees about 4 km divided by it.", look="sky"),
    ] = 0.0
    height_m: Annotated[
        float, number(1.0, HIGHEST_FOG_M, "m", "The height at which a third of the fog is left.", look="sky")
    ] = 100.0


class SkyValues(Values):
    """The sky: its air, its lights, its clouds and its fog."""

    haze: Annotated[
        float, number(0.0, 1.0, "", "Haze in the air: 0 a clear day's, 1 as dense as it gets.", look="sky")
    ] = 0.0
    ground_albedo: Annotated[
        float, number(0.0, 1.0, "", "How much light the ground far away gives back to the sky.", look="sky")
    ] = 0.3
    sun: SunValues = SunValues()
    moon: MoonValues = MoonValues()
    stars: StarsValues = StarsValues()
    clouds: CloudValues = CloudValues()
    fog: FogValues = FogValues()
