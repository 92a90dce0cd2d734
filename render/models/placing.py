"""Where models stand on the stage, and the views that they are drawn in."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from render.gpu.layer_source import LOOK_NEAR_M
from render.models.gpu import GpuModel
from render.models.model import Floats
from render.views.view import View
from tracking.records import Vec3

Transform = NDArray[np.float64]

_STAGE_FROM_GLTF: Transform = np.array(
    [[1.0, 0.0, 0.0, 0.0], [0.0, 0.0, -1.0, 0.0], [0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 0.0, 1.0]]
)
"""glTF has Y up and Z towards the viewer (section 3.4), the stage Z up and Y away from who looks at the front wall."""
_GLTF_FROM_STAGE: Transform = np.asarray(np.linalg.inv(_STAGE_FROM_GLTF))


class PlacedModel(NamedTuple):
    """A model and how it stands in this frame, in the stage's axes.

    `world_from_node`: float32 (nodes, 4, 4). `skins`: for each skin, world from mesh of each joint, (joints, 4, 4).
    `weights`: for each node those of its mesh's morphs; empty for all at rest. Arrays are told apart by identity: who
    changes a place gives a new array, and what stands still keeps its own, which costs nothing then.
    """

    model: GpuModel
    world_from_node: Floats
    skins: tuple[Floats, ...] = ()
    weights: tuple[Sequence[float], ...] = ()


class RasterView(NamedTuple):
    """What a picture sees. `clip_from_world` (4, 4), with row 0 of the picture at the bottom of clip space."""

    clip_from_world: Transform
    eye_m: Vec3
    near_m: float = LOOK_NEAR_M


def raster_view(view: View, near_m: float = LOOK_NEAR_M) -> RasterView:
    """The same view for triangles: everything beyond `near_m` is seen, however far.

    Row 0 of the house's pictures is the top, so what is up goes down in clip space.
    """
    edges = view.edges
    width, height = edges.right - edges.left, edges.top - edges.bottom
    right, ahead, up, eye = (np.array(axis) for axis in (view.right, view.ahead, view.up, view.eye_m))
    rows = np.zeros((4, 4))
    rows[0, :3] = (2.0 * right - (edges.right + edges.left) * ahead) / width
    rows[1, :3] = -(2.0 * up - (edges.top + edges.bottom) * ahead) / height
    rows[2, :3] = rows[3, :3] = ahead
    rows[:, 3] = -rows[:, :3] @ eye
    rows[2, 3] -= 2.0 * near_m
    return RasterView(rows, view.eye_m, near_m)


def pixels_for_a_tangent(view: RasterView, rows_px: int) -> float:
    """How many rows of a picture of so many there are for a tangent of 1."""
    down, ahead = view.clip_from_world[1, :3], view.clip_from_world[3, :3]
    return 0.5 * rows_px * float(np.linalg.norm(down - (down @ ahead) * ahead))


def near_from_pixel(view: RasterView, size_px: tuple[int, int]) -> Transform:
    """Takes (column, row, 1), in pixels from the corner of a picture, to what is seen there, relative to the eye,
    where its depth is 1: (3, 3).
    """
    half = np.array([[2.0 / size_px[0], 0.0, -1.0], [0.0, 2.0 / size_px[1], -1.0], [0.0, 0.0, 1.0]])
    return np.asarray(np.linalg.inv(view.clip_from_world[[0, 1, 3], :3]) @ half)


def stage_from_model(
    origin_m: Vec3 = (0.0, 0.0, 0.0), turn_deg: float = 0.0, scale: float = 1.0, floor_m: float = 0.0
) -> Transform:
    """Takes a model's axes to the stage's: its ground at `floor_m` there, turned to the left by `turn_deg`, (4, 4)."""
    cosine, sine = math.cos(math.radians(turn_deg)), math.sin(math.radians(turn_deg))
    placed = np.array(
        [
            [scale * cosine, -scale * sine, 0.0, origin_m[0]],
            [scale * sine, scale * cosine, 0.0, origin_m[1]],
            [0.0, 0.0, scale, origin_m[2] + floor_m],
            [0.0, 0.0, 0.0, 1.0],
        ]
    )
    return np.asarray(placed @ _STAGE_FROM_GLTF)


def stage_from_crowd(origin_m: Vec3, turn_deg: float, scale: float, floor_m: float) -> Transform:
    """Takes a crowd's ground, with its axes as the stage's, to the stage: the ground `floor_m` above the scene's."""
    found = stage_from_model(origin_m, turn_deg, scale) @ _GLTF_FROM_STAGE
    found[:3, 3] += found[:3, 2] * floor_m
    return np.asarray(found)


def place_model(
    model: GpuModel,
    world_from_model: Transform,
    model_from_node: Floats,
    skins: Sequence[Floats] = (),
    weights: Sequence[Sequence[float]] = (),
) -> PlacedModel:
    """A posed model where `world_from_model` puts it; `skins` are model from mesh for each joint."""
    world = np.asarray(world_from_model @ model_from_node, np.float32)
    bent = tuple(np.asarray(world_from_model @ matrices, np.float32) for matrices in skins)
    return PlacedModel(model, world, bent, tuple(weights))
