"""What can be drawn at all. A plan may come from a file that someone wrote, so each record states its limits. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from render.views.edges import Tangents, has_area
from tracking.records import Vec3
from tracking.settable import Values, out_of_range

FARTHEST_M = 1e6
"""Coordinates and distances beyond this cannot be drawn: float32 would round them to decimetres."""
_MOST_PIXELS = 1 << 26
_BRIGHTEST = 1e6


class Impossible(NamedTuple):
    """A value that cannot be drawn.

    `field` is its path inside the record that was examined, "" for the record itself; `expected` completes the
    sentence "found ..., expected ...".
    """

    field: str
    found: object
    expected: str


def inside(where: str, impossible: Iterable[Impossible]) -> Iterator[Impossible]:
    """The same values, named from the record that holds the examined one at `where`."""
    for one in impossible:
        yield one._replace(field=f"{where}.{one.field}" if one.field else where)


def impossible_view(
    *, eye_m: Vec3, axes: tuple[Vec3, Vec3, Vec3], drawn: Tangents, size_px: tuple[int, int], largest_px: int
) -> Iterator[Impossible]:
    """What cannot be drawn of a picture: its size, its eye, its axes (right, ahead, up) and its edges.

    `largest_px` is the longest side that the driver's textures may have.
    """
    width, height = size_px
    if not (1 <= width <= largest_px and 1 <= height <= largest_px and width * height <= _MOST_PIXELS):
        yield Impossible("size_px", size_px, f"1 to {largest_px} pixels a side, {_MOST_PIXELS} in all")
    if not is_in_reach(eye_m):
        yield Impossible("eye_m", eye_m, "a place on the stage")
    if not all(is_in_reach(axis) for axis in axes):
        yield Impossible("", axes, "unit axes")
    if not has_area(drawn):
        yield Impossible("drawn", drawn, "edges with an area")


def impossible_values(values: Values) -> Iterator[Impossible]:
    """What is outside its declared range, or none of its choices."""
    for declared, found in out_of_range(values):
        if declared.choices:
            expected = f"one of {', '.join(declared.choices)}"
        else:
            least = declared.setting.least
            lowest = f"{declared.low:g}" if least is None else f"{declared.low:g}, or {least:g}"
            expected = f"{lowest} to {declared.high:g} {declared.setting.unit}".rstrip()
        yield Impossible(declared.name, found, expected)


def is_in_reach(place: Vec3) -> bool:
    """Whether a place is near enough to be drawn."""
    return all(abs(coordinate) <= FARTHEST_M for coordinate in place)


def is_light(colour: Vec3) -> bool:
    """Whether three numbers can be light: not negative, not absurd."""
    return all(0.0 <= part <= _BRIGHTEST for part in colour)
