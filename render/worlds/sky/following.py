"""How a layer that light is baked into follows the hour: by the sky of now over that which it was shot under. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from render.views.limits import Impossible, inside
from render.worlds.sky.plan import SkyPlan, impossible_sky
from tracking.records import Evolving

DARKEST_STOPS, BRIGHTEST_STOPS = -10.0, 4.0
"""How far a layer that follows is darkened or brightened, each of red, green and blue."""
STARLIGHT_LUX = 1e-3
"""What level ground gets besides sun and moon: of stars, and of the air's own glow. So no light is divided by none."""


class FollowPlan(Evolving, omit_defaults=True):
    """The sky of this frame, and the sky under which a layer's picture was shot.

    Its light is multiplied by what level ground gets from the first over what it got from the second, as RGB.
    """

    now: SkyPlan = SkyPlan()
    shot: SkyPlan = SkyPlan()


def impossible_following(plan: FollowPlan) -> Iterator[Impossible]:
    """What cannot be drawn of it."""
    yield from inside("now", impossible_sky(plan.now))
    yield from inside("shot", impossible_sky(plan.shot))
