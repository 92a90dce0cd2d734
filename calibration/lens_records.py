"""What a lens file holds, and which values it may hold: focal length, distortion and entrance pupil over the zoom.

Values only, no formula of the lens: both the walls' path and the film camera read these records.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Annotated, Literal

import msgspec

from tracking.records import FOCAL_LENGTH_MM, PositiveFloat, Record

FARTHEST_PUPIL_M = 2.0
"""An entrance pupil farther from the imaging plane is in another unit."""


class LensNode(Record):
    """A lens at one zoom position.

    Distortion is the Brown-Conrady model of SMPTE RIS OpenLensIO. Image coordinates are millimetres on the sensor, x
    right, y down, from the image's centre moved by `projection_offset_mm + distortion_offset_mm`. The radial factor is
    (1 + k1 r^2 + k3 r^4 + k5 r^6) / (1 + k2 r^2 + k4 r^4 + k6 r^6) with `radial` = (k1, k2, ...). The tangential terms
    (p1, p2) add 2 p1 x y + p2 (r^2 + 2 x^2) to x and p1 (r^2 + 2 y^2) + 2 p2 x y to y.
    """

    focal_length_mm: PositiveFloat
    zoom_raw: float = 0.0
    entrance_pupil_m: float = 0.0
    radial: Annotated[tuple[float, ...], msgspec.Meta(max_length=6)] = ()
    tangential: Annotated[tuple[float, ...], msgspec.Meta(max_length=2)] = ()
    projection_offset_mm: tuple[float, float] = (0.0, 0.0)
    distortion_offset_mm: tuple[float, float] = (0.0, 0.0)


class Lens(Record):
    """A lens file (JSON).

    `model` says which way the polynomial maps: "D-U" from distorted to undistorted coordinates (OpenLensIO's default),
    "U-D" the other way. `nodes` are sorted by `zoom_raw`; a prime lens has one.
    """

    nodes: Annotated[tuple[LensNode, ...], msgspec.Meta(min_length=1, max_length=256)]
    name: str = ""
    model: Literal["Brown-Conrady D-U", "Brown-Conrady U-D"] = "Brown-Conrady D-U"


def lens_fault(lens: Lens) -> str | None:
    """What is wrong with the values of a lens file, as `key: found, expected`; None if it can be used."""
    for index, node in enumerate(lens.nodes):
        fault = _node_fault(node)
        if fault is not None:
            return f"nodes[{index}]{fault}"
    for index, (low, high) in enumerate(pairwise(lens.nodes), start=1):
        if high.zoom_raw <= low.zoom_raw:
            found = f"found {high.zoom_raw:g} after {low.zoom_raw:g}"
            return f"nodes[{index}].zoom_raw: {found}, expected nodes sorted by rising zoom_raw"
    return None


def _node_fault(node: LensNode) -> str | None:
    shortest, longest = FOCAL_LENGTH_MM
    if not shortest <= node.focal_length_mm <= longest:
        return f".focal_length_mm: found {node.focal_length_mm:g}, expected {shortest:g} to {longest:g} mm"
    numbers = (node.zoom_raw, node.entrance_pupil_m, *node.radial, *node.tangential)
    if not all(map(math.isfinite, (*numbers, *node.projection_offset_mm, *node.distortion_offset_mm))):
        return ": found a number that is not finite, expected finite numbers"
    if abs(node.entrance_pupil_m) > FARTHEST_PUPIL_M:
        return f".entrance_pupil_m: found {node.entrance_pupil_m:g}, expected metres, at most {FARTHEST_PUPIL_M:g}"
    return None
