"""Wall records: raster, shape, latency and signal of each LED wall.

In rasters row 0 is the top and column 0 the left, as seen facing the wall. Positions are those of pixel centres.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from tracking.records import Length, Name, Place, PositiveFloat, Record, Turn, Vec3
from tracking.settable import Values, number

PixelCount = Annotated[int, msgspec.Meta(ge=1, le=16384)]


class PlaneShape(Record, tag="plane", tag_field="kind"):
    """A flat wall given by three of its corners, metres in the stage."""

    lower_left_m: Place
    lower_right_m: Place
    upper_left_m: Place


class ArcShape(Record, tag="arc", tag_field="kind"):
    """Part of an upright cylinder, seen from inside.

    Columns run from -sweep/2 (left, the -X side) to +sweep/2 around +Y. `base_m` is the point of the cylinder's axis at
    the height of the wall's lower edge. `turn_deg` turns the whole wall around the axis, + to the left like pan.
    """

    radius_m: Length
    sweep_deg: Annotated[float, msgspec.Meta(gt=0.0, le=360.0)]
    height_m: Length
    base_m: Place = (0.0, 0.0, 0.0)
    turn_deg: Turn = 0.0


class MeshShape(Record, tag="mesh", tag_field="kind"):
    """An OBJ file with UVs; UV (0, 0) is the raster's lower left corner."""

    file: str
    up: Literal["z", "y"] = "z"
    scale: PositiveFloat = 1.0


Shape = PlaneShape | ArcShape | MeshShape


class Signal(Record):
    """The transfer from linear light to the code values sent to the wall's processor."""

    curve: Literal["srgb", "gamma", "pq"] = "srgb"
    gamma: Annotated[float, msgspec.Meta(ge=1.0, le=4.0)] = 2.4
    peak_nits: Annotated[float, msgspec.Meta(ge=1.0, le=100_000.0)] = 1000.0


class WallStart(Values):
    """The values that start as the configuration says."""

    latency_ms: Annotated[float, number(0.0, 10_000.0, "ms", "Time from signal in to light out.")] = 0.0


class Wall(WallStart, forbid_unknown_fields=True):
    """One LED wall."""

    name: Name
    resolution_px: tuple[PixelCount, PixelCount]
    shape: Shape
    signal: Signal = Signal()


class WallSurface(Record):
    """A wall's geometry as the planner needs it: a sparse grid of its LED positions.

    `points_m` and `normals` (towards the viewer) are a few dozen samples over the wall. `pixel_pitch_m` is the smallest
    distance between neighbouring LEDs. `patches_m` holds for each sample the triangles nearest to it. Together they
    follow the surface within millimetres. No corner of a sample's triangles is farther from it than `reach_m`.
    """

    name: str
    points_m: tuple[Vec3, ...]
    normals: tuple[Vec3, ...]
    pixel_pitch_m: float
    patches_m: tuple[tuple[tuple[Vec3, Vec3, Vec3], ...], ...] = ()
    reach_m: float = 0.0
