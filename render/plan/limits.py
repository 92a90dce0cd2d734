"""Refuses plans that cannot be drawn: a plan may come from a file that someone wrote."""

from __future__ import annotations

import math

from render.plan.frame import (
    CARD_KINDS,
    CARD_SHAPES,
    KEY_REGIONS,
    MARKER_KINDS,
    MOST_CARDS,
    FramePlan,
    InnerPicturePlan,
    InnerPlan,
    KeyPlan,
    Tangents,
    WorldPlan,
)
from tracking.records import ConfigError, Vec3

FARTHEST_M = 1e6
_MOST_PIXELS = 1 << 26
_STOPS = 32.0
_HOTTEST_K = 1e6
_MOST_DEG = 3600.0
_BRIGHTEST = 1e6
_SMALLEST_RAD = 1e-4


def refuse_impossible(plan: FramePlan, largest_px: int) -> None:
    """Raises ConfigError with the plan's frame and field for sizes, edges, places or indices that cannot be drawn.

    `largest_px` is the longest side that the driver's textures may have. What `Show.step` plans always passes.
    """
    if not 1 <= plan.outer.face_px <= largest_px:
        raise _impossible(plan, "outer.face_px", plan.outer.face_px, f"1 to {largest_px} pixels")
    if not _in_reach(plan.outer.eye_m):
        raise _impossible(plan, "outer.eye_m", plan.outer.eye_m, "a place on the stage")
    _refuse_world(plan, "world", plan.world)
    if plan.outer.world is not None:
        _refuse_world(plan, "outer.world", plan.outer.world)
    _refuse_cards(plan)
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


def _refuse_world(plan: FramePlan, where: str, world: WorldPlan) -> None:
    if not 0.0 <= world.radius_m <= FARTHEST_M:
        raise _impossible(plan, f"{where}.radius_m", world.radius_m, f"0 to {FARTHEST_M:.0f} m")


def _refuse_cards(plan: FramePlan) -> None:
    cards = plan.outer.cards
    if len(cards) > MOST_CARDS:
        raise _impossible(plan, "outer.cards", len(cards), f"at most {MOST_CARDS} cards")
    for index, card in enumerate(cards):
        where = f"outer.cards[{index}]"
        if card.kind not in CARD_KINDS or card.shape not in CARD_SHAPES:
            found = (card.kind, card.shape)
            raise _impossible(plan, where, found, f"one of {CARD_KINDS} and one of {CARD_SHAPES}")
        angles = (card.azimuth_deg, card.elevation_deg, card.roll_deg)
        sizes = (card.width_deg, card.height_deg, card.feather_deg)
        if not (all(abs(angle) <= _MOST_DEG for angle in angles) and all(0.0 <= size <= _MOST_DEG for size in sizes)):
            raise _impossible(plan, where, (angles, sizes), f"angles within {_MOST_DEG:.0f} deg")
        if not (_is_light(card.colour) and 0.0 <= card.opacity <= 1.0 and abs(card.exposure_stops) <= _STOPS):
            raise _impossible(plan, where, (card.colour, card.opacity, card.exposure_stops), "a light")
        if not 0.0 < card.temperature_k <= _HOTTEST_K:
            raise _impossible(plan, where, card.temperature_k, f"up to {_HOTTEST_K:.0f} K")


def _refuse_inner(plan: FramePlan, index: int, inner: InnerPlan, largest_px: int) -> None:
    where = f"inners[{index}]"
    _refuse_view(plan, where, inner, largest_px)
    if not (_has_area(inner.view) and _has_area(inner.frame)):
        raise _impossible(plan, f"{where}.view", (inner.view, inner.frame), "edges with an area")
    if not math.isfinite(inner.feather):
        raise _impossible(plan, f"{where}.feather", inner.feather, "a finite width")
    if inner.picture is not None:
        _refuse_picture(plan, f"{where}.picture", inner.picture, largest_px)
    coming = inner.coming
    if coming is not None:
        _refuse_picture(plan, f"{where}.coming.picture", coming.picture, largest_px)
        if not 0 <= coming.part < coming.parts:
            raise _impossible(plan, f"{where}.coming.part", coming.part, f"0 to {coming.parts - 1}")
    if inner.key is not None:
        _refuse_key(plan, f"{where}.key", inner.key)


def _refuse_picture(plan: FramePlan, where: str, picture: InnerPicturePlan, largest_px: int) -> None:
    _refuse_world(plan, f"{where}.world", picture.world)
    _refuse_view(plan, where, picture, largest_px)


def _refuse_view(plan: FramePlan, where: str, view: InnerPlan | InnerPicturePlan, largest_px: int) -> None:
    """Where a picture is drawn from, its edges and its size."""
    width, height = view.size_px
    if not (1 <= width <= largest_px and 1 <= height <= largest_px and width * height <= _MOST_PIXELS):
        raise _impossible(
            plan, f"{where}.size_px", view.size_px, f"1 to {largest_px} pixels a side, {_MOST_PIXELS} in all"
        )
    if not _in_reach(view.eye_m):
        raise _impossible(plan, f"{where}.eye_m", view.eye_m, "a place on the stage")
    if not all(_in_reach(axis) for axis in (view.right, view.ahead, view.up)):
        raise _impossible(plan, where, (view.right, view.ahead, view.up), "unit axes")
    if not _has_area(view.drawn):
        raise _impossible(plan, f"{where}.drawn", view.drawn, "edges with an area")


def _refuse_key(plan: FramePlan, where: str, key: KeyPlan) -> None:
    if key.markers not in MARKER_KINDS or key.region not in KEY_REGIONS:
        found = (key.markers, key.region)
        raise _impossible(plan, where, found, f"one of {MARKER_KINDS} and one of {KEY_REGIONS}")
    if not (_is_light(key.light) and _is_light(key.marker_light) and _in_reach(key.marker_eye_m)):
        raise _impossible(plan, where, (key.light, key.marker_light, key.marker_eye_m), "lights and a place")
    if not (_SMALLEST_RAD <= key.spacing_rad <= math.pi and _SMALLEST_RAD <= key.size_rad <= math.pi):
        raise _impossible(plan, where, (key.spacing_rad, key.size_rad), f"{_SMALLEST_RAD} to 3.14 rad")


def _is_light(colour: Vec3) -> bool:
    return all(0.0 <= part <= _BRIGHTEST for part in colour)


def _in_reach(place: Vec3) -> bool:
    return all(abs(coordinate) <= FARTHEST_M for coordinate in place)


def _has_area(edges: Tangents) -> bool:
    finite = all(math.isfinite(edge) for edge in (edges.left, edges.right, edges.bottom, edges.top))
    return finite and edges.right - edges.left > 1e-9 and edges.top - edges.bottom > 1e-9


def _impossible(plan: FramePlan, field: str, found: object, expected: str) -> ConfigError:
    return ConfigError(f"plan of frame {plan.frame}: {field}: found {found}, expected {expected}")
