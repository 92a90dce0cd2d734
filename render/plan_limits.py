"""Refuses plans that cannot be drawn: a plan may come from a file that someone wrote."""

from __future__ import annotations

import math

from render.plan import FramePlan, InnerPlan, Tangents
from tracking.records import ConfigError, Vec3

_FARTHEST_M = 1e6
_MOST_PIXELS = 1 << 26
_STOPS = 32.0
_HOTTEST_K = 1e6


def refuse_impossible(plan: FramePlan, largest_px: int) -> None:
    """Raises ConfigError with the plan's frame and field for sizes, edges, places or indices that cannot be drawn.

    `largest_px` is the longest side that the driver's textures may have. What `Show.step` plans always passes.
    """
    if not 1 <= plan.outer.face_px <= largest_px:
        raise _impossible(plan, "outer.face_px", plan.outer.face_px, f"1 to {largest_px} pixels")
    if not _in_reach(plan.outer.eye_m):
        raise _impossible(plan, "outer.eye_m", plan.outer.eye_m, "a place on the stage")
    if not 0.0 <= plan.world.radius_m <= _FARTHEST_M:
        raise _impossible(plan, "world.radius_m", plan.world.radius_m, f"0 to {_FARTHEST_M:.0f} m")
    grade = plan.grade
    if not (abs(grade.exposure_stops) <= _STOPS and abs(grade.tint) <= 1.0 and 0.0 < grade.temperature_k <= _HOTTEST_K):
        raise _impossible(
            plan, "grade", grade, f"{_STOPS:.0f} stops either way, up to {_HOTTEST_K:.0f} K, tint -1 to 1"
        )
    for index, inner in enumerate(plan.inners):
        _refuse_inner(plan, index, inner, largest_px)
    for wall in plan.walls:
        if not all(0 <= index < len(plan.inners) for index in wall.inners):
            raise _impossible(plan, f"walls.{wall.name}.inners", wall.inners, f"indices below {len(plan.inners)}")


def _refuse_inner(plan: FramePlan, index: int, inner: InnerPlan, largest_px: int) -> None:
    where = f"inners[{index}]"
    width, height = inner.size_px
    if not (1 <= width <= largest_px and 1 <= height <= largest_px and width * height <= _MOST_PIXELS):
        raise _impossible(
            plan, f"{where}.size_px", inner.size_px, f"1 to {largest_px} pixels a side, {_MOST_PIXELS} in all"
        )
    if not _in_reach(inner.eye_m):
        raise _impossible(plan, f"{where}.eye_m", inner.eye_m, "a place on the stage")
    if not all(_in_reach(axis) for axis in (inner.right, inner.ahead, inner.up)):
        raise _impossible(plan, where, (inner.right, inner.ahead, inner.up), "unit axes")
    if not (_has_area(inner.drawn) and _has_area(inner.view)):
        raise _impossible(plan, f"{where}.drawn", (inner.drawn, inner.view), "edges with an area")
    if not math.isfinite(inner.feather):
        raise _impossible(plan, f"{where}.feather", inner.feather, "a finite width")


def _in_reach(place: Vec3) -> bool:
    return all(abs(coordinate) <= _FARTHEST_M for coordinate in place)


def _has_area(edges: Tangents) -> bool:
    finite = all(math.isfinite(edge) for edge in (edges.left, edges.right, edges.bottom, edges.top))
    return finite and edges.right - edges.left > 1e-9 and edges.top - edges.bottom > 1e-9


def _impossible(plan: FramePlan, field: str, found: object, expected: str) -> ConfigError:
    return ConfigError(f"plan of frame {plan.frame}: {field}: found {found}, expected {expected}")
