"""Where sun and moon are from the earth's centre, by series good to 0.01 degrees from 1950 to 2100. Pure.

Places are in earth radii, in the frame of the true equator and equinox of date: +X to the equinox, +Z to the pole.
Formulae are of Jean Meeus, Astronomical Algorithms, 2nd edition (1998), by chapter.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from stage.almanac.instants import Instant
from tracking.records import Vec3

EARTH_RADIUS_KM = 6378.137
_AU = 149597870.7 / EARTH_RADIUS_KM
_MEAN_DISTANCE_KM = 385000.56
_LONGITUDE = (
    (0, 0, 1, 0, 6288774),
    (2, 0, -1, 0, 1274027),
    (2, 0, 0, 0, 658314),
    (0, 0, 2, 0, 213618),
    (0, 1, 0, 0, -185116),
    (0, 0, 0, 2, -114332),
    (2, 0, -2, 0, 58793),
    (2, -1, -1, 0, 57066),
    (2, 0, 1, 0, 53322),
    (2, -1, 0, 0, 45758),
    (0, 1, -1, 0, -40923),
    (1, 0, 0, 0, -34720),
    (0, 1, 1, 0, -30383),
    (2, 0, 0, -2, 15327),
    (0, 0, 1, 2, -12528),
    (0, 0, 1, -2, 10980),
    (4, 0, -1, 0, 10675),
    (0, 0, 3, 0, 10034),
    (4, 0, -2, 0, 8548),
    (2, 1, -1, 0, -7888),
    (2, 1, 0, 0, -6766),
    (1, 0, -1, 0, -5163),
    (1, 1, 0, 0, 4987),
    (2, -1, 1, 0, 4036),
    (2, 0, 2, 0, 3994),
    (4, 0, 0, 0, 3861),
    (2, 0, -3, 0, 3665),
    (0, 1, -2, 0, -2689),
    (2, 0, -1, 2, -2602),
    (2, -1, -2, 0, 2390),
    (1, 0, 1, 0, -2348),
    (2, -2, 0, 0, 2236),
    (0, 1, 2, 0, -2120),
    (0, 2, 0, 0, -2069),
    (2, -2, -1, 0, 2048),
)
"""Table 47.A to 0.002 degrees: how often elongation, sun's anomaly, moon's anomaly and latitude's argument stand in
the angle, and millionths of a degree of its sine.
"""
_LATITUDE = (
    (0, 0, 0, 1, 5128122),
    (0, 0, 1, 1, 280602),
    (0, 0, 1, -1, 277693),
    (2, 0, 0, -1, 173237),
    (2, 0, -1, 1, 55413),
    (2, 0, -1, -1, 46271),
    (2, 0, 0, 1, 32573),
    (0, 0, 2, 1, 17198),
    (2, 0, 1, -1, 9266),
    (0, 0, 2, -1, 8822),
    (2, -1, 0, -1, 8216),
    (2, 0, -2, -1, 4324),
    (2, 0, 1, 1, 4200),
    (2, 1, 0, -1, -3359),
    (2, -1, -1, 1, 2463),
    (2, -1, 0, 1, 2211),
    (2, -1, -1, -1, 2065),
)
"""Table 47.B to 0.002 degrees, in the same form."""
_DISTANCE = (
    (0, 0, 1, 0, -20905355),
    (2, 0, -1, 0, -3699111),
    (2, 0, 0, 0, -2955968),
    (0, 0, 2, 0, -569925),
    (2, 0, -2, 0, 246158),
    (2, -1, 0, 0, -204586),
    (2, 0, 1, 0, -170733),
    (2, -1, -1, 0, -152138),
    (0, 1, -1, 0, -129620),
    (1, 0, 0, 0, 108743),
    (0, 1, 1, 0, 104755),
)
"""Table 47.A's distance to 100 km, in the same form: metres of the cosine."""


def sun_at(instant: Instant) -> Vec3:
    """Where the sun is seen from the earth's centre, aberration included (chapter 25)."""
    t = instant.centuries
    anomaly = math.radians(357.52911 + 35999.05029 * t - 0.0001537 * t * t)
    centre = (
        (1.914602 - 0.004817 * t - 0.000014 * t * t) * math.sin(anomaly)
        + (0.019993 - 0.000101 * t) * math.sin(2.0 * anomaly)
        + 0.000289 * math.sin(3.0 * anomaly)
    )
    longitude = math.radians(280.46646 + 36000.76983 * t + 0.0003032 * t * t + centre)
    eccentricity = 0.016708634 - 0.000042037 * t - 0.0000001267 * t * t
    distance = 1.000001018 * (1.0 - eccentricity**2) / (1.0 + eccentricity * math.cos(anomaly + math.radians(centre)))
    aberration = math.radians(20.4898 / 3600.0) / distance
    return _equatorial(longitude - aberration + instant.nutation, 0.0, distance * _AU, instant.obliquity)


def moon_at(instant: Instant) -> Vec3:
    """Where the moon is from the earth's centre (chapter 47)."""
    t = instant.centuries
    mean = math.radians(218.3164477 + 481267.88123421 * t - 0.0015786 * t * t + t**3 / 538841.0)
    angles = (
        math.radians(297.8501921 + 445267.1114034 * t - 0.0018819 * t * t + t**3 / 545868.0),
        math.radians(357.5291092 + 35999.0502909 * t - 0.0001536 * t * t),
        math.radians(134.9633964 + 477198.8675055 * t + 0.0087414 * t * t + t**3 / 69699.0),
        math.radians(93.2720950 + 483202.0175233 * t - 0.0036539 * t * t),
    )
    venus, jupiter = math.radians(119.75 + 131.849 * t), math.radians(53.09 + 479264.290 * t)
    shrinks = 1.0 - 0.002516 * t - 0.0000074 * t * t
    longitude = _sum(_LONGITUDE, angles, shrinks, math.sin) + (
        3958.0 * math.sin(venus) + 1962.0 * math.sin(mean - angles[3]) + 318.0 * math.sin(jupiter)
    )
    latitude = _sum(_LATITUDE, angles, shrinks, math.sin) - 2235.0 * math.sin(mean)
    distance_km = _MEAN_DISTANCE_KM + _sum(_DISTANCE, angles, shrinks, math.cos) / 1000.0
    return _equatorial(
        mean + math.radians(longitude * 1e-6) + instant.nutation,
        math.radians(latitude * 1e-6),
        distance_km / EARTH_RADIUS_KM,
        instant.obliquity,
    )


def _sum(
    terms: tuple[tuple[int, int, int, int, int], ...],
    angles: tuple[float, float, float, float],
    shrinks: float,
    wave: Callable[[float], float],
) -> float:
    """A periodic series. Terms with the sun's anomaly shrink with the eccentricity of the earth's orbit."""
    a, b, c, d = angles
    by_anomaly = (1.0, shrinks, shrinks * shrinks)
    total = 0.0
    for i, j, k, m, size in terms:
        total += size * by_anomaly[abs(j)] * wave(i * a + j * b + k * c + m * d)
    return total


def _equatorial(longitude: float, latitude: float, distance: float, obliquity: float) -> Vec3:
    """The place that ecliptic angles in radians and a distance name, in the frame of the equator."""
    level = distance * math.cos(latitude)
    x, y, z = level * math.cos(longitude), level * math.sin(longitude), distance * math.sin(latitude)
    c, s = math.cos(obliquity), math.sin(obliquity)
    return (x, c * y - s * z, s * y + c * z)
