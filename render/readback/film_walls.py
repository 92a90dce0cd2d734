"""The walls before the film camera on the GPU: their surfaces, in single precision from an origin of their own."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import moderngl
import numpy as np
import numpy.typing as npt

from calibration.rasters.meshes import Mesh
from calibration.walls import ArcShape, MeshShape, PlaneShape, Wall, WallSurface
from render.film.lens import FilmLens
from render.gpu.context import float_texture
from render.gpu.passes import Uniform
from tracking.records import Vec3

_TRIANGLES_A_ROW = 256
_MOST_ACROSS = 8


class WallSight(NamedTuple):
    """How a wall is seen: through which lens, from the camera's entrance pupil, along its unit axes in the stage."""

    wall: str
    lens: FilmLens
    eye_m: Vec3
    right: Vec3
    ahead: Vec3
    up: Vec3


@dataclass(frozen=True)
class FilmTriangles:
    """A mesh wall's triangles on the GPU, for looking one up and for drawing all."""

    texture: moderngl.Texture
    corners: moderngl.Buffer


@dataclass(frozen=True)
class FilmedWall:
    """One wall: its shader's variant and uniforms, and the origin that its eye is given from.

    `places_m` (n, 3) are a few dozen of its LEDs, `pitch_m` the smallest distance between two.
    """

    wall: Wall
    shape: str
    origin_m: npt.NDArray[np.float64]
    values: dict[str, Uniform]
    places_m: npt.NDArray[np.float64]
    pitch_m: float
    triangles: FilmTriangles | None = field(default=None)

    def eye(self, eye_m: Vec3) -> tuple[float, float, float]:
        """An eye from this wall's origin: subtracted in double precision."""
        x, y, z = (np.asarray(eye_m, dtype=np.float64) - self.origin_m).tolist()
        return (x, y, z)

    def leds_across(self, eye_m: Vec3, pixel_tangent: float) -> int:
        """How many LEDs across a film pixel has where the wall is nearest, at least one: as many are averaged."""
        near_m = float(np.sqrt(((self.places_m - np.asarray(eye_m)) ** 2).sum(axis=1).min()))
        return min(_MOST_ACROSS, max(1, math.floor(near_m * pixel_tangent / self.pitch_m)))


def filmed_wall(context: moderngl.Context, wall: Wall, surface: WallSurface, mesh: Mesh | None) -> FilmedWall:
    """A wall for the film camera on the GPU. `mesh` is that of a mesh wall."""
    shape, values, triangles = wall.shape, {}, None
    match shape:
        case PlaneShape():
            kind, origin = "PLANE", np.array(shape.lower_left_m, dtype=np.float64)
            values = _plane(shape)
        case ArcShape():
            kind, origin = "ARC", np.array(shape.base_m, dtype=np.float64)
            values = {"arc": (shape.radius_m, shape.height_m, math.radians(shape.sweep_deg), _turn(shape))}
        case MeshShape():
            assert mesh is not None, "a mesh wall is loaded with its mesh"
            corners = _corners(shape, mesh)
            kind, origin = "MESH", corners.reshape(-1, 3).mean(axis=0)
            triangles = _triangles(context, corners - origin, mesh.uvs)
    return FilmedWall(
        wall, kind, origin, values, np.array(surface.points_m), max(surface.pixel_pitch_m, 1e-6), triangles
    )


def _turn(shape: ArcShape) -> float:
    return math.radians(shape.turn_deg)


def _plane(shape: PlaneShape) -> dict[str, Uniform]:
    """The dual basis of the wall's two edges, with which the raster's coordinates are products, and its normal."""
    corner = np.array(shape.lower_left_m, dtype=np.float64)
    across, up = np.array(shape.lower_right_m) - corner, np.array(shape.upper_left_m) - corner
    normal = np.cross(across, up)
    size = float(normal @ normal)
    return {
        "dual_across": tuple((np.cross(up, normal) / size).tolist()),
        "dual_up": tuple((np.cross(normal, across) / size).tolist()),
        "normal": tuple((normal / math.sqrt(size)).tolist()),
    }


def _corners(shape: MeshShape, mesh: Mesh) -> npt.NDArray[np.float64]:
    """The corners (n, 3, xyz) of a mesh in the stage. In a file with Y up, -Z is the stage's +Y."""
    points = np.asarray(mesh.points, dtype=np.float64)
    if shape.up == "y":
        points = points[..., [0, 2, 1]] * (1.0, -1.0, 1.0)
    return np.asarray(points * shape.scale)


def _triangles(context: moderngl.Context, corners: npt.NDArray[np.float64], uvs: npt.NDArray[Any]) -> FilmTriangles:
    """Four texels for each triangle: its corners with their u, then its three v and whether its UVs are mirrored."""
    side, ahead = uvs[:, 1] - uvs[:, 0], uvs[:, 2] - uvs[:, 0]
    mirrored = side[:, 0] * ahead[:, 1] - side[:, 1] * ahead[:, 0] < 0
    rows = -(-len(corners) // _TRIANGLES_A_ROW)
    texels = np.zeros((rows * _TRIANGLES_A_ROW, 4, 4), np.float32)
    texels[: len(corners), :3, :3] = corners
    texels[: len(corners), :3, 3] = uvs[..., 0]
    texels[: len(corners), 3, :3] = uvs[..., 1]
    texels[: len(corners), 3, 3] = mirrored
    texture = float_texture(context, texels.reshape(rows, _TRIANGLES_A_ROW * 4, 4))
    return FilmTriangles(texture, context.buffer(np.ascontiguousarray(corners, np.float32).tobytes()))
