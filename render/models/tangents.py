"""Tangents where a file gives none: along the picture's columns, averaged by angle over what is one surface.

Mikkelsen, "Simulation of Wrinkled Surfaces Revisited" (2008), and what glTF 2.0, section 3.7.2.1, asks by its name:
corners of equal position, normal and UV are one vertex; mirrored UVs are kept apart; each triangle counts by its angle
at the vertex. The standard's pictures of normals have +Y up, its V goes down: so the sign is that of flipped V.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from render.models.model import Floats
from render.models.parts import Triangles, Vertices, unit

_Wide = NDArray[np.float64]


def with_tangents(vertices: Vertices, triangles: Triangles, uvs: Floats) -> tuple[Vertices, Triangles]:
    """Vertices with tangents for a picture of normals on these UVs.

    A vertex that is shared by triangles of both signs becomes two, so triangles are numbered again.
    """
    assert vertices.normals is not None
    along, area = _gradients(vertices.positions, uvs, triangles)
    corners = triangles.ravel()
    is_mirrored = _signs(corners, np.repeat(area, 3), len(vertices.positions))
    kept, place = np.unique(corners.astype(np.int64) * 2 + is_mirrored, return_inverse=True)
    split, mirrored = vertices.taken(kept // 2), (kept % 2).astype(bool)
    renumbered = place.reshape(-1, 3).astype(np.uint32)
    group = _groups(split, uvs[kept // 2], mirrored)
    sums = _sums(split, renumbered, along, area, group)
    tangents = np.empty((len(kept), 4), dtype=np.float32)
    assert split.normals is not None
    tangents[:, :3] = _perpendicular(sums[group], split.normals)
    tangents[:, 3] = np.where(mirrored, -1.0, 1.0)
    return split._replace(tangents=tangents), renumbered


def _gradients(positions: Floats, uvs: Floats, triangles: Triangles) -> tuple[_Wide, _Wide]:
    """For each triangle the direction in which U grows, unit or zero, and the area in flipped UVs, with its sign."""
    first, second, third = (positions[triangles[:, corner]].astype(np.float64) for corner in range(3))
    begin, one, two = (uvs[triangles[:, corner]].astype(np.float64) for corner in range(3))
    one, two = one - begin, two - begin
    area = one[:, 1] * two[:, 0] - one[:, 0] * two[:, 1]
    along = one[:, 1:] * (third - first) - two[:, 1:] * (second - first)
    along *= np.sign(area)[:, None]
    return _lengthened(along), area


def _signs(corners: NDArray[np.uint32], area: _Wide, count: int) -> NDArray[np.bool_]:
    """Whether each corner is mirrored. Triangles without area in UVs go with what else is at their vertex."""
    has_straight = np.zeros(count, dtype=bool)
    has_straight[corners[area > 0.0]] = True
    has_mirrored = np.zeros(count, dtype=bool)
    has_mirrored[corners[area < 0.0]] = True
    found: NDArray[np.bool_] = (area < 0.0) | ((area == 0.0) & (has_mirrored & ~has_straight)[corners])
    return found


def _groups(vertices: Vertices, uvs: Floats, mirrored: NDArray[np.bool_]) -> NDArray[np.int64]:
    """The number of the surface's vertex that each one is: equal in position, normal, UV and sign."""
    assert vertices.normals is not None
    sign = mirrored[:, None].astype(np.float32)
    rows = np.concatenate([vertices.positions, vertices.normals, uvs, sign], axis=1) + np.float32(0.0)
    order = np.lexsort(rows.T)
    begins = np.ones(len(rows), dtype=bool)
    begins[1:] = np.any(rows[order[1:]] != rows[order[:-1]], axis=1)
    group = np.empty(len(rows), dtype=np.int64)
    group[order] = np.cumsum(begins) - 1
    return group


def _sums(vertices: Vertices, triangles: Triangles, along: _Wide, area: _Wide, group: NDArray[np.int64]) -> _Wide:
    """For each group the sum of its triangles' directions in the plane of the normal, by their angles."""
    assert vertices.normals is not None
    found = np.zeros((int(group.max(initial=-1)) + 1, 3))
    has_uvs = area != 0.0
    places = vertices.positions.astype(np.float64)
    for corner in range(3):
        here, later, before = (triangles[has_uvs, (corner + step) % 3] for step in range(3))
        normals = vertices.normals[here].astype(np.float64)
        share = _in_plane(along[has_uvs], normals)
        one = _in_plane(places[later] - places[here], normals)
        two = _in_plane(places[before] - places[here], normals)
        angle = np.arccos(np.clip(np.einsum("ij,ij->i", one, two), -1.0, 1.0))
        for axis in range(3):
            weights = share[:, axis] * angle
            found[:, axis] += np.bincount(group[here], weights=weights, minlength=len(found))
    return found


def _in_plane(vectors: _Wide, normals: _Wide) -> _Wide:
    """Unit vectors in the planes of unit normals; zero where there is none."""
    return _lengthened(vectors - normals * np.einsum("ij,ij->i", vectors, normals)[:, None])


def _lengthened(vectors: _Wide) -> _Wide:
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    found: _Wide = np.divide(vectors, length, out=np.zeros_like(vectors), where=length > 0.0)
    return found


def _perpendicular(sums: _Wide, normals: Floats) -> Floats:
    """Unit tangents; any one that stands on the normal where UVs say nothing."""
    wide = normals.astype(np.float64)
    tangents = _in_plane(sums, wide)
    lost = ~tangents.any(axis=1)
    least = np.eye(3)[np.argmin(np.abs(wide[lost]), axis=1)]
    tangents[lost] = _in_plane(least, wide[lost])
    return unit(tangents)


def mended_tangents(vertices: Vertices) -> Floats:
    """A file's tangents: unit, standing on the normals, with a sign of 1 or -1."""
    assert vertices.normals is not None
    assert vertices.tangents is not None
    tangents, normals = vertices.tangents, vertices.normals
    found = np.empty_like(tangents)
    found[:, :3] = _perpendicular(tangents[:, :3].astype(np.float64), normals)
    found[:, 3] = np.where(tangents[:, 3] < 0.0, -1.0, 1.0)
    return found
