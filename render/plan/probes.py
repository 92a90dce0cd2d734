"""Places at which the renderer measures the light of walls and world, in a plan, and their limits. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Literal, get_args

from render.views.limits import Impossible, inside, is_in_reach
from tracking.records import Evolving, Vec3

ProbeLobe = Literal["cosine", "cone", "region"]
"""Weighted by the cosine from its axis over a half-sphere; evenly over a cone; evenly over a part of a wall."""
MOST_PROBES = 1024
_UNIT_WITHIN = 1e-6


class ProbePlan(Evolving):
    """What a cell gathers its light from. `axis` is a unit vector from `place_m` to where it looks.

    `half_angle_deg` is a cone's. A `region` is left, top, right and bottom of a part of `wall`, as shares of its
    raster. With `clipped` only the light counts that the walls cannot show, being brighter than their peak.
    """

    place_m: Vec3
    axis: Vec3
    lobe: ProbeLobe = "cosine"
    half_angle_deg: float = 90.0
    wall: str = ""
    region: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 1.0)
    clipped: bool = False


class ProbesPlan(Evolving):
    """All that is measured in a frame: the light of the picture, also while a wall is black or shows a pattern.

    `brightest` asks for the brightest source of the world too. The light is for the same ones since
    `since_frame`: who asks anew is answered, also where nothing has changed since the same was measured for others.
    """

    probes: tuple[ProbePlan, ...]
    brightest: bool = False
    since_frame: int = 0


def impossible_probes(plan: ProbesPlan, walls: tuple[str, ...]) -> Iterator[Impossible]:
    """What cannot be measured of a plan's probes, on a stage with these walls."""
    if len(plan.probes) > MOST_PROBES:
        yield Impossible("probes", len(plan.probes), f"at most {MOST_PROBES} probes")
    for index, probe in enumerate(plan.probes):
        yield from inside(f"probes[{index}]", _impossible_probe(probe, walls))


def _impossible_probe(probe: ProbePlan, walls: tuple[str, ...]) -> Iterator[Impossible]:
    if not is_in_reach(probe.place_m):
        yield Impossible("place_m", probe.place_m, "a place on the stage")
    if not abs(math.hypot(*probe.axis) - 1.0) <= _UNIT_WITHIN:
        yield Impossible("axis", probe.axis, "a length of 1")
    if probe.lobe not in get_args(ProbeLobe):
        yield Impossible("lobe", probe.lobe, f"one of {get_args(ProbeLobe)}")
    if not 0.0 < probe.half_angle_deg <= 90.0:
        yield Impossible("half_angle_deg", probe.half_angle_deg, "above 0, to 90 deg")
    if probe.lobe == "region" and probe.wall not in walls:
        yield Impossible("wall", probe.wall, f"one of {walls}")
    left, top, right, bottom = probe.region
    if not (0.0 <= left < right <= 1.0 and 0.0 <= top < bottom <= 1.0):
        yield Impossible("region", probe.region, "left before right and top before bottom, 0 to 1")
