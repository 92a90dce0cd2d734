"""Places at which the renderer measures the light of walls and world, in a plan, and their limits. Pure."""

from __future__ import annotations

from typing import Literal

from tracking.records import Evolving, Vec3

ProbeLobe = Literal["cosine", "cone", "region"]
"""Weighted by the cosine from its axis over a half-sphere; evenly over a cone; evenly over a part of a wall."""
MOST_PROBES = 1024


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
    """All that is measured in a frame. They hold their last light while a wall is black or shows a pattern."""

    probes: tuple[ProbePlan, ...]
    brightest: bool = False
