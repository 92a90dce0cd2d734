"""Which LEDs the windows' canvases show: once, twice or not at all. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from render.outputs.canvas import plan_canvas
from stage.config.records import StageConfig
from tracking.records import Record

Corners = tuple[int, int, int, int]
"""A rectangle of a wall's raster: first column, first row, column and row after the last."""


class Showing(Record):
    """A rectangle of a wall that a canvas shows, and the key that says so."""

    key: str
    wall: str
    corners: Corners


class WallCoverage(Record):
    """How much of a wall's raster is on canvases, in percent of its LEDs, and the rectangles around the faults."""

    wall: str
    covered_percent: float
    twice_percent: float
    none_percent: float
    twice_px: Corners | None = None
    none_px: Corners | None = None


def showings(config: StageConfig) -> tuple[Showing, ...]:
    """Every rectangle that a window shows, in the configuration's order."""
    return tuple(showing for index in range(len(config.outputs)) for showing in _of_output(config, index))


def coverage_of(config: StageConfig) -> tuple[WallCoverage, ...]:
    """The coverage of each wall; empty if the stage has no windows, whose canvases alone can miss LEDs."""
    if not any(output.kind == "window" for output in config.outputs):
        return ()
    shown = showings(config)
    return tuple(
        _coverage(wall.name, wall.resolution_px, [one.corners for one in shown if one.wall == wall.name])
        for wall in config.walls
    )


def overlap(one: Corners, other: Corners) -> Corners | None:
    """The rectangle that two have in common."""
    left, top = max(one[0], other[0]), max(one[1], other[1])
    right, bottom = min(one[2], other[2]), min(one[3], other[3])
    return (left, top, right, bottom) if left < right and top < bottom else None


def _of_output(config: StageConfig, index: int) -> Iterator[Showing]:
    output = config.outputs[index]
    if output.kind != "window":
        return
    for number, patch in enumerate(plan_canvas(index, output, config.walls).patches):
        key = f"outputs[{index}].regions[{number}]" if output.regions else f"outputs[{index}]"
        (left, top), (columns, rows) = patch.from_px, patch.size_px
        yield Showing(key=key, wall=patch.wall, corners=(left, top, left + columns, top + rows))


def _coverage(wall: str, size_px: tuple[int, int], shown: list[Corners]) -> WallCoverage:
    counted = list(_cells(size_px, shown))
    whole = size_px[0] * size_px[1]
    twice, none = [cell for cell, count in counted if count > 1], [cell for cell, count in counted if count == 0]
    return WallCoverage(
        wall=wall,
        covered_percent=100.0 - 100.0 * _area(none) / whole,
        twice_percent=100.0 * _area(twice) / whole,
        none_percent=100.0 * _area(none) / whole,
        twice_px=_around(twice),
        none_px=_around(none),
    )


def _cells(size_px: tuple[int, int], shown: list[Corners]) -> Iterator[tuple[Corners, int]]:
    """The raster cut along every edge of the rectangles, each piece with the number of rectangles over it."""
    xs = sorted({0, size_px[0], *(one[0] for one in shown), *(one[2] for one in shown)})
    for left, right in pairwise(xs):
        here = [one for one in shown if one[0] <= left < one[2]]
        ys = sorted({0, size_px[1], *(one[1] for one in here), *(one[3] for one in here)})
        for top, bottom in pairwise(ys):
            yield (left, top, right, bottom), sum(one[1] <= top < one[3] for one in here)


def _area(cells: list[Corners]) -> int:
    return sum((right - left) * (bottom - top) for left, top, right, bottom in cells)


def _around(cells: list[Corners]) -> Corners | None:
    if not cells:
        return None
    return (
        min(cell[0] for cell in cells),
        min(cell[1] for cell in cells),
        max(cell[2] for cell in cells),
        max(cell[3] for cell in cells),
    )
