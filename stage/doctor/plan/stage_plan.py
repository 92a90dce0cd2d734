"""The whole plan of a stage: two views at one scale, a legend, and the windows' canvases."""

from __future__ import annotations

from collections.abc import Iterator

from render.outputs.canvas import plan_canvas
from stage.config.records import StageConfig
from stage.config.survey.plan import StagePlan, plan_of
from stage.config.survey.survey import Survey
from stage.doctor.plan.svg import FAINT, INK, Point, Svg
from stage.doctor.plan.symbols import (
    CAMERA_COLOUR,
    CARD_COLOUR,
    EYE_COLOUR,
    LIGHT_COLOUR,
    TRACKER_COLOUR,
    WALL_COLOURS,
    draw_camera,
    draw_card,
    draw_eye,
    draw_light,
    draw_names,
    draw_origin,
    draw_wall,
    wall_note,
)
from stage.doctor.plan.view import Side, View, draw_grid, spans
from tracking.records import Vec3

WIDTH_PX = 1280.0
_EDGE_PX = 48.0
_GAP_PX = 72.0
_TITLE_PX = 108.0
_TALLEST_PX = 720.0
_LINE_PX = 22.0
_CANVAS_PX = 240.0
_LETTER_PX = 5.5
_TITLES: dict[Side, str] = {"above": "From above", "side": "From the side: the front wall is on the right"}


def stage_plan(survey: Survey) -> str:
    """The plan as an SVG file. Places are in metres in the stage; both views have the same scale."""
    svg = Svg()
    name = survey.config.stage.name
    svg.text((_EDGE_PX, 40.0), name, size=22.0)
    svg.text((_EDGE_PX, 60.0), "X right, Y into the front wall, Z up; metres", size=11.0, colour="#616e7c")
    plan = plan_of(survey.config, (one.form for one in survey.walls))
    views = _views(plan)
    for view in views:
        draw_grid(svg, view, _TITLES[view.side])
        _draw_stage(svg, survey, plan, view)
    below = _TITLE_PX + max(view.size_px()[1] for view in views) + 84.0
    below = _legend(svg, survey, below)
    below = _canvases(svg, survey.config, below + 16.0)
    return svg.document((WIDTH_PX, below + 24.0), f"Plan of {name}")


def _views(plan: StagePlan) -> tuple[View, View]:
    places = list(_places(plan))
    (low, high), (side_low, side_high) = spans("above", places), spans("side", places)
    wide = high[0] - low[0] + side_high[0] - side_low[0]
    tall = max(high[1] - low[1], side_high[1] - side_low[1])
    scale = min((WIDTH_PX - 2.0 * _EDGE_PX - _GAP_PX) / wide, _TALLEST_PX / tall)
    above = View(side="above", low_m=low, high_m=high, corner_px=(_EDGE_PX, _TITLE_PX), scale_px_m=scale)
    left = _EDGE_PX + above.size_px()[0] + _GAP_PX
    side = View(side="side", low_m=side_low, high_m=side_high, corner_px=(left, _TITLE_PX), scale_px_m=scale)
    return above, side


def _places(plan: StagePlan) -> Iterator[Vec3]:
    yield (0.0, 0.0, 0.0)
    yield plan.outer_eye_m
    for form in plan.walls:
        yield from form.lower_edge_m
        yield from form.upper_edge_m
    for origin in plan.origins:
        yield origin.position_m
    for light in plan.lights:
        yield light.position_m


def _draw_stage(svg: Svg, survey: Survey, plan: StagePlan, view: View) -> None:
    for one in survey.walls:
        draw_wall(svg, view, one.form, _colour(one.row))
    draw_names(svg, view, ((one.form, _colour(one.row)) for one in survey.walls))
    for row, origin in enumerate(plan.origins):
        draw_origin(svg, view, origin, row)
    for row, camera in enumerate(one for one in plan.cameras if one.tracker is not None):
        draw_camera(svg, view, camera, row)
    for card in plan.cards:
        draw_card(svg, view, plan.outer_eye_m, card)
    for light in plan.lights:
        draw_light(svg, view, light)
    draw_eye(svg, view, plan.outer_eye_m, "outer eye")


