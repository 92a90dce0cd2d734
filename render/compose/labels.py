"""What the `grid` pattern says on a wall: one label for each of its regions, drawn with Pillow at load."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from PIL import Image, ImageDraw, ImageFont

from calibration.walls import Wall
from render.outputs.canvas import PlacedPatch

PAPER_CODE = 20
INK_CODE = 255
_SMALLEST_FONT_PX = 7
_LARGEST_FONT_PX = 200
_LINE_SPACING = 1.25
_NAME_SCALE = 1.7
_ARROW_LINES = 2.2
_PANEL_SHARE = (0.72, 0.58)
"""How much of a region's width and height its label may cover; corners and lines stay visible around it."""
_CORNER_FONTS_PER_SIDE = 14
_PROBE_PX = 100
_COORDINATE_STEP_PX = 256

Box = tuple[int, int, int, int]
"""Left, top, right and bottom of a rectangle of the wall; right and bottom are just outside it."""


class Line(NamedTuple):
    """A line of a label; `scale` is its height relative to the other lines."""

    text: str
    scale: float = 1.0


def label_picture(stage_name: str, wall: Wall, placed: Iterable[PlacedPatch]) -> Image.Image:
    """The ink of a wall's labels, of the wall's size: 0 where there is none, else a code value.

    `placed` are the wall's patches on canvases. Patches of the same rectangle share a label. A wall that is on no
    canvas has one label. What does not fit legibly is left out.
    """
    picture = Image.new("L", wall.resolution_px)
    draw = ImageDraw.Draw(picture)
    for box, places in _regions(wall, placed).items():
        if box != (0, 0, *wall.resolution_px):
            draw.rectangle((box[0], box[1], box[2] - 1, box[3] - 1), outline=INK_CODE, width=2)
        _draw_coordinates(draw, box)
        _draw_corners(draw, box)
        _draw_panel(draw, box, _layouts(stage_name, wall, box, places))
    return picture


def _regions(wall: Wall, placed: Iterable[PlacedPatch]) -> dict[Box, list[PlacedPatch]]:
    regions: dict[Box, list[PlacedPatch]] = {}
    for place in placed:
        left, top = place.patch.from_px
        columns, rows = place.patch.size_px
        regions.setdefault((left, top, left + columns, top + rows), []).append(place)
    return regions or {(0, 0, *wall.resolution_px): []}


def _layouts(stage_name: str, wall: Wall, box: Box, places: list[PlacedPatch]) -> tuple[list[Line], ...]:
    """The same words in long lines and in short ones: whichever come out larger are drawn."""
    region = [f"region {_size(box[2] - box[0], box[3] - box[1])}", f"from {box[0]}, {box[1]}"]
    groups = [[stage_name, _size(*wall.resolution_px)]]
    for place in places:
        groups.append([f"canvas {place.canvas}", _size(*place.canvas_px)])
        groups.append([*region, f"at {place.patch.at_px[0]}, {place.patch.at_px[1]}"])
    if not places:
        groups += [["on no canvas"], region]
    name = Line(wall.name, _NAME_SCALE)
    long = [name, *(Line("   ".join(filter(None, group))) for group in groups)]
    short = [name, *(Line(word) for group in groups for word in group if word)]
    return long, short, [name]


def _size(columns: int, rows: int) -> str:
    return f"{columns} x {rows} px"


def _font(size_px: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size_px)


def _font_px(lines: list[Line], box: Box) -> int:
    """The largest font with which an arrow and these lines fit into a region's panel; 0 if it is too small to read."""
    probe = _font(_PROBE_PX)
    width = max(probe.getbbox(line.text)[2] * line.scale for line in lines) / _PROBE_PX + 1.0
    height = (sum(line.scale for line in lines) + _ARROW_LINES) * _LINE_SPACING + 1.0
    room = ((box[2] - box[0]) * _PANEL_SHARE[0] / width, (box[3] - box[1]) * _PANEL_SHARE[1] / height)
    size = min(int(min(room)), _LARGEST_FONT_PX)
    return size if size >= _SMALLEST_FONT_PX else 0


