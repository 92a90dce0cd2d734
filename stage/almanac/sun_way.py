"""The sun's way over a day, as the clock at a place counts it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from stage.almanac.instants import instant_at
from stage.almanac.seen import UPPER_LIMB_SETS_DEG, Place, azimuth_elevation_deg, sun_alone

POINTS_AN_HOUR = 6


class SunPoint(NamedTuple):
    """Where the sun is at an hour of the clock: compass azimuth (north 0, clockwise) and airless elevation."""

    hour: float
    azimuth_deg: float
    elevation_deg: float


class SunDay(NamedTuple):
    """The sun's way from one midnight of the clock to the next, and when its upper limb rises and sets.

    Either is None on a day on which it does not.
    """

    points: tuple[SunPoint, ...]
    rises_h: float | None
    sets_h: float | None


def sun_day(day: int, place: Place, utc_offset_h: float) -> SunDay:
    """The sun's way over `day` (days since 2000-01-01, as `day_of` counts) by a clock so far ahead of UTC."""
    points = tuple(
        SunPoint(hour, *azimuth_elevation_deg(sun_alone(instant_at(day, hour - utc_offset_h), place)))
        for hour in (index / POINTS_AN_HOUR for index in range(24 * POINTS_AN_HOUR + 1))
    )
    return SunDay(points, _passing(points, upwards=True), _passing(points, upwards=False))


def _passing(points: Sequence[SunPoint], *, upwards: bool) -> float | None:
    """When the sun passes the horizon upwards or downwards, between two points by a straight line."""
    for before, after in pairwise(points):
        low, high = before.elevation_deg - UPPER_LIMB_SETS_DEG, after.elevation_deg - UPPER_LIMB_SETS_DEG
        if (low < 0.0 <= high) if upwards else (high < 0.0 <= low):
            return before.hour + (after.hour - before.hour) * low / (low - high)
    return None
