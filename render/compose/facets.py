"""Facets: where one picture of a view would have many more pixels than walls can show of it, each nearly flat part of a
wall has a picture of its own, parallel to that part, of as much as the camera has there. Where the view cuts a part
aslant, its halves have less that nobody sees.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from render.compose.marks import is_marked
from render.compose.regions import Rectangles, WallTiles, planes_of_share
from render.plan.frustum import LARGEST_PX, OVERSAMPLING, SMALLEST_PX, beyond
from render.plan.inner import InnerPicturePlan, InnerPlan
from render.views.edges import Tangents, has_area
from render.worlds.on_air import AirPlan
from tracking.records import Vec3

MOST_WASTE = 1.2
"""A view's picture has at most this many times the pixels that walls can show of it; else it is drawn in facets."""
_FLAT_RAD = math.radians(20.0)
_HALVINGS = 4
_STEP_PX = 4
_LEAST_DEPTH = 0.2
_SPARSE = 33
_COST_PX = 768
"""A picture more is worth no fewer pixels than this."""

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Facet:
    """A nearly flat part of a wall: its tiles, its axes, how far its LEDs are from one another, and its halves.

    `leaves` are the smallest parts that it can be drawn in, side by side.
    """

    tiles: NDArray[np.int_]
    axes: NDArray[np.float64]
    pitch_m: tuple[float, float]
    halves: tuple[Facet, ...]
    leaves: tuple[Rectangles, ...]


class _Look(NamedTuple):
    """A camera that looks at a wall: the tiles that it has a share in, and the planes that bound its view."""

    inner: InnerPlan
    air: AirPlan
    tiles: WallTiles
    touched: NDArray[np.bool_]
    planes: NDArray[np.float64]


class _Share(NamedTuple):
    """Pictures for the leaves of a facet, their pixels, and those that the LEDs in the view can show.

    Leaves side by side share a picture; it is None where the camera sees nothing.
    """

    pictures: list[InnerPicturePlan | None]
    pixels: int
    shown_px: float


class _Seen(NamedTuple):
    """What a camera sees of a facet, in tangents of the facet's axes, and how deep its LEDs are there."""

    tiles: Tangents
    outline: list[Point]
    deepest_m: float


class _Box(NamedTuple):
    """The edges of a picture whose right is `along` the facet's axes, and its size."""

    along: Point
    edges: Tangents
    size_px: tuple[int, int]


def facets_of(positions: NDArray[np.float64], tiles: WallTiles) -> list[Facet]:
    """The nearly flat parts of a wall, as runs of columns. [] where the raster is not like that."""
    columns = positions.shape[1]
    picked = np.unique(np.linspace(0, columns - 1, _SPARSE).round().astype(int))
    present = np.isfinite(positions[:, picked])
    if not present.any(axis=0).all():
        return []
    middle = np.nanmean(positions[:, picked], axis=0)
    steps = np.diff(middle, axis=0)
    if len(picked) < 2 or not np.isfinite(steps).all():
        return []
    lengths = np.linalg.norm(steps, axis=1, keepdims=True)
    if lengths.min() <= 0.0:
        return []
    turns = np.arccos(np.clip(np.sum(steps[1:] * steps[:-1], axis=1) / (lengths[1:] * lengths[:-1])[:, 0], -1.0, 1.0))
    count = max(1, math.ceil(float(turns.sum()) / _FLAT_RAD))
    return _facets(positions, tiles, (0, tiles.across), count, _HALVINGS)


def pictures_in_facets(
    inner: InnerPlan, tiles: WallTiles, facets: Sequence[Facet], air: AirPlan
) -> list[InnerPicturePlan | None] | None:
    """The camera's picture in each leaf of a wall's facets, the same one in those that share it.

    None where one picture of the whole view serves better: it has few pixels anyway, or not many more than this wall
    can show of it, or facets would have more.
    """
    whole_px = math.prod(inner.size_px)
    if whole_px <= SMALLEST_PX**2 or not facets:
        return None
    look = _Look(inner, air, tiles, tiles.touched(inner), np.array(planes_of_share(inner)))
    shares = []
    for facet in facets:
        share = _share(facet, look)
        if share is None:
            return None
        shares.append(share)
    shown_px, pixels = sum(share.shown_px for share in shares), sum(share.pixels for share in shares)
    if whole_px <= max(MOST_WASTE * shown_px, pixels):
        return None
    return [picture for share in shares for picture in share.pictures]


