"""The sky of one frame as plain values: all that drawing needs of air, sun, moon, stars, clouds and fog. Pure.

A layer that light is baked into follows the hour by the sky of now over that which it was shot under.

Directions are unit vectors in the stage frame where the world is not turned: +Y into the front wall, X right, Z up.
They say where something is seen without refraction.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from render.views.limits import Impossible, inside
from tracking.records import Evolving, Quat, Vec3

EYE_ABOVE_GROUND_M = 1.5
"""How high above the ground at the stage's place the sky is seen from."""
HIGHEST_PLACE_M = 9000.0
MOST_STOPS = 12.0
MOST_FOG_PER_KM = 100.0
CLOUD_HEIGHTS_M = (200.0, 12_000.0)
FARTHEST_DRIFT_M = 1e9
HIGHEST_FOG_M = 5000.0
_UNIT_WITHIN = 1e-6
_NOON: Vec3 = (0.0, 0.5, math.sqrt(0.75))
_DOWN: Vec3 = (0.0, 0.0, -1.0)
DARKEST_STOPS, BRIGHTEST_STOPS = -10.0, 4.0
"""How far a layer that follows is darkened or brightened, each of red, green and blue."""
_MOST_ADAPTED_STOPS = 32.0


class CloudPlan(Evolving, omit_defaults=True):
    """One layer of clouds: the share of the sky that it covers, where it is, and how soft its edges are, 0 to 1.

    `drift_m` is how far it has come from where it was seeded: to the right of the stage, and towards the front wall.
    """

    coverage: float = 0.0
    height_m: float = 1500.0
    softness: float = 0.5
    drift_m: tuple[float, float] = (0.0, 0.0)


class FogPlan(Evolving, omit_defaults=True):
    """Fog that thins with height: its extinction at the ground, and the height at which 1/e of that is left."""

    density_per_km: float = 0.0
    height_m: float = 100.0


class SkyPlan(Evolving, omit_defaults=True):
    """The sky of one frame.

    `haze` is 0 for the model's standard air, `eye_altitude_m` above sea level. `moon_lit_by` is the direction from the
    moon to what lights it; its phase follows from that. `moon_stops` and `stars_stops` are how much brighter than real
    ones they are. `stars_from_stage` turns a direction of the stage to the stars' own frame: +Z to the celestial north
    pole, +X to the equinox of the date. Only where light is asked for by direction may the sun be without its disc.
    """

    haze: float = 0.0
    ground_albedo: float = 0.3
    eye_altitude_m: float = EYE_ABOVE_GROUND_M
    sun: Vec3 = _NOON
    moon: Vec3 = _DOWN
    moon_lit_by: Vec3 = _NOON
    moon_stops: float = 0.0
    stars_from_stage: Quat = (0.0, 0.0, 0.0, 1.0)
    stars_stops: float = 0.0
    clouds: CloudPlan = CloudPlan()
    fog: FogPlan = FogPlan()
    sun_disc: bool = True


def impossible_sky(sky: SkyPlan) -> Iterator[Impossible]:
    """What cannot be drawn of a sky."""
    top_m = HIGHEST_PLACE_M + EYE_ABOVE_GROUND_M
    yield from _beyond(sky, "haze", 0.0, 1.0)
    yield from _beyond(sky, "ground_albedo", 0.0, 1.0)
    yield from _beyond(sky, "eye_altitude_m", 0.0, top_m, "m")
    for name in ("moon_stops", "stars_stops"):
        yield from _beyond(sky, name, -MOST_STOPS, MOST_STOPS, "stops")
    for name in ("sun", "moon", "moon_lit_by", "stars_from_stage"):
        found = getattr(sky, name)
        if not abs(math.hypot(*found) - 1.0) <= _UNIT_WITHIN:
            yield Impossible(name, found, "a length of 1")
    yield from inside("clouds", _impossible_clouds(sky.clouds))
    yield from inside("fog", _beyond(sky.fog, "density_per_km", 0.0, MOST_FOG_PER_KM, "1/km"))
    yield from inside("fog", _beyond(sky.fog, "height_m", 1.0, HIGHEST_FOG_M, "m"))


def _impossible_clouds(clouds: CloudPlan) -> Iterator[Impossible]:
    yield from _beyond(clouds, "coverage", 0.0, 1.0)
    yield from _beyond(clouds, "height_m", *CLOUD_HEIGHTS_M, "m")
    yield from _beyond(clouds, "softness", 0.0, 1.0)
    if not all(abs(part) <= FARTHEST_DRIFT_M for part in clouds.drift_m):
        yield Impossible("drift_m", clouds.drift_m, f"-{FARTHEST_DRIFT_M:g} to {FARTHEST_DRIFT_M:g} m")


def _beyond(record: Any, name: str, low: float, high: float, unit: str = "") -> Iterator[Impossible]:
    """A number of a record that is outside its range; what is not a number is too."""
    found = getattr(record, name)
    if not low <= found <= high:
        yield Impossible(name, found, f"{low:g} to {high:g} {unit}".rstrip())


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
