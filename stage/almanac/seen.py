"""What is seen of sun, moon and stars from a place on the earth, without refraction. Pure.

Directions are unit vectors towards east, north and up at the place.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from stage.almanac.instants import Instant
from stage.almanac.moving import EARTH_RADIUS_KM, moon_at, sun_at
from tracking.records import Quat, Vec3
from tracking.rotation import quat_multiply

_POLE_SHARE = 1.0 - 1.0 / 298.257223563
"""How much nearer to the earth's centre the poles are (WGS 84)."""
UPPER_LIMB_SETS_DEG = -0.8333
"""The elevation of the centre of the sun when its upper limb is on the horizon, air included."""


class Place(NamedTuple):
    """A place on the earth: latitude + north, longitude + east, height above the sea."""

    latitude_deg: float
    longitude_deg: float
    altitude_m: float = 0.0


class SunAndMoon(NamedTuple):
    """Where sun and moon are seen, and the direction from the moon to the sun that lights it."""

    sun: Vec3
    moon: Vec3
    moon_lit_by: Vec3


def sun_and_moon(instant: Instant, place: Place) -> SunAndMoon:
    """Sun and moon as they are seen from a place: to 0.02 and 0.1 degrees from 1950 to 2100."""
    axes = _axes(instant, place)
    here = _here(instant, place)
    sun, moon = sun_at(instant), moon_at(instant)
    return SunAndMoon(
        sun=_along(axes, _minus(sun, here)),
        moon=_along(axes, _minus(moon, here)),
        moon_lit_by=_along(axes, _minus(sun, moon)),
    )


def sun_alone(instant: Instant, place: Place) -> Vec3:
    """The sun as it is seen from a place, for less work than both."""
    return _along(_axes(instant, place), _minus(sun_at(instant), _here(instant, place)))


def stars_from_place(instant: Instant, place: Place) -> Quat:
    """Turns a direction at a place to the stars' frame: +Z to the celestial north pole, +X to the equinox of date."""
    turned = 0.5 * (instant.sidereal + math.radians(place.longitude_deg) + 0.5 * math.pi)
    tilted = 0.5 * math.radians(90.0 - place.latitude_deg)
    about_pole = (0.0, 0.0, math.sin(turned), math.cos(turned))
    return quat_multiply(about_pole, (math.sin(tilted), 0.0, 0.0, math.cos(tilted)))


def lit_share(moon: Vec3, lit_by: Vec3) -> float:
    """How much of the moon's disc is lit as it is seen, 0 to 1 (Meeus, chapter 48)."""
    return 0.5 * (1.0 - _dot(moon, lit_by))


def azimuth_elevation_deg(direction: Vec3) -> tuple[float, float]:
    """Compass direction, north 0 and clockwise, and elevation of a unit vector east, north, up."""
    east, north, up = direction
    azimuth = math.degrees(math.atan2(east, north)) % 360.0
    return azimuth if azimuth < 360.0 else 0.0, math.degrees(math.atan2(up, math.hypot(east, north)))


def refracted_deg(elevation_deg: float, altitude_m: float = 0.0) -> float:
    """The elevation at which something is seen through standard air (Sæmundsson, in Meeus, chapter 16).

    What is so far down that its light does not arrive stays where it is.
    """
    if elevation_deg < UPPER_LIMB_SETS_DEG:
        return elevation_deg
    pressure = math.pow(1.0 - 2.25577e-5 * altitude_m, 5.25588)
    bent = 1.02 / math.tan(math.radians(elevation_deg + 10.3 / (elevation_deg + 5.11))) + 0.0019279
    return min(elevation_deg + pressure * bent / 60.0, 90.0)


def _here(instant: Instant, place: Place) -> Vec3:
    """The place from the earth's centre, in earth radii (chapter 11)."""
    latitude = math.radians(place.latitude_deg)
    flattened = math.atan2(_POLE_SHARE * math.sin(latitude), math.cos(latitude))
    height = place.altitude_m / (1000.0 * EARTH_RADIUS_KM)
    level = math.cos(flattened) + height * math.cos(latitude)
    up = _POLE_SHARE * math.sin(flattened) + height * math.sin(latitude)
    turned = instant.sidereal + math.radians(place.longitude_deg)
    return (level * math.cos(turned), level * math.sin(turned), up)


def _axes(instant: Instant, place: Place) -> tuple[Vec3, Vec3, Vec3]:
    """East, north and up at the place, in the frame of the equator."""
    latitude, turned = math.radians(place.latitude_deg), instant.sidereal + math.radians(place.longitude_deg)
    c, s, ct, st = math.cos(latitude), math.sin(latitude), math.cos(turned), math.sin(turned)
    return ((-st, ct, 0.0), (-s * ct, -s * st, c), (c * ct, c * st, s))


def _along(axes: tuple[Vec3, Vec3, Vec3], vector: Vec3) -> Vec3:
    """The unit vector along a vector, by its parts along axes."""
    length = math.hypot(*vector)
    east, north, up = axes
    return (_dot(east, vector) / length, _dot(north, vector) / length, _dot(up, vector) / length)


def _minus(a: Vec3, b: Vec3) -> Vec3:
    return (a[0] - b[0], a[1] - b[1], a[2] - b[2])


def _dot(a: Vec3, b: Vec3) -> float:
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
