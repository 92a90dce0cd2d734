"""Which triangles and edges of a part a view may see: in software those that are thrown away cost a third of drawing.

What is chosen serves all views from nearly the same place in nearly the same direction, and leaves out only what none
of them shows, and what is smaller than a pixel: that would but twinkle.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from render.models.edges import MOST_TRIANGLES
from render.models.model import Faces, Floats, Part
from render.models.parts import face_vectors, unit
from tracking.records import Vec3

Indices = NDArray[np.uint32]
_NEAR_BY_M = 0.25
_NEARLY_ALONG = 0.05
"""How far eyes may be apart, in the part's own metres, and sides of their views, radians, to share what is chosen."""
_SHORTEST_PX = 1.2
_CREASE = 0.9
"""As in `shaders/models/edge.vert`, which leaves out what is shorter and what is flatter."""
_SMALLEST_PX = 1.0
_EVEN = 1e-3
_WORTH_CHOOSING = 200
"""Triangles: what faces away of fewer is drawn sooner than it is left out."""


class PartView(NamedTuple):
    """A view in the axes of a part. `sides` (4, 3) are unit normals, inwards, of the planes through the eye.

    `tangent_px` is how many pixels a tangent of 1 has at most, anywhere in the picture.
    """

    eye: NDArray[np.float64]
    sides: NDArray[np.float64]
    tangent_px: float

    def is_like(self, other: PartView) -> bool:
        """Whether both see nearly the same."""
        return bool(
            self.tangent_px <= other.tangent_px
            and np.abs(self.eye - other.eye).max() < 0.5 * _NEAR_BY_M
            and np.abs(self.sides - other.sides).max() < 0.5 * _NEARLY_ALONG
        )


def part_view(
    clip_from_world: NDArray[np.float64], eye_m: Vec3, size_px: tuple[int, int], stage_from_part: Floats
) -> PartView | None:
    """The view from `eye_m` into a picture of `size_px`, in the axes of a part that stands at `stage_from_part` (3, 4).

    None where that stretches or shears.
    """
    matrix = stage_from_part.astype(np.float64)
    turn = matrix[:, :3]
    squared = turn.T @ turn
    scale = float(np.trace(squared)) / 3.0
    if scale <= 0.0 or np.abs(squared - scale * np.eye(3)).max() > _EVEN * scale:
        return None
    clip = clip_from_world[:, :3]
    sides = np.stack([clip[3] + clip[0], clip[3] - clip[0], clip[3] + clip[1], clip[3] - clip[1]]) @ turn
    corners = np.linalg.inv(clip[[0, 1, 3]]) @ np.array([(-1.0, 1.0, -1.0, 1.0), (-1.0, -1.0, 1.0, 1.0), (1.0,) * 4])
    across = clip[:2] - np.outer(clip[:2] @ clip[3], clip[3])
    pixels = float((0.5 * np.array(size_px) * np.linalg.norm(across, axis=1)).max())
    return PartView(
        turn.T @ (np.array(eye_m) - matrix[:, 3]) / scale,
        sides / np.linalg.norm(sides, axis=1, keepdims=True),
        pixels * float((corners**2).sum(axis=0).max()),
    )


class Pieces:
    """The triangles of a part, and its edges as `edges_of` gives them."""

    def __init__(self, part: Part, edges: Floats, *, is_double_sided: bool) -> None:
        self._triangles = part.triangles
        faces = faces_of(part) if part.faces is None else part.faces
        self._middles, self._radii, self._normals, self._offsets = faces
        self._is_double_sided = is_double_sided
        ends = edges.reshape(-1, 2, 12)[:, 0]
        self._along = ends[:, 3:6]
        self._edge_middles, self._edge_radii = ends[:, :3] + 0.5 * self._along, 0.5 * _lengths(self._along)
        self._beside = ends[:, 6:9], ends[:, 9:]
        self._edge_offsets = tuple(np.einsum("ij,ij->i", normals, ends[:, :3]) for normals in self._beside)
        self._is_open = ~self._beside[1].any(axis=1)
        self._is_crease = np.einsum("ij,ij->i", *self._beside) < _CREASE

    def triangles(self, seen: PartView) -> Indices:
        """The corners of those that may face the eye inside the view."""
        left = _lengths(self._middles - seen.eye.astype(np.float32)) - self._radii - _NEAR_BY_M
        kept = _inside(self._middles, self._radii, seen) & (2.0 * seen.tangent_px * self._radii > _SMALLEST_PX * left)
        if not self._is_double_sided:
            kept &= self._normals @ seen.eye.astype(np.float32) - self._offsets > -_NEAR_BY_M
        return np.ascontiguousarray(self._triangles[kept]).reshape(-1)

    def edges(self, seen: PartView) -> Indices:
        """The ends of those that may be outlines or creases, and are not too short."""
        front = [
            normals @ seen.eye.astype(np.float32) - offsets
            for normals, offsets in zip(self._beside, self._edge_offsets, strict=True)
        ]
        first, second = (off > -_NEAR_BY_M for off in front)
        not_first, not_second = (off < _NEAR_BY_M for off in front)
        steps = self._is_open | (first & not_second) | (second & not_first) | (first & self._is_crease)
        kept = np.flatnonzero(steps & _inside(self._edge_middles, self._edge_radii, seen))
        kept = kept[self._is_long(kept, seen)]
        return np.stack([2 * kept, 2 * kept + 1], axis=1).reshape(-1).astype(np.uint32)

    def _is_long(self, chosen: NDArray[np.intp], seen: PartView) -> NDArray[np.bool_]:
        towards = self._edge_middles[chosen] - seen.eye.astype(np.float32)
        away, half = _lengths(towards), self._edge_radii[chosen]
        left = away - half - _NEAR_BY_M
        across = _lengths(np.cross(self._along[chosen], towards)) + 2.0 * half * _NEAR_BY_M
        return np.asarray((left <= 0.0) | (across * seen.tangent_px > _SHORTEST_PX * left * away))


def is_chosen_from(part: Part, places: int) -> bool:
    """Whether what a view sees of a part is worth choosing, and small enough to be chosen within a frame."""
    is_still = part.joints is None and not part.morphs and places == 1
    return is_still and _WORTH_CHOOSING < len(part.triangles) <= MOST_TRIANGLES


def faces_of(part: Part) -> Faces:
    """Where the triangles of a part are and which way they face."""
    corners = part.positions[part.triangles]
    normals = unit(face_vectors(part.positions, part.triangles))
    return Faces(*_balls(corners), normals, np.asarray(np.einsum("ij,ij->i", normals, corners[:, 0]), np.float32))


def _inside(middles: Floats, radii: Floats, seen: PartView) -> NDArray[np.bool_]:
    towards = middles - seen.eye.astype(np.float32)
    slack = radii + _NEAR_BY_M + _NEARLY_ALONG * (_lengths(towards) + radii)
    return np.asarray((towards @ seen.sides.T.astype(np.float32) > -slack[:, None]).all(axis=1))


def _balls(corners: Floats) -> tuple[Floats, Floats]:
    middles = corners.mean(axis=1)
    return middles, np.sqrt(((corners - middles[:, None]) ** 2).sum(axis=2).max(axis=1, initial=0.0))


def _lengths(vectors: Floats) -> Floats:
    return np.asarray(np.linalg.norm(vectors, axis=1), np.float32)
