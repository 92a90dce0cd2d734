"""The edges of a part's triangles at which a picture may step, for pictures with one sample a pixel."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from render.models.model import Floats, Part
from render.models.parts import face_vectors, unit

EDGE_FLOATS = 12
MOST_TRIANGLES = 30_000
"""Of a part whose edges are drawn: finer ones have edges of hardly a pixel, and would cost more than they mend."""
_FLAT = 0.9995
"""Two triangles whose normals have at least this cosine are taken for one piece."""


def edges_of(part: Part) -> Floats:
    """Both ends of each edge, (2 n, 12): its place, the way to the other end, and the normals of its triangles.

    An edge of one triangle has no second normal. Edges inside a flat piece are left out, those of parts that joints or
    morphs move, too: where these are is known on the GPU alone.
    """
    none = np.zeros((0, EDGE_FLOATS), np.float32)
    if part.joints is not None or part.morphs or not 0 < len(part.triangles) <= MOST_TRIANGLES:
        return none
    _, same = np.unique(part.positions, axis=0, return_inverse=True)
    corners = same.reshape(-1)[part.triangles]
    normals = unit(face_vectors(part.positions, part.triangles))
    ends = np.concatenate([corners[:, (0, 1)], corners[:, (1, 2)], corners[:, (2, 0)]])
    given = np.concatenate([part.triangles[:, (0, 1)], part.triangles[:, (1, 2)], part.triangles[:, (2, 0)]])
    of_triangle = np.tile(np.arange(len(corners)), 3)
    kept = ends[:, 0] != ends[:, 1]
    first, second = _pairs(np.sort(ends[kept], axis=1))
    given, of_triangle = given[kept], of_triangle[kept]
    one = normals[of_triangle[first]]
    other = np.where(second[:, None] >= 0, normals[of_triangle[second]], 0.0)
    steps = np.einsum("ij,ij->i", one, other) < _FLAT
    places = part.positions[given[first]][steps]
    one, other = one[steps], other[steps]
    rows = np.zeros((len(places), 2, EDGE_FLOATS), np.float32)
    for end in (0, 1):
        rows[:, end, :3] = places[:, end]
        rows[:, end, 3:6] = places[:, 1 - end] - places[:, end]
        rows[:, end, 6:9], rows[:, end, 9:] = one, other
    return rows.reshape(-1, EDGE_FLOATS)


def _pairs(ends: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The first two of each group of equal edges, -1 where there is no second."""
    order = np.lexsort((ends[:, 1], ends[:, 0]))
    is_new = np.ones(len(order), dtype=bool)
    is_new[1:] = (ends[order[1:]] != ends[order[:-1]]).any(axis=1)
    starts = np.flatnonzero(is_new)
    counts = np.diff([*starts, len(order)])
    first = order[starts]
    second = np.where(counts > 1, order[np.minimum(starts + 1, len(order) - 1)], -1)
    return first, second
