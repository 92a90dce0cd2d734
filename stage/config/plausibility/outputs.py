"""Do the windows show every LED once, and is each window where it can be seen? Pure."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from render.outputs.canvas import plan_canvas
from render.outputs.records import Output
from stage.config.findings import Finding
from stage.config.plausibility.units import listed
from stage.config.survey.coverage import Corners, coverage_of, overlap, showings
from stage.config.survey.survey import Survey

Windows = tuple[tuple[int, Output], ...]


def walls_not_covered(survey: Survey) -> Iterator[Finding]:
    """A wall, or part of one, that no canvas shows."""
    for row, coverage in enumerate(coverage_of(survey.config)):
        if coverage.none_px is None:
            continue
        if coverage.covered_percent == 0.0:
            yield Finding(f"walls[{row}]", f"found wall {coverage.wall!r} on no canvas: add it to an output's regions")
        else:
            share = f"({coverage.none_percent:.2g} %)"
            found = f"found {_words(coverage.none_px)} of wall {coverage.wall!r} {share} on no canvas"
            yield Finding("outputs", f"{found}: add a region from {listed(coverage.none_px[:2])}")


def leds_twice(survey: Survey) -> Iterator[Finding]:
    """Part of a wall that two canvases show. A whole wall on two is a second screen, which is allowed."""
    partly = {one.wall for one in coverage_of(survey.config) if 0.0 < one.twice_percent < 100.0}
    for first, second in combinations([one for one in showings(survey.config) if one.wall in partly], 2):
        shared = overlap(first.corners, second.corners) if first.wall == second.wall else None
        if shared is not None:
            found = f"found {_words(shared)} of wall {second.wall!r}, which {first.key} shows already"
            yield Finding(f"{second.key}.from_px", f"{found}: correct from_px or size_px of one of them")


def windows_overlap(survey: Survey) -> Iterator[Finding]:
    """Two windows on the same part of the desktop."""
    placed = [(index, place) for index, output in _windows(survey) if (place := _on_desktop(survey, index, output))]
    for (first, one), (second, other) in combinations(placed, 2):
        shared = overlap(one, other)
        if shared is not None:
            size = f"{shared[2] - shared[0]} x {shared[3] - shared[1]} px"
            found = f"found {listed(other[:2])}, where the window covers {size} of the window of outputs[{first}]"
            yield Finding(f"outputs[{second}].position_px", f"{found}: put them side by side")


def one_monitor_twice(survey: Survey) -> Iterator[Finding]:
    """Two full-screen windows on one monitor, or two plain ones in its corner."""
    for (first, one), (second, other) in combinations(_windows(survey), 2):
        plain = not one.fullscreen and not other.fullscreen
        if plain and (one.position_px or other.position_px or one.monitor is None):
            continue
        if one.fullscreen == other.fullscreen and one.monitor == other.monitor:
            where = repr(other.monitor) if other.monitor else "the main monitor, since it names none"
            found = f"found a window on {where}, where that of outputs[{first}] is"
            yield Finding(f"outputs[{second}].monitor", f"{found}: name a monitor of its own")


def monitor_beside_places(survey: Survey) -> Iterator[Finding]:
    """A full-screen window beside one at a place on the desktop: only the machine knows whether they overlap."""
    windows = _windows(survey)
    placed = [index for index, output in windows if not output.fullscreen and output.position_px is not None]
    for index, output in windows:
        if output.fullscreen and placed:
            where = f"the monitor {output.monitor!r}" if output.monitor else "the main monitor"
            found = (
                f"found a window that fills {where}, while that of outputs[{placed[0]}] is at a place on the desktop"
            )
            cure = "place both in the same way; `stage doctor FILE` shows the monitors and their places"
            yield Finding(f"outputs[{index}].monitor", f"{found}: {cure}")


def position_without_effect(survey: Survey) -> Iterator[Finding]:
    """A place for a window that fills its monitor."""
    for index, output in _windows(survey):
        if output.fullscreen and output.position_px is not None:
            found = f"found {listed(output.position_px)} for a full-screen window, which has no effect"
            yield Finding(f"outputs[{index}].position_px", f"{found}: name its monitor, or add fullscreen = false")


def _windows(survey: Survey) -> Windows:
    return tuple((index, one) for index, one in enumerate(survey.config.outputs) if one.kind == "window")


def _on_desktop(survey: Survey, index: int, output: Output) -> Corners | None:
    if output.fullscreen or output.position_px is None:
        return None
    (left, top), (columns, rows) = output.position_px, plan_canvas(index, output, survey.config.walls).size_px
    return (left, top, left + columns, top + rows)


def _words(corners: Corners) -> str:
    left, top, right, bottom = corners
    return f"columns {left} to {right - 1}, rows {top} to {bottom - 1}"


OUTPUT_RULES = (
    walls_not_covered,
    leds_twice,
    windows_overlap,
    one_monitor_twice,
    monitor_beside_places,
    position_without_effect,
)