def _colour(row: int) -> str:
    return WALL_COLOURS[row % len(WALL_COLOURS)]


def _legend(svg: Svg, survey: Survey, top: float) -> float:
    """Walls on the left, symbols on the right. Returns where it ends."""
    for number, one in enumerate(survey.walls):
        wall_note(one.form, _colour(one.row), svg, (_EDGE_PX, top + number * _LINE_PX))
    notes: tuple[tuple[str, str, str], ...] = (
        ("thick line", INK, "lower edge, from column 0 (dot) to the last column (head)"),
        ("arrow", INK, "where the LEDs shine; cross: away from you, dot: towards you"),
        ("ring", EYE_COLOUR, "outer eye, for which the picture outside the cameras' views is drawn"),
        ("axes", TRACKER_COLOUR, "origin and axes of a tracker"),
        ("box", CAMERA_COLOUR, "camera and its view while its tracker sends zero"),
        ("square", CARD_COLOUR, "light card that is on at the start, as seen from the outer eye"),
    )
    if survey.config.lights:
        notes = (*notes, ("disc", LIGHT_COLOUR, "stage light, and the line to where it points"))
    middle = WIDTH_PX * 0.54
    for number, (symbol, colour, words) in enumerate(notes):
        y = top + number * _LINE_PX + 4.0
        svg.text((middle, y), symbol, colour=colour)
        svg.text((middle + 76.0, y), words)
    return top + max(len(survey.walls), len(notes)) * _LINE_PX


def _canvases(svg: Svg, config: StageConfig, top: float) -> float:
    """The windows' canvases side by side, each with its regions. Returns where they end."""
    windows = [(index, output) for index, output in enumerate(config.outputs) if output.kind == "window"]
    if not windows:
        return top
    svg.text((_EDGE_PX, top + 12.0), "Canvases", size=15.0)
    top += 46.0
    canvases = [plan_canvas(index, output, config.walls) for index, output in windows]
    widest = (WIDTH_PX - 2.0 * _EDGE_PX - _LINE_PX * (len(windows) - 1)) / sum(one.size_px[0] for one in canvases)
    scale = min(widest, _CANVAS_PX / max(one.size_px[1] for one in canvases))
    left = _EDGE_PX
    rows = {wall.name: row for row, wall in enumerate(config.walls)}
    for (index, output), canvas in zip(windows, canvases, strict=True):
        columns, lines = canvas.size_px
        where = output.monitor or ("main monitor" if output.fullscreen else "desktop")
        svg.text((left, top - 6.0), f"outputs[{index}]: {columns} x {lines} px, {where}", size=11.0)
        svg.box((left, top), (columns * scale, lines * scale), FAINT, opacity=0.35)
        for patch in canvas.patches:
            corner = (left + patch.at_px[0] * scale, top + patch.at_px[1] * scale)
            size = (patch.size_px[0] * scale, patch.size_px[1] * scale)
            _region(
                svg,
                corner,
                size,
                _colour(rows[patch.wall]),
                (patch.wall, f"from {patch.from_px[0]}, {patch.from_px[1]}"),
            )
        left += columns * scale + _LINE_PX
    return top + scale * max(one.size_px[1] for one in canvases)


def _region(svg: Svg, corner: Point, size: Point, colour: str, words: tuple[str, str]) -> None:
    """A region with its wall's name and where in the wall it begins, on two lines if one is too narrow for it."""
    svg.box(corner, size, colour, opacity=0.3, outline=colour)
    one_line = " ".join(words)
    lines = (one_line,) if len(one_line) * _LETTER_PX < size[0] else words
    for number, line in enumerate(lines):
        y = corner[1] + size[1] / 2.0 + 4.0 + 12.0 * (number - (len(lines) - 1) / 2.0)
        svg.text((corner[0] + size[0] / 2.0, y), line, size=10.0, anchor="middle")
