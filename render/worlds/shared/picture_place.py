"""Where a panorama's picture is, in numbers: its axes, its edges and its scale, from the values of its layer. Pure."""

from __future__ import annotations

import math
from typing import NamedTuple

from render.worlds.shared.placed import PlacedLayer
from render.worlds.shared.values import Projection
from tracking.records import Vec3
from tracking.rotation import quat_conjugate, quat_from_pan_tilt_roll, quat_rotate

Size = tuple[int, int]
Angles = tuple[float, float]
Edges = tuple[float, float, float, float]

_ROUNDING = 0.001
"""A picture whose ratio is this close to 2:1 is meant to be 2:1."""
_MOST_SHIFT_RAD = math.radians(30.0)
"""A horizon farther from the middle of a whole sphere would press the rows towards one pole together."""
_ALL_AROUND = 4.0 * math.pi
_LEAST_RAD = 0.01
_NO_EDGE = 10.0
"""An angle that nothing is beyond."""
_HORIZON = 0.5
_POLE = 0.5 * math.pi - 1e-6


class PicturePlace(NamedTuple):
    """A placed picture, its angles from its axis to the right and upwards in radians; of a flat one, tangents.

    `layer_from_stage` has the picture's right, ahead and up as rows, column by column as shaders take it; `flip`
    mirrors the first. `middle` is where the axis is in the picture, as shares of its width and height,
    `place_from_angles` how many such shares an angle is. `edges` are left, bottom, right, top. `edge_texel` is one
    over its columns where it has edges at the sides, else 0. `has_edges` is whether anything is beyond it. `bend`
    is how much higher a whole sphere is looked up about its horizon, and half the width of its seam; of a part of
    one, how blur grows beyond its sides, and above and below. Of a cylinder the second angle is a tangent. Of a
    dome the angles are from straight up in the picture's axes, to its right and away from ahead, and a circle of
    the first edge ends it. Both are `is_shaped`.
    """

    layer_from_stage: tuple[float, ...]
    middle: Angles
    place_from_angles: Angles
    edges: Edges
    texels_per_unit: float
    edge_texel: float
    continues: bool
    has_edges: bool
    bend: Angles = (0.0, 0.0)
    is_shaped: bool = False
    is_dome: bool = False


def is_whole(layer: PlacedLayer, size: Size) -> bool:
    """Whether a picture of this size (columns, rows) is a whole sphere: all the way round and from pole to pole."""
    columns, rows = size
    is_sphere = layer.projection == "sphere" and layer.span_deg >= 360.0
    return is_sphere and abs(columns - 2 * rows) <= max(1.0, columns * _ROUNDING)


def is_only_turned(layer: PlacedLayer, size: Size) -> bool:
    """Whether a picture is a whole sphere at infinity that is turned about the vertical, and nothing else."""
    tilted = layer.tilt_deg != 0.0 or layer.roll_deg != 0.0 or layer.flip
    near = layer.projection == "flat" or layer.radius_m > 0.0 or layer.ground_m > 0.0
    return not (tilted or near or layer.seam_deg > 0.0) and layer.horizon == _HORIZON and is_whole(layer, size)


def place_of(layer: PlacedLayer, size: Size) -> PicturePlace:
    """Where a picture of this size (columns, rows) is."""
    match layer.projection:
        case "flat":
            return _flat(layer, size)
        case "cylinder":
            return _on_cylinder(layer, size)
        case "dome":
            return _on_dome(layer, size)
        case _:
            return _on_sphere(layer, size)


def _on_sphere(layer: PlacedLayer, size: Size) -> PicturePlace:
    columns, rows = size
    span, whole = math.radians(layer.span_deg), is_whole(layer, size)
    all_round = layer.span_deg >= 360.0
    height = math.pi if whole else span * rows / columns
    horizon = _HORIZON if whole else layer.horizon
    aside = _NO_EDGE if all_round else 0.5 * span
    top, bottom = horizon * height, (1.0 - horizon) * height
    shift = min(max((_HORIZON - layer.horizon) * math.pi, -_MOST_SHIFT_RAD), _MOST_SHIFT_RAD)
    return PicturePlace(
        layer_from_stage=layer_from_stage(layer),
        middle=(0.5, horizon),
        place_from_angles=(1.0 / span, -1.0 / height),
        edges=(-aside, -bottom if bottom < _POLE else -_NO_EDGE, aside, top if top < _POLE else _NO_EDGE),
        texels_per_unit=rows / height,
        edge_texel=0.0 if all_round else 1.0 / columns,
        continues=layer.surround == "continue",
        has_edges=not whole,
        bend=(shift, 0.5 * math.radians(layer.seam_deg)) if whole else _growth(aside, top, bottom),
    )


