"""A crowd of a 3D scene: many figures of one model, in a configuration and in a plan. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import msgspec

from render.views.limits import Impossible
from render.worlds.shared.model_values import FARTHEST_M
from render.worlds.shared.records import BrokenRule
from tracking.records import Evolving

MOST_FIGURES = 10_000
_LEAST_AREA_M2 = 1e-3
_Place = Annotated[float, msgspec.Meta(ge=-FARTHEST_M, le=FARTHEST_M)]
Area = Annotated[tuple[tuple[_Place, _Place], ...], msgspec.Meta(min_length=3, max_length=64)]
"""Corners of a polygon on the scene's ground, in metres to the right and ahead."""


class CrowdPlan(Evolving):
    """`count` figures in an area, chosen by a seed: the same seed gives the same crowd on every machine.

    With `walks` they go along `flow_deg` and back, at about `speed_m_s`; 0 is away from who looks at the front wall,
    + to the left. Else they stand and look that way, up to `turn_deg` off it. Sizes and tints differ by these shares.
    """

    count: Annotated[int, msgspec.Meta(ge=0, le=MOST_FIGURES)]
    area_m: Area
    seed: Annotated[int, msgspec.Meta(ge=0, lt=2**31)] = 1
    walks: bool = True
    flow_deg: Annotated[float, msgspec.Meta(ge=-360.0, le=360.0)] = 0.0
    speed_m_s: Annotated[float, msgspec.Meta(gt=0.0, le=10.0)] = 1.3
    turn_deg: Annotated[float, msgspec.Meta(ge=0.0, le=180.0)] = 25.0
    size_spread: Annotated[float, msgspec.Meta(ge=0.0, le=0.5)] = 0.08
    tint_spread: Annotated[float, msgspec.Meta(ge=0.0, le=1.0)] = 0.6
    floor_m: Annotated[float, msgspec.Meta(ge=-1000.0, le=1000.0)] = 0.0

    def impossible(self) -> Iterator[Impossible]:
        """What cannot be drawn of it."""
        if abs(doubled_area(self.area_m)) < _LEAST_AREA_M2:
            yield Impossible("area_m", self.area_m, "a polygon with an area")


class CrowdKeys(CrowdPlan, forbid_unknown_fields=True):
    """The table `crowd` of a layer that is a scene."""

    def broken_rules(self) -> Iterator[BrokenRule]:
        """What is wrong with it."""
        if abs(doubled_area(self.area_m)) < _LEAST_AREA_M2:
            yield BrokenRule(key="crowd.area_m", code="crowd_lacks_area")

    def plan(self) -> CrowdPlan:
        """The same in a plan."""
        return CrowdPlan(**{name: getattr(self, name) for name in CrowdPlan.__struct_fields__})


def doubled_area(area_m: Area) -> float:
    """Twice the area of a polygon, + counter-clockwise."""
    following = (*area_m[1:], area_m[0])
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(area_m, following, strict=True))