def _facets(
    positions: NDArray[np.float64], tiles: WallTiles, across: tuple[int, int], count: int, halvings: int
) -> list[Facet]:
    """About `count` facets side by side, each of whole tiles; [] where one of them is none."""
    found = [_facet(positions, tiles, part, halvings) for part in _parts(across, count)]
    return [facet for facet in found if facet is not None] if None not in found else []


def _parts(across: tuple[int, int], count: int) -> Iterator[tuple[int, int]]:
    first, end = across
    edges = np.unique(np.linspace(first, end, min(count, end - first) + 1).round().astype(int)).tolist()
    yield from pairwise(edges)


def _facet(positions: NDArray[np.float64], tiles: WallTiles, part: tuple[int, int], halvings: int) -> Facet | None:
    columns, rectangles, members = tiles.columns_of(*part)
    places = positions[:, columns]
    if min(places.shape[:2]) < 2 or not np.isfinite(places).all():
        return None
    rows, across = places.shape[0] - 1, places.shape[1] - 1
    right = (places[:, -1] - places[:, 0]).mean(axis=0)
    upward = (places[0] - places[-1]).mean(axis=0)
    pitch = (float(np.linalg.norm(right)) / across, float(np.linalg.norm(upward)) / rows)
    right = right / np.linalg.norm(right)
    upward = upward - (upward @ right) * right
    upward = upward / np.linalg.norm(upward)
    halves = _facets(positions, tiles, part, 2, halvings - 1) if halvings > 0 and part[1] - part[0] > 1 else []
    leaves = tuple(leaf for half in halves for leaf in half.leaves) or (rectangles,)
    return Facet(members, np.array([right, upward, np.cross(upward, right)]), pitch, tuple(halves), leaves)


def _share(facet: Facet, look: _Look) -> _Share | None:
    """What the camera needs of a facet, in one picture or in its halves'; None where neither can be."""
    own = _in_one(facet, look)
    if not facet.halves or (own is not None and own.pixels <= MOST_WASTE * own.shown_px + _COST_PX):
        return own
    halves = [share for half in facet.halves if (share := _share(half, look)) is not None]
    if len(halves) < len(facet.halves):
        return own
    pixels = sum(half.pixels for half in halves)
    if own is not None and own.pixels <= pixels + _COST_PX:
        return own
    pictures = [picture for half in halves for picture in half.pictures]
    return _Share(pictures, pixels, sum(half.shown_px for half in halves) if own is None else own.shown_px)


def _in_one(facet: Facet, look: _Look) -> _Share | None:
    leaves = len(facet.leaves)
    here = facet.tiles[look.touched[facet.tiles]]
    if here.size == 0:
        return _Share([None] * leaves, 0, 0.0)
    inner = look.inner
    seen = _seen(facet, look, here)
    if seen is None:
        return None
    if not seen.outline and not is_marked(inner):
        return _Share([None] * leaves, 0, 0.0)
    shown_px = OVERSAMPLING**2 * math.prod(seen.deepest_m / pitch for pitch in facet.pitch_m) * _area(seen.outline)
    box = _least_box(facet, seen, SMALLEST_PX / (inner.drawn.right - inner.drawn.left), shown_px)
    side, up, ahead = (_plain(axis) for axis in _turned(facet.axes, box.along))
    picture = InnerPicturePlan(
        frame=0,
        air=look.air,
        eye_m=inner.eye_m,
        right=side,
        ahead=ahead,
        up=up,
        drawn=beyond(box.edges, box.size_px),
        size_px=box.size_px,
    )
    return _Share([picture] * leaves, math.prod(box.size_px), shown_px)