def _on_cylinder(layer: PlacedLayer, size: Size) -> PicturePlace:
    """Around by angles, upwards by tangents, as square texels on a cylinder are seen from its axis."""
    columns, rows = size
    span = math.radians(layer.span_deg)
    height, all_round = span * rows / columns, layer.span_deg >= 360.0
    aside = _NO_EDGE if all_round else 0.5 * span
    return PicturePlace(
        layer_from_stage=layer_from_stage(layer),
        middle=(0.5, layer.horizon),
        place_from_angles=(1.0 / span, -1.0 / height),
        edges=(-aside, -(1.0 - layer.horizon) * height, aside, layer.horizon * height),
        texels_per_unit=columns / span,
        edge_texel=0.0 if all_round else 1.0 / columns,
        continues=layer.surround == "continue",
        has_edges=True,
        bend=(_growth(aside, math.pi, math.pi)[0], 0.0),
        is_shaped=True,
    )


def _on_dome(layer: PlacedLayer, size: Size) -> PicturePlace:
    """A fisheye with even angles from its middle, which is overhead, and what is ahead at its foot."""
    columns, rows = size
    span = math.radians(layer.span_deg)
    aside, height = 0.5 * span, span * rows / columns
    return PicturePlace(
        layer_from_stage=layer_from_stage(layer),
        middle=(_HORIZON, _HORIZON),
        place_from_angles=(1.0 / span, -1.0 / height),
        edges=(-aside, -0.5 * height, aside, 0.5 * height),
        texels_per_unit=columns / span,
        edge_texel=1.0 / columns,
        continues=layer.surround == "continue",
        has_edges=True,
        bend=(_growth(aside, math.pi, math.pi)[0],) * 2,
        is_shaped=True,
        is_dome=True,
    )


def _growth(aside: float, top: float, bottom: float) -> Angles:
    """How fast blur grows with the fifth power of the angle beyond an edge: it is all around at the farthest."""
    upright = [_POLE - edge for edge in (top, bottom) if edge < _POLE]
    farthest = (math.pi - aside, min(upright, default=0.0))
    across, up = (_ALL_AROUND / max(angle, _LEAST_RAD) ** 5 if angle > 0.0 else 0.0 for angle in farthest)
    return (across, up)


def _flat(layer: PlacedLayer, size: Size) -> PicturePlace:
    columns, rows = size
    aside = math.tan(math.radians(0.5 * layer.width_deg))
    height = 2.0 * aside * rows / columns
    return PicturePlace(
        layer_from_stage=layer_from_stage(layer),
        middle=(0.5, layer.horizon),
        place_from_angles=(0.5 / aside, -1.0 / height),
        edges=(-aside, -(1.0 - layer.horizon) * height, aside, layer.horizon * height),
        texels_per_unit=rows / height,
        edge_texel=1.0 / columns,
        continues=layer.surround == "continue",
        has_edges=True,
    )


def layer_from_stage(layer: PlacedLayer) -> tuple[float, ...]:
    """The rotation from the stage into the picture's right, ahead and up, mirrored where it is; column by column."""
    back = quat_conjugate(quat_from_pan_tilt_roll(math.fmod(layer.turn_deg, 360.0), layer.tilt_deg, layer.roll_deg))
    right, ahead, up = (quat_rotate(back, axis) for axis in ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)))
    sign = -1.0 if layer.flip else 1.0
    return tuple(sign * part if row == 0 else part for column in (right, ahead, up) for row, part in enumerate(column))


def angles_in(place: PicturePlace, direction: Vec3, projection: Projection) -> Angles:
    """Angles of a direction from a picture's axis, right and up in radians; of a flat one, each by itself.

    Of a dome all of its angle from the middle is on the side that is nearer to it.
    """
    m = place.layer_from_stage
    x, y, z = (m[row] * direction[0] + m[row + 3] * direction[1] + m[row + 6] * direction[2] for row in range(3))
    if projection == "flat":
        return math.atan2(x, y), math.atan2(z, y) if y > 0.0 else math.copysign(0.5 * math.pi, z)
    if projection == "dome":
        away = math.atan2(math.hypot(x, y), z)
        return (math.copysign(away, x), 0.0) if abs(x) > abs(y) else (0.0, math.copysign(away, -y))
    return math.atan2(x, y), math.atan2(z, math.hypot(x, y))


def angle_edges(place: PicturePlace, projection: Projection) -> Edges:
    """Its edges as such angles."""
    left, bottom, right, top = place.edges
    if projection == "flat":
        left, right = math.atan(left), math.atan(right)
    if projection in ("flat", "cylinder"):
        bottom, top = math.atan(bottom), math.atan(top)
    return (left, bottom, right, top)
