"""Which edges of a part can show from around a place: software spends as much on those that cannot.

`shaders/models/edge.vert` drops the same ones again, edge by edge: choosing changes no picture.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import moderngl
import numpy as np
from numpy.typing import NDArray

from render.models.model import Floats
from tracking.records import Vec3

LEAST_EDGES = 256
"""Parts with fewer have all of them drawn."""
_AROUND_M = 0.25
"""How far the eye may go on until edges are chosen again."""
_MOST_KEPT = 32
"""Choices of a part: cameras look from several places, and come back to them."""
_SHORTEST_PX = 1.9
"""Less than in the shader, which has fewer digits."""
_CREASE = 0.9
_SHORT = 0.02
"""An edge is short to the eye where it is this share of its distance long at most: then it is so all along."""
_STEPS_AN_OCTAVE = 4

Array = Callable[[moderngl.Buffer], moderngl.VertexArray]


@dataclass(slots=True, eq=False)
class _Chosen:
    """A choice for places around `eye_m`; `array` draws `count` corners of it."""

    key: tuple[object, ...]
    eye_m: Vec3
    indices: moderngl.Buffer
    array: moderngl.VertexArray
    count: int = 0


class EdgeChoice:
    """The edges of a part that can show, chosen anew where the eye has gone on or the part was moved.

    `edges` are as `edges_of` gives them, and `array_of` makes what draws them by a buffer of indices.
    """

    def __init__(self, context: moderngl.Context, edges: Floats, array_of: Array) -> None:
        self._context = context
        self._edges = edges
        self._array_of = array_of
        self._kept: list[_Chosen] = []

    @property
    def most_left_out(self) -> float:
        """The largest share of edges that a choice has left out."""
        return max((1.0 - one.count / len(self._edges) for one in self._kept), default=0.0)

    @property
    def bytes(self) -> int:
        """Graphics memory."""
        return sum(one.indices.size for one in self._kept)

    def render(self, instances: int, stage_from_mesh: Floats, eye_m: Vec3, least_tangent: float) -> None:
        """Draws them for an eye; `stage_from_mesh` is (3, 4), `least_tangent` of `least_tangent_of`."""
        key = (stage_from_mesh.tobytes(), least_tangent)
        near = (one for one in self._kept if one.key == key and math.dist(one.eye_m, eye_m) < _AROUND_M)
        chosen = next(near, None) or self._choose(key, stage_from_mesh, eye_m, least_tangent)
        if chosen.count:
            chosen.array.render(vertices=chosen.count, instances=instances)

    def release(self) -> None:
        """Frees its graphics memory."""
        for one in self._kept:
            one.array.release()
            one.indices.release()

    def _choose(self, key: tuple[object, ...], stage_from_mesh: Floats, eye_m: Vec3, least_tangent: float) -> _Chosen:
        may_show = _may_show(self._edges, stage_from_mesh, eye_m, least_tangent)
        corners = np.flatnonzero(np.repeat(may_show, 2)).astype(np.uint32)
        if len(self._kept) < _MOST_KEPT:
            indices = self._context.buffer(reserve=4 * len(self._edges))
            chosen = _Chosen(key, eye_m, indices, self._array_of(indices))
        else:
            chosen = self._kept.pop(0)
        chosen.key, chosen.eye_m, chosen.count = key, eye_m, len(corners)
        chosen.indices.orphan()
        chosen.indices.write(corners.tobytes())
        self._kept.append(chosen)
        return chosen


def least_tangent_of(matrix: NDArray[np.float64], size_px: tuple[int, int]) -> float:
    """What is shorter than this times its distance from the eye, is shorter than a line on the picture must be.

    `matrix` is that of `near_from_pixel` for the picture.
    In steps, so that it seldom changes while a lens or the part of a view that walls show does.
    """
    across, down = np.linalg.norm(matrix[:, :2], axis=0)
    corners = matrix @ np.array([(x, y, 1.0) for x in (0, size_px[0]) for y in (0, size_px[1])]).T
    stretched = float((corners**2).sum(axis=0).max()) * (1.0 + _SHORT) ** 2
    least = _SHORTEST_PX * min(float(across), float(down)) / stretched
    return float(2.0 ** (math.floor(_STEPS_AN_OCTAVE * math.log2(least)) / _STEPS_AN_OCTAVE))


def _may_show(edges: Floats, stage_from_mesh: Floats, eye_m: Vec3, least_tangent: float) -> NDArray[np.bool_]:
    """Of each edge whether some eye within `_AROUND_M` may see it as an outline or a crease."""
    matrix = stage_from_mesh.astype(np.float64)
    one = edges[::2].astype(np.float64)
    ways = one[:, 3:6] @ matrix[:, :3].T
    places = one[:, :3] @ matrix[:, :3].T + (matrix[:, 3] - np.array(eye_m))
    lengths = np.linalg.norm(ways, axis=1)
    away = np.maximum(np.linalg.norm(places + 0.5 * ways, axis=1) - 0.5 * lengths - _AROUND_M, 0.0)
    is_short = lengths < min(least_tangent, _SHORT) * away
    turns = np.linalg.pinv(matrix[:, :3])
    normals = [_unit(one[:, first : first + 3] @ turns) for first in (6, 9)]
    behind, before = np.ones(len(one), bool), np.ones(len(one), bool)
    for normal in normals:
        off = np.einsum("ij,ij->i", normal, places)
        behind &= off > _AROUND_M
        before &= off < -_AROUND_M
    is_open = ~one[:, 9:].any(axis=1)
    is_crease = np.einsum("ij,ij->i", *normals) < _CREASE + 1e-3
    return np.asarray(~(is_short | (~is_open & (behind | (before & ~is_crease)))))


def _unit(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12))
