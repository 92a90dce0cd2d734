"""How a layer that light is baked into follows the hour: by the sky of now over that which it was shot under. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator

from render.views.limits import Impossible, inside
from render.worlds.sky.plan import SkyPlan, impossible_sky
from tracking.records import Evolving

DARKEST_STOPS, BRIGHTEST_STOPS = -10.0, 4.0
"""How far a layer that follows is darkened or brightened, each of red, green and blue. An exposure that takes back the
fall of night adds as much to the first: else the layer would shine where its sky does not.
"""
MOST_ADAPTED_STOPS = 32.0
"""No sky is darker than this below a bright day."""
STARLIGHT_LUX = 1e-3
"""What level ground gets besides sun and moon: of stars, and of the air's own glow. So no light is divided by none."""


class FollowPlan(Evolving, omit_defaults=True):
    """The sky of this frame, and the sky under which a layer's picture was shot.

    Its light is multiplied by what level ground gets from the first over what it got from the second, as RGB.
    `adapted_stops` of that are taken back by the exposure of its world.
    """

    now: SkyPlan = SkyPlan()
    shot: SkyPlan = SkyPlan()
    adapted_stops: float = 0.0

    def limits(self) -> tuple[float, float]:
        """The least and the most that its light is multiplied by."""
        return math.exp2(DARKEST_STOPS - max(0.0, self.adapted_stops)), math.exp2(BRIGHTEST_STOPS)


def impossible_following(plan: FollowPlan) -> Iterator[Impossible]:
    """What cannot be drawn of it."""
    yield from inside("now", impossible_sky(plan.now))
    yield from inside("shot", impossible_sky(plan.shot))
    if not abs(plan.adapted_stops) <= MOST_ADAPTED_STOPS:
        yield Impossible("adapted_stops", plan.adapted_stops, f"at most {MOST_ADAPTED_STOPS:g} stops")
