"""Where rays meet a triangle mesh, and the place on the raster there by the triangle's UVs.

All rays of a photograph leave one point. So a ray is inside a triangle where its products with the normals of the three
planes through that point and the edges have one sign (watertight: both sides of a shared edge get the same product;
Jones, "Intersecting a Ray and a Triangle with Plücker Coordinates", Ray Tracing News 13, 2000). Rays and triangles are
sorted into the cells of a grid over the picture, so that each ray is tried against the few triangles near it.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from calibration.rasters.meshes import Mesh
from calibration.walls import MeshShape
from render.film.rotation import turned
from render.film.surfaces import Array, Meeting

Indices = npt.NDArray[np.int64]

_RAYS_A_CELL = 48
_MOST_CELLS_A_SIDE = 256
_PAIRS_AT_ONCE = 1 << 19
_AHEAD = 1e-6


class MeshSurface:
    """A wall given as triangles with UVs, lit on the side from which its UVs are not mirrored."""

    def __init__(self, shape: MeshShape, mesh: Mesh) -> None:
        points = np.array(mesh.points, dtype=np.float64)
        if shape.up == "y":
            points = points[..., [0, 2, 1]] * (1.0, -1.0, 1.0)
        self._corners = points * shape.scale
        self._uvs = np.array(mesh.uvs, dtype=np.float64)
        side, ahead = self._uvs[:, 1] - self._uvs[:, 0], self._uvs[:, 2] - self._uvs[:, 0]
        self._mirrored = side[:, 0] * ahead[:, 1] - side[:, 1] * ahead[:, 0] < 0

    def meet(self, eye_m: Array, rays: Array) -> Meeting:
        """The first meeting of each ray with any triangle."""
        corners = self._corners - eye_m
        edges = np.cross(np.roll(corners, -1, axis=1), np.roll(corners, -2, axis=1))
        volume = np.einsum("ij,ij->i", corners[:, 0], edges[:, 0])
        distance = np.full(len(rays), np.inf)
        owner = np.full(len(rays), -1, dtype=np.int64)
        weights = np.zeros((len(rays), 3))
        for ray, triangle in _candidates(corners, rays):
            products = np.einsum("ijk,ik->ij", edges[triangle], rays[ray])
            total = products.sum(axis=1)
            with np.errstate(divide="ignore", invalid="ignore"):
                found = volume[triangle] / total
            inside = (products >= 0).all(axis=1) | (products <= 0).all(axis=1)
            met = np.flatnonzero(inside & (found > 0) & np.isfinite(found) & (found < distance[ray]))
            nearest_last = met[np.argsort(-found[met], kind="stable")]
            chosen = ray[nearest_last]
            distance[chosen], owner[chosen] = found[nearest_last], triangle[nearest_last]
            weights[chosen] = products[nearest_last] / total[nearest_last, None]
        uv = np.einsum("ij,ijk->ik", weights, self._uvs[owner])
        return Meeting(distance, uv[:, 0], 1 - uv[:, 1], self._is_lit(volume, owner))

    def _is_lit(self, volume: Array, owner: Indices) -> npt.NDArray[np.bool_]:
        """Seen from the lit side, UVs turn as in the raster. The sign of the volume is how they turn as seen here."""
        turns_right = volume[owner] < 0
        return np.asarray((owner >= 0) & (turns_right != self._mirrored[owner]))


def _candidates(corners: Array, rays: Array) -> Iterator[tuple[Indices, Indices]]:
    """Pairs (ray, triangle) worth trying, in bounded portions. Every ray that meets a triangle is paired with it."""
    axes = _axes_about(rays)
    flat_rays, ray_depth = _flattened(turned(rays, axes.T))
    usable = ray_depth > _AHEAD
    everywhere = np.flatnonzero(~usable)
    if everywhere.size:
        yield from _paired(everywhere, np.zeros(everywhere.size, dtype=np.int64), np.arange(len(corners))[None, :])
    inside = np.flatnonzero(usable)
    if not inside.size:
        return
    low, high = flat_rays[inside].min(axis=0), flat_rays[inside].max(axis=0)
    sides = int(min(_MOST_CELLS_A_SIDE, max(1, np.sqrt(inside.size / _RAYS_A_CELL))))
    scale = sides / np.maximum(high - low, 1e-12)
    cell = _cells(flat_rays[inside], low, scale, sides)
    by_cell = inside[np.argsort(cell[:, 1] * sides + cell[:, 0], kind="stable")]
    counts = np.bincount(cell[:, 1] * sides + cell[:, 0], minlength=sides * sides)
    starts = np.concatenate([[0], np.cumsum(counts)])
    for triangle, place in _covered_cells(np.einsum("ijk,kl->ijl", corners, axes), low, scale, sides):
        for pair, step in _counted(counts[place]):
            yield by_cell[starts[place[pair]] + step], triangle[pair]


def _paired(rays: Indices, row: Indices, triangles: Indices) -> Iterator[tuple[Indices, Indices]]:
    """Every ray with every triangle of its row."""
    wide = triangles.shape[1]
    at_once = max(1, _PAIRS_AT_ONCE // wide)
    for begin in range(0, len(rays), at_once):
        part = slice(begin, begin + at_once)
        yield np.repeat(rays[part], wide), triangles[row[part]].ravel()


def _axes_about(rays: Array) -> Array:
    """(3, 3) columns: two sideways axes and the mean direction of the rays, which becomes the depth."""
    ahead = (rays / np.linalg.norm(rays, axis=1, keepdims=True)).mean(axis=0)
    length = np.linalg.norm(ahead)
    ahead = ahead / length if length > _AHEAD else np.array([0.0, 1.0, 0.0])
    aside = np.cross(ahead, np.eye(3)[int(np.argmin(np.abs(ahead)))])
    aside = aside / np.linalg.norm(aside)
    return np.stack([aside, np.cross(ahead, aside), ahead], axis=1)


def _flattened(points: Array) -> tuple[Array, Array]:
    """Gnomonic places (..., 2) and depths; the places of points that are not ahead have no meaning."""
    depth = points[..., 2]
    return points[..., :2] / np.where(depth > _AHEAD, depth, 1.0)[..., None], depth


def _cells(flat: Array, low: Array, scale: Array, sides: int) -> Indices:
    return np.clip((flat - low) * scale, 0, sides - 1).astype(np.int64)


def _covered_cells(corners: Array, low: Array, scale: Array, sides: int) -> Iterator[tuple[Indices, Indices]]:
    """Pairs (triangle, cell) for every cell that a triangle's bounds touch; a triangle partly behind covers all."""
    flat, depth = _flattened(corners)
    first, last = (flat.min(axis=1) - low) * scale, (flat.max(axis=1) - low) * scale
    partly_behind = (depth <= _AHEAD).any(axis=1)
    first[partly_behind], last[partly_behind] = 0.0, float(sides)
    seen = np.flatnonzero(
        (depth > _AHEAD).any(axis=1) & (first <= sides + _AHEAD).all(axis=1) & (last >= -_AHEAD).all(axis=1)
    )
    begin = np.clip(first[seen] - _AHEAD, 0, sides - 1).astype(np.int64)
    size = np.clip(last[seen] + _AHEAD, 0, sides - 1).astype(np.int64) - begin + 1
    for pair, step in _counted(size[:, 0] * size[:, 1]):
        down, across = np.divmod(step, size[pair, 0])
        yield seen[pair], (begin[pair, 1] + down) * sides + begin[pair, 0] + across


def _counted(counts: Indices) -> Iterator[tuple[Indices, Indices]]:
    """Every (row, number below counts[row]), in portions."""
    ends = np.cumsum(counts)
    total = int(ends[-1]) if len(ends) else 0
    for begin in range(0, total, _PAIRS_AT_ONCE):
        number = np.arange(begin, min(total, begin + _PAIRS_AT_ONCE))
        row = np.searchsorted(ends, number, side="right")
        yield row, number - (ends[row] - counts[row])
