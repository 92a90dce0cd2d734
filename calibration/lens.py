"""The lens of the walls' path: the ray that a place on the sensor sees, and the place where a ray falls. Pure.

SMPTE RIS OpenLensIO 1.0, "Mathematical lens model" (Brown-Conrady, rational radial terms), scaled to unit focal
length: sensor places over the focal length on one side, tangents of ray angles on the other. The direction that the
file's polynomial does not give is solved by Newton's method.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from typing import NamedTuple

from calibration.lens_records import Lens, LensNode
from tracking.records import ViewError

Pair = tuple[float, float]
Radial = tuple[float, float, float, float, float, float]

_NEWTON_STEPS = 30
_SOLVED = 1e-12


class LensSetting(NamedTuple):
    """A lens at one zoom. Coefficients and offsets are those of the lens scaled to unit focal length, y down."""

    focal_length_mm: float
    entrance_pupil_m: float
    radial: Radial
    tangential: Pair
    projection_offset: Pair
    distortion_offset: Pair
    undistorts: bool


class _MappedPlace(NamedTuple):
    """A place mapped by the polynomial, and the symmetric Jacobian there."""

    x: float
    y: float
    across: float
    mixed: float
    down: float


def lens_setting(lens: Lens, zoom_raw: float | None) -> LensSetting:
    """The lens at a zoom encoder value (None: at its first node), held beyond its first and last node.

    Between two nodes the logarithm of the focal length, the coefficients at unit focal length, the pupil and the
    offsets in millimetres are linear in the encoder value.
    """
    nodes = lens.nodes
    after = 0 if zoom_raw is None else bisect_right([node.zoom_raw for node in nodes], zoom_raw)
    if zoom_raw is None or after == 0 or after == len(nodes):
        node = nodes[max(0, after - 1)]
        return _between(lens, node, node, 0.0)
    low, high = nodes[after - 1], nodes[after]
    return _between(lens, low, high, (zoom_raw - low.zoom_raw) / (high.zoom_raw - low.zoom_raw))


def lens_of_focal_length(lens: Lens, focal_length_mm: float) -> LensSetting:
    """The lens at this focal length. Beyond its range: the nearest node, with the focal length replaced."""
    wanted = math.log(focal_length_mm)
    for low, high in zip(lens.nodes, lens.nodes[1:], strict=False):
        start, end = math.log(low.focal_length_mm), math.log(high.focal_length_mm)
        if start != end and min(start, end) <= wanted <= max(start, end):
            return _between(lens, low, high, (wanted - start) / (end - start))
    nearest = min(lens.nodes, key=lambda node: abs(math.log(node.focal_length_mm) - wanted))
    return _between(lens, nearest, nearest, 0.0)._replace(focal_length_mm=focal_length_mm)


def look_from(setting: LensSetting, place_mm: Pair, near: Pair | None = None) -> Pair:
    """The tangents (x right, y up) of the ray that a place on the sensor (mm from its centre, x right, y down) sees.

    `near` are tangents to start the search from. Raises ViewError if the lens folds over and no ray is found.
    """
    x, y = _undistorted(setting, place_mm, near)
    return x, -y


def place_of(setting: LensSetting, tangents: Pair) -> Pair:
    """Where on the sensor (mm from its centre, x right, y down) the ray with these tangents (y up) falls.

    Raises ViewError if the lens folds over and no place is found.
    """
    offset_x, offset_y = setting.distortion_offset
    x, y = tangents[0] - offset_x, -tangents[1] - offset_y
    if setting.undistorts:
        x, y = _solve(setting, x, y, (x, y))
    else:
        x, y, *_ = _mapped(setting, x, y)
    x, y = x + offset_x + setting.projection_offset[0], y + offset_y + setting.projection_offset[1]
    return x * setting.focal_length_mm, y * setting.focal_length_mm


def _between(lens: Lens, low: LensNode, high: LensNode, share: float) -> LensSetting:
    def mixed(first: float, second: float) -> float:
        return first + (second - first) * share

    logarithm = mixed(math.log(low.focal_length_mm), math.log(high.focal_length_mm))
    focal_length_mm = low.focal_length_mm if share == 0.0 else math.exp(logarithm)
    (k1, k2, k3, k4, k5, k6), (p1, p2) = (
        tuple(mixed(a, b) for a, b in zip(first, second, strict=True))
        for first, second in zip(_of_unit_focal(low), _of_unit_focal(high), strict=True)
    )

    def offset(first: Pair, second: Pair) -> Pair:
        return mixed(first[0], second[0]) / focal_length_mm, mixed(first[1], second[1]) / focal_length_mm

    return LensSetting(
        focal_length_mm=focal_length_mm,
        entrance_pupil_m=mixed(low.entrance_pupil_m, high.entrance_pupil_m),
        radial=(k1, k2, k3, k4, k5, k6),
        tangential=(p1, p2),
        projection_offset=offset(low.projection_offset_mm, high.projection_offset_mm),
        distortion_offset=offset(low.distortion_offset_mm, high.distortion_offset_mm),
        undistorts=lens.model == "Brown-Conrady D-U",
    )


def _of_unit_focal(node: LensNode) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Radial and tangential coefficients of a node, for places in focal lengths instead of millimetres."""
    length = node.focal_length_mm
    radial = (*node.radial, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)[:6]
    tangential = (*node.tangential, 0.0, 0.0)[:2]
    return (
        tuple(k * length ** (2 * (index // 2 + 1)) for index, k in enumerate(radial)),
        tuple(p * length for p in tangential),
    )


def _undistorted(setting: LensSetting, place_mm: Pair, near: Pair | None) -> Pair:
    """The tangents, y down, of the ray that a place on the sensor sees."""
    focal_length_mm = setting.focal_length_mm
    offset_x, offset_y = setting.distortion_offset
    x = place_mm[0] / focal_length_mm - setting.projection_offset[0] - offset_x
    y = place_mm[1] / focal_length_mm - setting.projection_offset[1] - offset_y
    if setting.undistorts:
        x, y, *_ = _mapped(setting, x, y)
        return x + offset_x, y + offset_y
    begin = (x, y) if near is None else (near[0] - offset_x, -near[1] - offset_y)
    x, y = _solve(setting, x, y, begin)
    return x + offset_x, y + offset_y


def _mapped(setting: LensSetting, x: float, y: float) -> _MappedPlace:
    """The polynomial of the file at a place. Raises ViewError if it has folded over there."""
    found = _map(setting, x, y)
    if found is None:
        raise ViewError("lens_folds")
    return found


def _map(setting: LensSetting, x: float, y: float) -> _MappedPlace | None:
    """The polynomial at a place, or None if it has folded over: a small patch there is mirrored or torn."""
    k1, k2, k3, k4, k5, k6 = setting.radial
    p1, p2 = setting.tangential
    square = x * x + y * y
    above = 1.0 + square * (k1 + square * (k3 + square * k5))
    below = 1.0 + square * (k2 + square * (k4 + square * k6))
    if not below > 0.0:
        return None
    factor = above / below
    above_slope = k1 + square * (2.0 * k3 + square * 3.0 * k5)
    slope = (above_slope - factor * (k2 + square * (2.0 * k4 + square * 3.0 * k6))) / below
    across = factor + 2.0 * (x * x * slope + p1 * y) + 6.0 * p2 * x
    down = factor + 2.0 * (y * y * slope + p2 * x) + 6.0 * p1 * y
    mixed = 2.0 * (x * y * slope + p1 * x + p2 * y)
    if not (across * down > mixed * mixed and across > 0.0):
        return None
    mapped_x = x * factor + 2.0 * p1 * x * y + p2 * (square + 2.0 * x * x)
    mapped_y = y * factor + 2.0 * p2 * x * y + p1 * (square + 2.0 * y * y)
    return _MappedPlace(mapped_x, mapped_y, across, mixed, down)


def _solve(setting: LensSetting, wanted_x: float, wanted_y: float, begin: Pair) -> Pair:
    """The place that `_map` maps to the wanted one, by Newton steps that are halved if they would cross a fold.

    Raises ViewError if there is none on the middle's side of the fold.
    """
    x, y = begin
    found = _map(setting, x, y)
    if found is None:
        x = y = 0.0
        found = _mapped(setting, x, y)
    for _ in range(_NEWTON_STEPS):
        missing_x, missing_y = wanted_x - found.x, wanted_y - found.y
        share = 1.0 / (found.across * found.down - found.mixed * found.mixed)
        step_x = (found.down * missing_x - found.mixed * missing_y) * share
        step_y = (found.across * missing_y - found.mixed * missing_x) * share
        if abs(missing_x) < _SOLVED and abs(missing_y) < _SOLVED:
            return x + step_x, y + step_y
        ahead = _map(setting, x + step_x, y + step_y)
        while ahead is None and abs(step_x) + abs(step_y) > _SOLVED:
            step_x, step_y = 0.5 * step_x, 0.5 * step_y
            ahead = _map(setting, x + step_x, y + step_y)
        if ahead is None:
            break
        x, y, found = x + step_x, y + step_y, ahead
    raise ViewError("lens_folds")
