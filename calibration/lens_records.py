"""What a lens file says: focal length, distortion and entrance pupil over the zoom encoder. Data only, no formula."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from tracking.records import PositiveFloat, Record


class LensNode(Record):
    """A lens at one zoom position.

    Distortion is SMPTE RIS OpenLensIO's Brown-Conrady: image coordinates are millimetres on the sensor, x right,
    y down, from the image's centre moved by `projection_offset_mm + distortion_offset_mm`. The radial factor is
    (1 + k1 r^2 + k3 r^4 + k5 r^6) / (1 + k2 r^2 + k4 r^4 + k6 r^6) with `radial` = (k1, k2, ...); tangential terms
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
    """A lens file (JSON). `model` says which way the polynomial maps: "D-U" from distorted to undistorted
    coordinates (OpenLensIO's default), "U-D" the other way. `nodes` are sorted by `zoom_raw`, one for a prime.
    """

    nodes: Annotated[tuple[LensNode, ...], msgspec.Meta(min_length=1, max_length=256)]
    name: str = ""
    model: Literal["Brown-Conrady D-U", "Brown-Conrady U-D"] = "Brown-Conrady D-U"
