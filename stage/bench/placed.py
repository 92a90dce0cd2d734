"""Times whole frames of three walls before a panorama placed in every way, beside the plain sphere."""

from __future__ import annotations

import statistics

import numpy as np

from stage.bench.against_bare import ASSET, drawer, panorama, scene, turns_ms
from stage.verify.studio import open_studio
from tracking.records import Record

_OWN_PX = {"flat": (1920, 1080), "part": (3584, 1792)}
"""Of the other ways, pictures as fine as the panorama is: finer ones are read from two levels, which is dearer. Rows of
the part are whole pages of memory, as the panorama's are: a software renderer reads others 3 % more slowly.
"""
_BEFORE = 4
"""Frames of a way before the one that is timed: of two copies of one picture, drawn alike, the one that more ways of a
turn show is 2 % faster after one frame, and neither is after four.
"""
_WAYS = {
    "plain": "",
    "placed": "tilt_deg = 2.0\nroll_deg = 3.0\nhorizon = 0.45",
    "part": 'projection = "sphere"\nspan_deg = 315.0\nroll_deg = 3.0',
    "flat": 'projection = "flat"\nwidth_deg = 150.0\nroll_deg = 3.0\ndistance_m = 8.0',
    "near": "radius_m = 9.0",
    "ground": "radius_m = 9.0\nground_m = 1.6",
}


class PlacedFigures(Record):
    """Median milliseconds of a frame with every wall read back, and how much more than plain in the same turn.

    `plain` is a sphere at infinity that is only turned; `placed` one that is tilted and rolled with a moved horizon,
    `part` 315 deg of one, `flat` a picture of 1920x1080 at a distance that covers the walls, `near` a sphere at 9 m and
    `ground` the same with its lower half on the floor.
    """

    plain_ms: float
    placed_ms: float
    part_ms: float
    flat_ms: float
    near_ms: float
    ground_ms: float
    placed_more: float
    part_more: float
    flat_more: float
    near_more: float
    ground_more: float
    renderer: str


def measure_placed(frames: int, draw: str) -> PlacedFigures:
    """Draws the scene of `measure_against_bare` once for every placement. Raises ConfigError without a driver.

    Of five frames a turn the last is timed: in a show a frame follows others of the same picture, not of another.
    """
    with open_studio(scene(draw)) as studio:
        pixels = panorama()
        studio.renderer.load_world(ASSET, pixels)
        for name, (columns, rows) in _OWN_PX.items():
            studio.renderer.load_world(name, np.ascontiguousarray(pixels[:rows, :columns]))
        draws = {
            name: drawer(studio, scene(draw, placed=placed), name if name in _OWN_PX else ASSET)
            for name, placed in _WAYS.items()
        }
        turns = turns_ms(draws, frames, before=_BEFORE)
        ms = {name: statistics.median(times) for name, times in turns.items()}
        more = {f"{name}_more": _more(times, turns["plain"]) for name, times in turns.items() if name != "plain"}
        return PlacedFigures(**{f"{name}_ms": took for name, took in ms.items()}, **more, renderer=studio.renderer.name)


def _more(times_ms: list[float], plain_ms: list[float]) -> float:
    """The median over all turns of what was added to the plain frame, as a share of that."""
    return statistics.median(took / plain - 1.0 for took, plain in zip(times_ms, plain_ms, strict=True))
