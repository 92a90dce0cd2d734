"""How much of the day's change of light the exposure takes back, so that a night can be seen on a wall. Pure."""

from __future__ import annotations

import math

from render.worlds.sky.moonlight import moonlight
from render.worlds.sky.plan import SkyPlan
from tracking.records import Vec3

MOST_ADAPTED_STOPS = 32.0
"""No sky is darker than this below the reference."""
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
_BY_DAY = 16.67
_STARS_LUX = 2e-4
"""Of a sky without a moon."""


def adapted_stops(sky: SkyPlan, share: float) -> float:
    """The stops by which a `share` (0 to 1) of adaptation brightens a world under this sky.

    All of it makes level ground under the clear sky as bright as with the sun at 60 degrees.
    """
    if share == 0.0:
        return 0.0
    lux = math.exp2(_stops_under(sky.sun)) + _moonlight(sky) + math.exp2(sky.stars_stops) * _STARS_LUX
    return share * min(_BY_DAY - math.log2(lux), MOST_ADAPTED_STOPS)


def _moonlight(sky: SkyPlan) -> float:
    """Illuminance by the moon, which is a weaker sun."""
    strength = moonlight(sky.moon, sky.moon_lit_by, sky.moon_stops).illuminance
    return strength * math.exp2(_stops_under(sky.moon))


def _stops_under(light: Vec3) -> float:
    """Stops above 1 lux under a sun in this direction."""
    elevation = math.degrees(math.atan2(light[2], math.hypot(light[0], light[1])))
    before = _LUX_STOPS[0]
    for after in _LUX_STOPS:
        if elevation < after[0]:
            share = max(0.0, (elevation - before[0]) / (after[0] - before[0]) if after is not before else 0.0)
            return before[1] + (after[1] - before[1]) * share
        before = after
    return before[1]