def _least_box(facet: Facet, seen: _Seen, least: float, shown_px: float) -> _Box:
    """A picture upright on the facet or, if that wastes much, turned along an edge of what is seen of it.

    It has at least `least` pixels per unit of tangent.
    """
    if not seen.outline:
        # Marks reach beyond the view, and need a camera with a picture there, of which nothing is shown.
        return _Box((1.0, 0.0), seen.tiles, (_STEP_PX, _STEP_PX))
    boxes = [_box(seen, (1.0, 0.0), facet.pitch_m, least)]
    if math.prod(boxes[0].size_px) <= MOST_WASTE * shown_px:
        return boxes[0]
    for number, (x, y) in enumerate(seen.outline):
        x0, y0 = seen.outline[number - 1]
        length = math.hypot(x - x0, y - y0)
        if length > 0.0:
            boxes.append(_box(seen, ((x - x0) / length, (y - y0) / length), facet.pitch_m, least))
    return min(boxes, key=lambda box: math.prod(box.size_px))


def _box(seen: _Seen, along: Point, pitch_m: tuple[float, float], least: float) -> _Box:
    cos, sin = along
    edges = _extent([(cos * x + sin * y, cos * y - sin * x) for x, y in seen.outline])
    right_m, up_m = pitch_m
    across, upright = (
        _stepped(span * max(OVERSAMPLING * seen.deepest_m * leds_per_m, least))
        for span, leds_per_m in (
            (edges.right - edges.left, math.hypot(cos / right_m, sin / up_m)),
            (edges.top - edges.bottom, math.hypot(sin / right_m, cos / up_m)),
        )
    )
    return _Box(along, edges, (across, upright))


def _seen(facet: Facet, look: _Look, here: NDArray[np.int_]) -> _Seen | None:
    """What the camera sees of the facet's tiles `here`; None where that is more than a parallel picture can show."""
    places = (look.tiles.corners[here].reshape(-1, 3) - np.array(look.inner.eye_m)) @ facet.axes.T
    depth = places[:, 2]
    deepest_m = float(depth.max())
    if depth.min() <= _LEAST_DEPTH * max(deepest_m, 0.0):
        return None
    across, upward = places[:, 0] / depth, places[:, 1] / depth
    half, high = (0.5 * pitch / depth for pitch in facet.pitch_m)
    tiles = Tangents(
        left=float((across - half).min()),
        right=float((across + half).max()),
        bottom=float((upward - high).min()),
        top=float((upward + high).max()),
    )
    outline = _clipped(tiles, (look.planes @ facet.axes.T).tolist())
    return _Seen(tiles, outline if outline and has_area(_extent(outline)) else [], deepest_m)


def _clipped(edges: Tangents, planes: Sequence[Sequence[float]]) -> list[Point]:
    """The corners of a rectangle's part inside planes through the eye (Sutherland and Hodgman, 1974)."""
    left, bottom, right, top = edges.left, edges.bottom, edges.right, edges.top
    points = [(left, bottom), (right, bottom), (right, top), (left, top)]
    for side, up, ahead in planes:
        inside = [side * x + up * y + ahead for x, y in points]
        kept: list[Point] = []
        for number, (x, y) in enumerate(points):
            before, now = inside[number - 1], inside[number]
            if (before >= 0.0) != (now >= 0.0):
                share = before / (before - now)
                x0, y0 = points[number - 1]
                kept.append((x0 + share * (x - x0), y0 + share * (y - y0)))
            if now >= 0.0:
                kept.append((x, y))
        points = kept
    return points


def _area(outline: Sequence[Point]) -> float:
    """The area of a polygon (the shoelace formula)."""
    turns = (outline[number - 1][0] * y - x * outline[number - 1][1] for number, (x, y) in enumerate(outline))
    return 0.5 * abs(sum(turns))


def _extent(outline: Sequence[Point]) -> Tangents:
    across, upward = [x for x, _ in outline], [y for _, y in outline]
    return Tangents(left=min(across), right=max(across), bottom=min(upward), top=max(upward))


def _stepped(pixels: float) -> int:
    return min(LARGEST_PX, max(1, math.ceil(pixels / _STEP_PX)) * _STEP_PX)


def _turned(axes: NDArray[np.float64], along: Point) -> NDArray[np.float64]:
    cos, sin = along
    right, up, ahead = axes
    return np.array([cos * right + sin * up, cos * up - sin * right, ahead])


def _plain(axis: NDArray[np.float64]) -> Vec3:
    return (float(axis[0]), float(axis[1]), float(axis[2]))
