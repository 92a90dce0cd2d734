"""How much of the day's change of light the exposure takes back, so that a night can be seen on a wall. Pure."""

from __future__ import annotations

import math

from render.worlds.sky.daylight import ground_lux
from render.worlds.sky.plan import SkyPlan

MOST_ADAPTED_STOPS = 32.0
"""No sky is darker than this below the reference."""
_BY_DAY = 16.67


def adapted_stops(sky: SkyPlan, share: float) -> float:
    """The stops by which a `share` (0 to 1) of adaptation brightens what is lit by this sky.

    All of it makes level ground under the clear sky as bright as with the sun at 60 degrees.
    """
    if share == 0.0:
        return 0.0
    return share * min(_BY_DAY - math.log2(ground_lux(sky)), MOST_ADAPTED_STOPS)
