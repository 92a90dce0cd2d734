"""What stands on a plan: walls with their facing, the outer eye, trackers' origins and cameras."""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import pairwise

from calibration.forms import WallForm, direction_of
from stage.config.survey.plan import PlanCamera, PlanCard, PlanLight, PlanOrigin, view_corners
from stage.doctor.plan.svg import INK, PAPER, Point, Svg
from stage.doctor.plan.view import View, hull
from tracking.records import Vec3

WALL_COLOURS = ("#0b69a3", "#b44d12", "#3f7d20", "#8719e0", "#c99a06", "#127c7c", "#a61b5a", "#5e4b3c")
EYE_COLOUR, TRACKER_COLOUR, CAMERA_COLOUR, CARD_COLOUR = "#d64545", "#52606d", "#243b53", "#8d5b00"
LIGHT_COLOUR = "#a35200"
_CARD_M = (0.4, 1.4)
_ARROW_PX = 46.0
_EDGE_ON = 0.35
_VIEW_PX = 70.0
_NAME_PX, _NAME_LINE_PX = 44.0, 15.0


def draw_wall(svg: Svg, view: View, form: WallForm, colour: str) -> None:
    """A wall's surface, its lower edge with the way that columns run, and its facing arrow."""
    lower, upper = [view.point(one) for one in form.lower_edge_m], [view.point(one) for one in form.upper_edge_m]
    for (left, right), (upper_left, upper_right) in zip(pairwise(lower), pairwise(upper), strict=False):
        svg.area([left, right, upper_right, upper_left], colour, 0.15)
    svg.line([lower[0], *upper, lower[-1]], colour, 1.2)
    svg.line(lower, colour, 4.0)
    if len(lower) > 1:
        svg.circle(lower[0], 4.0, colour)
        svg.arrow(_back_from(lower[-2], lower[-1]), lower[-1], colour, 4.0)
    _facing(svg, view, form, view.point(form.centre_m), colour)


def draw_names(svg: Svg, view: View, walls: Iterable[tuple[WallForm, str]]) -> None:
    """The walls' names behind their LEDs, each with its colour. One that would stand on another moves down."""
    drawn: list[Point] = []
    for form, colour in walls:
        middle = view.point(form.centre_m)
        x, y = view.flat(form.facing)
        below = 26.0 if math.hypot(x, y) < _EDGE_ON else 4.0
        place = (middle[0] - 26.0 * x, middle[1] + 26.0 * y + below)
        while any(abs(place[0] - other[0]) < _NAME_PX and abs(place[1] - other[1]) < _NAME_LINE_PX for other in drawn):
            place = (place[0], place[1] + _NAME_LINE_PX)
        drawn.append(place)
        svg.text(place, form.name, size=13.0, colour=colour, anchor="middle")


def _facing(svg: Svg, view: View, form: WallForm, middle: Point, colour: str) -> None:
    """An arrow where the LEDs shine; where they shine along the line of sight, the arrow's tail or tip."""
    x, y = view.flat(form.facing)
    if math.hypot(x, y) >= _EDGE_ON:
        svg.arrow(middle, (middle[0] + _ARROW_PX * x, middle[1] - _ARROW_PX * y), colour)
        return
    svg.circle(middle, 7.0, colour, filled=False)
    towards_reader = form.facing[2] > 0.0 if view.side == "above" else form.facing[0] > 0.0
    if towards_reader:
        svg.circle(middle, 2.0, colour)
    else:
        for slope in (1.0, -1.0):
            svg.line(
                [(middle[0] - 5.0, middle[1] - 5.0 * slope), (middle[0] + 5.0, middle[1] + 5.0 * slope)], colour, 1.6
            )


def _back_from(start: Point, end: Point) -> Point:
    """A place 14 pixels before the end of a line, or its start if that is nearer."""
    length = math.dist(start, end)
    share = 1.0 if length <= 14.0 else 14.0 / length
    return end[0] + (start[0] - end[0]) * share, end[1] + (start[1] - end[1]) * share


