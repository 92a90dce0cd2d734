"""A moment: universal and terrestrial time, and how the earth stands in it. Pure.

Formulae are of Jean Meeus, Astronomical Algorithms, 2nd edition (1998), by chapter.
"""

from __future__ import annotations

import math
from typing import NamedTuple

DAYS_A_CENTURY = 36525.0
SECONDS_A_DAY = 86400.0
_NOON = 0.5
_DAYS_A_YEAR = 365.25
_DELTA_T_S = (
    (1950, 29.1),
    (1960, 33.2),
    (1965, 35.7),
    (1970, 40.2),
    (1975, 45.5),
    (1980, 50.5),
    (1985, 54.3),
    (1990, 56.9),
    (1995, 60.8),
    (2000, 63.8),
    (2005, 64.7),
    (2010, 66.1),
    (2015, 67.6),
    (2020, 69.4),
    (2025, 69.1),
    (2050, 77.0),
    (2101, 110.0),
)
"""Terrestrial minus universal time at the first of a year: as observed (IERS), and after 2025 about as predicted by
Stephenson, Morrison and Hohenkerk (2016). A minute of error in it moves the moon by 0.01 degrees, the sun by nothing.
"""


class Instant(NamedTuple):
    """A moment. `centuries` are of terrestrial time since 2000-01-01 12:00, angles are in radians.

    `sidereal` is the apparent sidereal time at Greenwich, `obliquity` the true one, `nutation` that in longitude.
    """

    centuries: float
    sidereal: float
    obliquity: float
    nutation: float


def instant_at(day: int, hour_utc: float) -> Instant:
    """The moment at an hour of UTC on a day, which is counted from 2000-01-01; the hour may be beyond that day.

    UTC stands for UT1, from which it never differs by a second: that turns the sky by 0.004 degrees.
    """
    days = day + hour_utc / 24.0 - _NOON
    centuries = (days + delta_t_s(days) / SECONDS_A_DAY) / DAYS_A_CENTURY
    nutation, obliquity = _nutation(centuries)
    turned = 280.46061837 + 360.98564736629 * days + 0.000387933 * (days / DAYS_A_CENTURY) ** 2
    sidereal = math.radians(turned % 360.0) + nutation * math.cos(obliquity)
    return Instant(centuries, sidereal, obliquity, nutation)


def delta_t_s(days: float) -> float:
    """Terrestrial minus universal time in seconds, so many days after 2000-01-01 12:00, from 1950 to 2100."""
    year = 2000.0 + days / _DAYS_A_YEAR
    before = _DELTA_T_S[0]
    for after in _DELTA_T_S[1:]:
        if year < after[0]:
            break
        before = after
    else:
        return before[1]
    share = max(0.0, (year - before[0]) / (after[0] - before[0]))
    return before[1] + (after[1] - before[1]) * share


def _nutation(t: float) -> tuple[float, float]:
    """Nutation in longitude and true obliquity, in radians (chapter 22, to half an arc second)."""
    node = math.radians(125.04452 - 1934.136261 * t)
    sun = math.radians(280.4665 + 36000.7698 * t)
    moon = math.radians(218.3165 + 481267.8813 * t)
    longitude = (
        -17.20 * math.sin(node) - 1.32 * math.sin(2 * sun) - 0.23 * math.sin(2 * moon) + 0.21 * math.sin(2 * node)
    )
    tilt = 9.20 * math.cos(node) + 0.57 * math.cos(2 * sun) + 0.10 * math.cos(2 * moon) - 0.09 * math.cos(2 * node)
    mean = 23.4392911 - 0.0130042 * t - 1.64e-7 * t * t + 5.04e-7 * t**3
    return math.radians(longitude / 3600.0), math.radians(mean + tilt / 3600.0)
