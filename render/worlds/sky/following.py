"""How a layer that light is baked into follows the hour: by the sky of now over that which it was shot under. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from render.views.limits import Impossible, inside
from render.worlds.sky.plan import SkyPlan, impossible_sky
from tracking.records import Evolving

DARKEST_STOPS, BRIGHTEST_STOPS = -10.0, 4.0
"""How far a layer that follows is darkened or brightened, each of red, green and blue."""

_MOST_ADAPTED_STOPS = 32.0


class FollowPlan(Evolving, omit_defaults=True):
    """The sky of this frame, and the sky under which a layer's picture was shot.

    Its light is multiplied by what level ground gets from the first over what it got from the second, as RGB; that is
    `adapted_stops` brighter, as the live sky is.
    """

    now: SkyPlan = SkyPlan()
    shot: SkyPlan = SkyPlan()
    adapted_stops: float = 0.0


def impossible_following(plan: FollowPlan) -> Iterator[Impossible]:
    """What cannot be drawn of it."""
    if not abs(plan.adapted_stops) <= _MOST_ADAPTED_STOPS:
        most = f"{_MOST_ADAPTED_STOPS:g}"
        yield Impossible("adapted_stops", plan.adapted_stops, f"-{most} to {most} stops")
    yield from inside("now", impossible_sky(plan.now))
    yield from inside("shot", impossible_sky(plan.shot))
