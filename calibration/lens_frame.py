"""The view of a lens's whole frame, and whether a lens can be used at all. Pure."""

from __future__ import annotations

from itertools import pairwise

from calibration.lens import LensSetting, Pair, lens_setting, look_from
from calibration.lens_records import Lens

Edges = tuple[float, float, float, float]
"""Left, right, bottom and top of a view as tangents from its axis."""

_SIDE_STEPS = 12
_WALK_STEPS = 5


def frame_edges(setting: LensSetting, sensor_mm: Pair) -> Edges:
    """The upright frame of tangents that contains all that the sensor sees and hardly more: the lens's own overscan.

    The sensor's border is followed in 48 steps, with an allowance for its bulge between them. Raises ViewError if the
    lens folds over on the border or on the way to a corner.
    """
    half_width, half_height = 0.5 * sensor_mm[0], 0.5 * sensor_mm[1]
    corners = (
        (-half_width, half_height),
        (half_width, half_height),
        (half_width, -half_height),
        (-half_width, -half_height),
    )
    begin = [_walk_to(setting, corner) for corner in corners]
    sides = [_along(setting, corners[index], corners[(index + 1) % 4], begin[index]) for index in range(4)]
    bottom, right, top, left = sides
    return (
        -_furthest([-x for x, _ in left]),
        _furthest([x for x, _ in right]),
        -_furthest([-y for _, y in bottom]),
        _furthest([y for _, y in top]),
    )


def check_lens(lens: Lens, sensor_mm: Pair) -> None:
    """Raises ViewError if the lens folds over inside the frame, at a node or half-way between two."""
    zooms = [node.zoom_raw for node in lens.nodes]
    between = [0.5 * (low + high) for low, high in pairwise(zooms)]
    for zoom_raw in (*zooms, *between):
        setting = lens_setting(lens, zoom_raw)
        for row in range(1, _WALK_STEPS):
            share = row / _WALK_STEPS
            frame_edges(setting, (sensor_mm[0] * share, sensor_mm[1] * share))
        frame_edges(setting, sensor_mm)


def _walk_to(setting: LensSetting, corner_mm: Pair) -> Pair:
    """The ray that a corner of the sensor sees, found in steps from the middle so that no fold is missed."""
    near = None
    for step in range(_WALK_STEPS + 1):
        share = step / _WALK_STEPS
        near = look_from(setting, (corner_mm[0] * share, corner_mm[1] * share), near)
    assert near is not None
    return near


def _along(setting: LensSetting, start_mm: Pair, end_mm: Pair, begin: Pair) -> list[Pair]:
    """The rays that the border sees from one corner of the sensor to the next, both corners included."""
    rays, near = [], begin
    for step in range(_SIDE_STEPS + 1):
        share = step / _SIDE_STEPS
        place = (start_mm[0] + (end_mm[0] - start_mm[0]) * share, start_mm[1] + (end_mm[1] - start_mm[1]) * share)
        near = look_from(setting, place, near)
        rays.append(near)
    return rays


def _furthest(values: list[float]) -> float:
    """The largest value of a smooth curve given in even steps, by parabolas, with a small allowance."""
    largest = max(values)
    for before, here, after in zip(values, values[1:], values[2:], strict=False):
        slope, bend = 0.5 * (after - before), 0.5 * (after + before) - here
        if bend < 0.0 and abs(slope) <= -2.0 * bend:
            peak = here - 0.25 * slope * slope / bend - 0.1 * bend
            largest = max(largest, peak)
    return largest
