"""What stands between a place and what it looks at: how far it is along rays to the nearest wall."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from calibration.rasters.meshes import Mesh
from calibration.walls import ArcShape, MeshShape, PlaneShape, Wall
from render.film.mesh_surface import MeshSurface
from render.film.surfaces import ArcSurface, FlatSurface, Surface
from render.probes.wall_grid import WallGrid

Array = NDArray[np.float64]


def surface_of(wall: Wall, grid: WallGrid) -> Surface:
    """The wall for rays. A mesh is taken as triangles between the middles of its tiles' patches."""
    match wall.shape:
        case PlaneShape():
            return FlatSurface(wall.shape)
        case ArcShape():
            return ArcSurface(wall.shape)
        case MeshShape():
            return _patched(grid)


def nearest(surfaces: tuple[Surface, ...], place_m: Array, rays: Array) -> Array:
    """How far (n,) it is along each ray (n, 3) to a wall, from either side, in lengths of the ray; inf without one."""
    found = np.full(len(rays), np.inf)
    bundles = _bundles(rays) if any(isinstance(surface, MeshSurface) for surface in surfaces) else []
    for surface in surfaces:
        for bundle in bundles if isinstance(surface, MeshSurface) else [slice(None)]:
            found[bundle] = np.minimum(found[bundle], surface.meet(place_m, rays[bundle]).distance)
    return found


def _bundles(rays: Array) -> list[NDArray[np.int64]]:
    """The rays through each face of a cube: a mesh sorts those that diverge less into what they may meet."""
    axis = np.argmax(np.abs(rays), axis=1)
    face = 2 * axis + (rays[np.arange(len(rays)), axis] < 0.0)
    return [bundle for side in range(6) if (bundle := np.flatnonzero(face == side)).size]


def _patched(grid: WallGrid) -> MeshSurface:
    """Every patch as two triangles. Parallelograms of neighbours overlap or gape by less than they are bent."""
    middle, right, down, _ = grid.patches
    corners = [middle + 0.5 * (x * right + y * down) for x, y in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
    triangles = np.concatenate(
        [np.stack([corners[a], corners[b], corners[c]], 1) for a, b, c in ((0, 1, 2), (0, 2, 3))]
    )
    uvs, lines = np.zeros((*triangles.shape[:2], 2)), np.zeros(len(triangles), np.int64)
    return MeshSurface(MeshShape(file=""), Mesh(file="", points=triangles, uvs=uvs, lines=lines))
