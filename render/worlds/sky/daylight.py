"""About how much light there is by day and by night, for what needs it without the GPU. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable

from render.worlds.sky.air import SUN_LUX, transmittance
from render.worlds.sky.moonlight import moonlight
from render.worlds.sky.plan import EYE_ABOVE_GROUND_M, SkyPlan
from tracking.records import Vec3

_LUX_STOPS = (
    (-25.0, -25.8),
    (-20.0, -17.8),
    (-16.0, -13.2),
    (-14.0, -10.8),
    (-12.0, -7.60),
    (-10.0, -4.28),
    (-9.0, -2.57),
    (-8.0, -0.83),
    (-7.0, 0.94),
    (-6.0, 2.68),
    (-5.0, 4.34),
    (-4.0, 5.87),
    (-3.0, 7.22),
    (-2.0, 8.36),
    (-1.0, 9.28),
    (0.0, 10.00),
    (1.0, 10.69),
    (2.0, 11.30),
    (3.0, 11.83),
    (5.0, 12.66),
    (7.0, 13.27),
    (10.0, 13.93),
    (15.0, 14.65),
    (20.0, 15.14),
    (30.0, 15.78),
    (45.0, 16.35),
    (60.0, 16.67),
    (90.0, 16.89),
)
"""Elevation of the sun, and the illuminance of level ground under the clear sky that is drawn, in stops above 1 lux: by
quadrature of the model over the hemisphere.
"""
_STARS_LUX = 2e-4
"""Of a sky without a moon."""
_LUMINANCE = (0.2126, 0.7152, 0.0722)
"""Of linear Rec.709."""


def ground_lux(sky: SkyPlan) -> float:
    """The illuminance of level ground by sun, moon and stars, as if this sky were clear and without haze."""
    return _lux(sky, lambda elevation: math.exp2(_stops_under(elevation)))


def sky_lux(sky: SkyPlan) -> float:
    """The same by all but the discs of sun and moon."""
    return _lux(sky, _around)


def star_lux(sky: SkyPlan) -> float:
    """The illuminance of level ground by stars."""
    return math.exp2(sky.stars_stops) * _STARS_LUX


def sun_over_sky(sun_deg: float) -> float:
    """The light of a sun at this elevation, above 0, on what faces it, over that of its clear sky on level ground."""
    return _sun_lux(sun_deg) / _around(sun_deg)


def elevation_deg(direction: Vec3) -> float:
    """How high a direction is."""
    return math.degrees(math.atan2(direction[2], math.hypot(direction[0], direction[1])))


def _lux(sky: SkyPlan, under: Callable[[float], float]) -> float:
    """Of sun, moon and stars, where a sun at an elevation gives so much."""
    strength = moonlight(sky.moon, sky.moon_lit_by, sky.moon_stops).illuminance
    return under(elevation_deg(sky.sun)) + strength * under(elevation_deg(sky.moon)) + star_lux(sky)


def _sun_lux(sun_deg: float) -> float:
    """The illuminance of what faces a sun at this elevation."""
    passing = transmittance(0.0, EYE_ABOVE_GROUND_M, math.sin(math.radians(sun_deg)))
    return SUN_LUX * sum(weight * part for weight, part in zip(_LUMINANCE, passing, strict=True))


def _around(sun_deg: float) -> float:
    """The illuminance of level ground by all of the sky but the sun, which is at this elevation."""
    rise = math.sin(math.radians(sun_deg))
    return max(math.exp2(_stops_under(sun_deg)) - (rise * _sun_lux(sun_deg) if rise > 0.0 else 0.0), 1e-9)


def _stops_under(sun_deg: float) -> float:
    """Stops above 1 lux under a sun at this elevation."""
    before = _LUX_STOPS[0]
    for after in _LUX_STOPS:
        if sun_deg < after[0]:
            share = max(0.0, (sun_deg - before[0]) / (after[0] - before[0]) if after is not before else 0.0)
            return before[1] + (after[1] - before[1]) * share
        before = after
    return before[1]