def draw_eye(svg: Svg, view: View, place: Vec3, name: str) -> None:
    """The outer eye: a ring with a pupil."""
    middle = view.point(place)
    svg.circle(middle, 7.0, EYE_COLOUR, filled=False)
    svg.circle(middle, 2.5, EYE_COLOUR)
    svg.text((middle[0] + 12.0, middle[1] - 6.0), name, colour=EYE_COLOUR)


def draw_card(svg: Svg, view: View, eye_m: Vec3, card: PlanCard) -> None:
    """A light card: the direction from the outer eye in which it stands on the walls."""
    ends = [tuple(at + length * part for at, part in zip(eye_m, card.way, strict=True)) for length in _CARD_M]
    start, end = (view.point((x, y, z)) for x, y, z in ends)
    svg.line([start, end], CARD_COLOUR, 1.2, dash="2 3")
    svg.box((end[0] - 5.0, end[1] - 5.0), (10.0, 10.0), PAPER, opacity=1.0, outline=CARD_COLOUR)
    svg.text((end[0] + 9.0, end[1] + 4.0), card.name, size=11.0, colour=CARD_COLOUR)


def draw_light(svg: Svg, view: View, light: PlanLight) -> None:
    """A stage light: a lamp where it stands, and a line to where it points."""
    place, aim = view.point(light.position_m), view.point(light.aim_m)
    svg.line([place, aim], LIGHT_COLOUR, 1.0, dash="5 3")
    svg.circle(place, 6.0, LIGHT_COLOUR)
    svg.text((place[0] + 10.0, place[1] - 6.0), light.name, size=11.0, colour=LIGHT_COLOUR)


def draw_origin(svg: Svg, view: View, origin: PlanOrigin, row: int) -> None:
    """Where trackers measure from, with their own X and Y axes (Y and Z from the side). `row` keeps names apart."""
    middle = view.point(origin.position_m)
    seen = {"x": origin.right, "y": origin.ahead} if view.side == "above" else {"y": origin.ahead, "z": origin.up}
    for letter, axis in seen.items():
        x, y = view.flat(axis)
        end = (middle[0] + 26.0 * x, middle[1] - 26.0 * y)
        svg.arrow(middle, end, TRACKER_COLOUR, 1.4)
        svg.text((end[0] + 4.0 * x + 2.0, end[1] - 4.0 * y), letter, size=9.0, colour=TRACKER_COLOUR)
    svg.circle(middle, 3.0, TRACKER_COLOUR)
    names = (middle[0] - 8.0, middle[1] + 16.0 + 13.0 * row)
    svg.text(names, ", ".join(origin.names), size=11.0, colour=TRACKER_COLOUR, anchor="end")


def draw_camera(svg: Svg, view: View, camera: PlanCamera, row: int) -> None:
    """A camera where it is while its tracker sends zero, with what it sees. `row` keeps names apart."""
    middle = view.point(camera.position_m)
    corners = [view.point(one) for one in view_corners(camera, _VIEW_PX / view.scale_px_m)]
    outline = hull([middle, *corners])
    if len(outline) > 2:
        svg.area(outline, CAMERA_COLOUR, 0.10)
    for end in corners:
        svg.line([middle, end], CAMERA_COLOUR, 1.0, dash="4 3")
    svg.box((middle[0] - 5.0, middle[1] - 4.0), (10.0, 8.0), CAMERA_COLOUR, opacity=1.0, outline=CAMERA_COLOUR)
    svg.text((middle[0] + 10.0, middle[1] + 15.0 + 14.0 * row), camera.name, size=12.0, colour=CAMERA_COLOUR)


def wall_note(form: WallForm, colour: str, svg: Svg, place: Point) -> None:
    """A wall's line in the legend: name, size, pitch, facing."""
    facing = direction_of(form.facing)
    svg.line([place, (place[0] + 22.0, place[1])], colour, 4.0)
    words = (
        f"{form.name}: {form.width_m:.2f} x {form.height_m:.2f} m, pitch {form.across_m * 1000.0:.2f} x "
        f"{form.up_m * 1000.0:.2f} mm, faces {facing.words}"
    )
    svg.text((place[0] + 30.0, place[1] + 4.0), words, colour=INK)
