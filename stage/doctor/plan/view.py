"""The two views of a plan: which part of the stage goes where on the paper, with its grid and scale."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from stage.doctor.plan.svg import FAINT, INK, Point, Svg
from tracking.records import Vec3

Side = Literal["above", "side"]
_AXES: dict[Side, tuple[int, int]] = {"above": (0, 1), "side": (1, 2)}
_AXIS_NAMES = "XYZ"
_STEPS = (1.0, 2.0, 5.0)
_MOST_GRID_LINES = 24
_SCALE_PX = 120.0


@dataclass(frozen=True, kw_only=True)
class View:
    """Shows the stage from above (X right, Y up) or from its right-hand side (Y right, Z up).

    `low_m` and `high_m` are the corners of what is shown, on the view's two axes; `corner_px` is its upper left corner
    on the paper.
    """

    side: Side
    low_m: Point
    high_m: Point
    corner_px: Point
    scale_px_m: float

    def flat(self, place: Vec3) -> Point:
        """A place or direction on the view's two axes."""
        across, up = _AXES[self.side]
        return place[across], place[up]

    def point(self, place: Vec3) -> Point:
        """A place of the stage on the paper."""
        x, y = self.flat(place)
        return (
            self.corner_px[0] + (x - self.low_m[0]) * self.scale_px_m,
            self.corner_px[1] + (self.high_m[1] - y) * self.scale_px_m,
        )

    def size_px(self) -> Point:
        """Width and height on the paper."""
        return (self.high_m[0] - self.low_m[0]) * self.scale_px_m, (self.high_m[1] - self.low_m[1]) * self.scale_px_m


def spans(side: Side, places: Iterable[Vec3], margin_share: float = 0.12) -> tuple[Point, Point]:
    """The corners, in metres, of the rectangle around all places with a margin."""
    across, up = _AXES[side]
    shown = list(places)
    low = [min(place[axis] for place in shown) for axis in (across, up)]
    high = [max(place[axis] for place in shown) for axis in (across, up)]
    margin = max(0.6, margin_share * max(high[0] - low[0], high[1] - low[1]))
    return (low[0] - margin, low[1] - margin), (high[0] + margin, high[1] + margin)


def hull(points: Iterable[Point]) -> list[Point]:
    """The convex outline of points, in order around it (A. M. Andrew's monotone chain)."""
    ordered = sorted(set(points))
    return _chain(ordered)[:-1] + _chain(reversed(ordered))[:-1] if len(ordered) > 1 else ordered


def _chain(points: Iterable[Point]) -> list[Point]:
    """The points that a thread touches which is drawn tight along one side of ordered points."""
    kept: list[Point] = []
    for point in points:
        while len(kept) > 1 and _turn(kept[-2], kept[-1], point) <= 0.0:
            kept.pop()
        kept.append(point)
    return kept


def _turn(start: Point, middle: Point, end: Point) -> float:
    """Positive where the way through three points turns left."""
    return (middle[0] - start[0]) * (end[1] - start[1]) - (middle[1] - start[1]) * (end[0] - start[0])


def round_length(wanted_m: float) -> float:
    """The largest length of 1, 2 or 5 times a power of ten that is at most `wanted_m`."""
    power = 10.0 ** math.floor(math.log10(wanted_m))
    return max(step * power for step in _STEPS if step * power <= wanted_m * 1.000001)


def draw_grid(svg: Svg, view: View, title: str) -> None:
    """The view's title, grid lines, its axes through the origin, and a scale."""
    left, top = view.corner_px
    width, height = view.size_px()
    svg.text((left, top - 12.0), title, size=15.0)
    widest = max(view.high_m[axis] - view.low_m[axis] for axis in (0, 1))
    step = max(1.0, round_length(max(1.0, 2.0 * widest / _MOST_GRID_LINES)))
    for axis in (0, 1):
        first = math.ceil(view.low_m[axis] / step)
        for number in range(first, math.floor(view.high_m[axis] / step) + 1):
            _grid_line(svg, view, axis, number * step)
    svg.box((left, top), (width, height), "none", outline=FAINT)
    _scale(svg, view)


def _grid_line(svg: Svg, view: View, axis: int, at_m: float) -> None:
    left, top = view.corner_px
    width, height = view.size_px()
    colour, line = ("#9aa5b1", 1.2) if at_m == 0.0 else (FAINT, 0.7)
    name = _AXIS_NAMES[_AXES[view.side][axis]]
    label = f"{name} {at_m:g}" if at_m == 0.0 else f"{at_m:g}"
    if axis == 0:
        x = left + (at_m - view.low_m[0]) * view.scale_px_m
        svg.line([(x, top), (x, top + height)], colour, line)
        svg.text((x, top + height + 13.0), label, size=9.0, colour="#616e7c", anchor="middle")
    else:
        y = top + (view.high_m[1] - at_m) * view.scale_px_m
        svg.line([(left, y), (left + width, y)], colour, line)
        svg.text((left - 5.0, y + 3.0), label, size=9.0, colour="#616e7c", anchor="end")


def _scale(svg: Svg, view: View) -> None:
    length = round_length(_SCALE_PX / view.scale_px_m)
    left, top = view.corner_px
    width, height = view.size_px()
    end = (left + width, top + height + 30.0)
    start = (end[0] - length * view.scale_px_m, end[1])
    svg.line([start, end], INK, 3.0)
    for x, _ in (start, end):
        svg.line([(x, end[1] - 4.0), (x, end[1] + 4.0)], INK, 1.5)
    svg.text(((start[0] + end[0]) / 2.0, end[1] + 15.0), f"{length:g} m", size=11.0, anchor="middle")