def _draw_panel(draw: ImageDraw.ImageDraw, box: Box, layouts: tuple[list[Line], ...]) -> None:
    """An arrow up and the lines below it on paper, in the middle of the region."""
    *whole, name_only = layouts
    lines = max(whole, key=lambda layout: _font_px(layout, box))
    if not _font_px(lines, box):
        lines = name_only
    size = _font_px(lines, box)
    if not size:
        return
    probe = _font(_PROBE_PX)
    half_width = max(probe.getbbox(line.text)[2] * line.scale for line in lines) * size / _PROBE_PX / 2.0 + size / 2.0
    height = (sum(line.scale for line in lines) + _ARROW_LINES) * _LINE_SPACING * size
    middle, top = (box[0] + box[2]) / 2.0, (box[1] + box[3] - height) / 2.0
    draw.rectangle(
        (middle - half_width, top - size / 2.0, middle + half_width, top + height + size / 2.0), fill=PAPER_CODE
    )
    _draw_arrow(draw, middle, top, size)
    top += _ARROW_LINES * _LINE_SPACING * size
    for line in lines:
        room = line.scale * _LINE_SPACING * size
        draw.text(
            (middle, top + room / 2.0), line.text, fill=INK_CODE, font=_font(round(size * line.scale)), anchor="mm"
        )
        top += room


def _draw_arrow(draw: ImageDraw.ImageDraw, middle: float, top: float, size: int) -> None:
    """An arrow that points to the wall's upper edge, and the word beside it."""
    height = _ARROW_LINES * size
    head, shaft = 0.45 * height, 0.14 * height
    points = [(0.0, 0.0), (head, head), (shaft, head), (shaft, height), (-shaft, height), (-shaft, head), (-head, head)]
    draw.polygon([(middle + x, top + y) for x, y in points], fill=INK_CODE)
    draw.text((middle + 0.6 * height, top + 0.6 * height), "UP", fill=INK_CODE, font=_font(size), anchor="lm")


def _draw_corners(draw: ImageDraw.ImageDraw, box: Box) -> None:
    """TL, TR, BL and BR in the region's corners, each with the column and row of the wall's pixel there."""
    left, top, right, bottom = box
    size = _corner_font_px(box)
    if size < _SMALLEST_FONT_PX:
        return
    gap = size // 2
    small = max(_SMALLEST_FONT_PX, size // 2)
    for name, x, y in (("TL", left, top), ("TR", right, top), ("BL", left, bottom), ("BR", right, bottom)):
        column, row = min(x, right - 1), min(y, bottom - 1)
        anchor = ("l" if x == left else "r") + ("t" if y == top else "b")
        inside_x = x + gap if x == left else x - gap
        near, far = (gap, gap + round(1.2 * size)) if y == top else (-gap, -gap - round(1.2 * size))
        _write(draw, (inside_x, y + near), name, size, anchor)
        _write(draw, (inside_x, y + far), f"{column}, {row}", small, anchor)


def _corner_font_px(box: Box) -> int:
    return min(min(box[2] - box[0], box[3] - box[1]) // _CORNER_FONTS_PER_SIDE, _LARGEST_FONT_PX)


def _draw_coordinates(draw: ImageDraw.ImageDraw, box: Box) -> None:
    """The number of every fourth grid line at the region's upper and left edge, clear of its corners."""
    left, top, right, bottom = box
    room = 4 * _corner_font_px(box)
    size = max(_SMALLEST_FONT_PX, room // 12)
    for column in range(_COORDINATE_STEP_PX, right - room, _COORDINATE_STEP_PX):
        if column > left + room:
            _write(draw, (column + 3, top + 3), str(column), size, "lt")
    for row in range(_COORDINATE_STEP_PX, bottom - room, _COORDINATE_STEP_PX):
        if row > top + room:
            _write(draw, (left + 3, row + 3), str(row), size, "lt")


def _write(draw: ImageDraw.ImageDraw, place: tuple[int, int], text: str, size_px: int, anchor: str) -> None:
    """Text with a rim of paper, so that it stays legible over lines."""
    draw.text(place, text, fill=INK_CODE, font=_font(size_px), anchor=anchor, stroke_width=2, stroke_fill=PAPER_CODE)
