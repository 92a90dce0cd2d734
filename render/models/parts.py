"""Vertices of a part while they are made ready: taken, spread and joined without naming each array.

Khronos, "glTF 2.0 Specification", section 3.7.2.
"""

from __future__ import annotations

from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from render.models.model import Ball, Floats, Morph, Part

Triangles = NDArray[np.uint32]
Kind = TypeVar("Kind", bound=np.generic)


class Vertices(NamedTuple):
    """Arrays of equal length, with the meanings of `Part`'s."""

    positions: Floats
    normals: Floats | None
    tangents: Floats | None
    uvs: tuple[Floats | None, Floats | None]
    colours: Floats | None
    joints: NDArray[np.uint16] | None
    weights: Floats | None
    morphs: tuple[Morph, ...]

    def taken(self, index: NDArray[Any]) -> Vertices:
        """The vertices of an index, in its order."""
        return Vertices(
            positions=self.positions[index],
            normals=_taken(self.normals, index),
            tangents=_taken(self.tangents, index),
            uvs=(_taken(self.uvs[0], index), _taken(self.uvs[1], index)),
            colours=_taken(self.colours, index),
            joints=_taken(self.joints, index),
            weights=_taken(self.weights, index),
            morphs=tuple(Morph(*(_taken(one, index) for one in morph)) for morph in self.morphs),
        )

    def part(self, triangles: Triangles, material: int) -> Part:
        """The part of these vertices, which have normals: all arrays read-only and C contiguous."""
        assert self.normals is not None
        return Part(
            triangles=kept_array(triangles),
            material=material,
            positions=kept_array(self.positions),
            normals=kept_array(self.normals),
            tangents=_kept(self.tangents),
            uvs=(_kept(self.uvs[0]), _kept(self.uvs[1])),
            colours=_kept(self.colours),
            joints=_kept(self.joints),
            weights=_kept(self.weights),
            morphs=tuple(Morph(*map(_kept, morph)) for morph in self.morphs),
        )


def ball_of(part: Part) -> Ball:
    """Where a part's positions are: without end where joints or morphs move them."""
    places = part.positions.astype(np.float64)
    if not len(places) or part.joints is not None:
        return Ball()
    low, high = places.min(axis=0), places.max(axis=0)
    middle, half = 0.5 * (low + high), 0.5 * (high - low)
    if any(morph.positions is not None for morph in part.morphs):
        return Ball(_plain(middle))
    return Ball(_plain(middle), float(np.sqrt(((places - middle) ** 2).sum(axis=1).max())), _plain(half))


def _plain(vector: NDArray[np.float64]) -> tuple[float, float, float]:
    return float(vector[0]), float(vector[1]), float(vector[2])


def _kept(found: NDArray[Any] | None) -> Any:
    return None if found is None else kept_array(found)


def kept_array(found: NDArray[Kind]) -> NDArray[Kind]:
    """The array as a model keeps it: C contiguous and read-only."""
    whole = np.ascontiguousarray(found)
    whole.flags.writeable = False
    return whole


def _taken(found: NDArray[Any] | None, index: NDArray[Any]) -> Any:
    return None if found is None else found[index]


def triangles_of(indices: NDArray[Any], mode: int) -> Triangles:
    """Triangles (m, 3) of a list (4), strip (5) or fan (6); what is left over at the end is passed over."""
    if mode == 4:
        return indices[: len(indices) // 3 * 3].reshape(-1, 3).astype(np.uint32)
    count = max(0, len(indices) - 2)
    if mode == 6:
        first = np.broadcast_to(indices[:1], (count,))
        return np.stack([indices[1 : count + 1], indices[2 : count + 2], first], axis=1).astype(np.uint32)
    strip = np.stack([indices[:count], indices[1 : count + 1], indices[2 : count + 2]], axis=1).astype(np.uint32)
    strip[1::2, 1:] = strip[1::2, :0:-1]
    return strip


def is_flat(positions: Floats, triangles: Triangles, *, moves: bool) -> NDArray[np.bool_]:
    """Which triangles have no area and never will: two equal vertices, or, where nothing moves them, all in a line."""
    a, b, c = triangles.T
    found: NDArray[np.bool_] = (a == b) | (b == c) | (c == a)
    return found if moves else found | ~np.any(face_vectors(positions, triangles), axis=1)


def face_vectors(positions: Floats, triangles: Triangles) -> NDArray[np.float64]:
    """What is perpendicular to each triangle, as long as twice its area: (m, 3)."""
    first = positions[triangles[:, 0]].astype(np.float64)
    found: NDArray[np.float64] = np.cross(positions[triangles[:, 1]] - first, positions[triangles[:, 2]] - first)
    return found


def flat_shaded(vertices: Vertices, triangles: Triangles) -> tuple[Vertices, Triangles]:
    """Each triangle with vertices and a normal of its own, also of each morph: section 3.7.2.1 for missing normals."""
    spread = vertices.taken(triangles.ravel())
    own = np.arange(triangles.size, dtype=np.uint32).reshape(-1, 3)
    normals = _spread_normals(spread.positions, own)
    morphs = tuple(
        morph
        if morph.positions is None
        else Morph(morph.positions, _spread_normals(spread.positions + morph.positions, own) - normals)
        for morph in (Morph(one.positions) for one in spread.morphs)
    )
    return spread._replace(normals=normals, tangents=None, morphs=morphs), own


def _spread_normals(positions: Floats, triangles: Triangles) -> Floats:
    return np.repeat(unit(face_vectors(positions, triangles)), 3, axis=0)


def used_only(vertices: Vertices, triangles: Triangles) -> tuple[Vertices, Triangles]:
    """Without the vertices that no triangle has: parts of a file often share one long list."""
    is_used = np.zeros(len(vertices.positions), dtype=bool)
    is_used[triangles] = True
    kept = np.flatnonzero(is_used)
    if len(kept) == len(is_used):
        return vertices, triangles
    place = np.zeros(len(is_used), dtype=np.uint32)
    place[kept] = np.arange(len(kept), dtype=np.uint32)
    return vertices.taken(kept), place[triangles]


def unit(vectors: NDArray[Any]) -> Floats:
    """Vectors (n, 3) of length 1; +Z where there was none."""
    wide = np.asarray(vectors, dtype=np.float64)
    largest = np.abs(wide).max(axis=1, keepdims=True)
    scaled = np.divide(wide, largest, out=np.zeros_like(wide), where=largest > 0.0)
    scaled[largest[:, 0] == 0.0] = (0.0, 0.0, 1.0)
    found: Floats = (scaled / np.linalg.norm(scaled, axis=1, keepdims=True)).astype(np.float32)
    return found
