"""How much each part of what surrounds a probe counts for it: tiles of walls and directions of the world, in double
precision. It is geometry alone, so it is worked out where a probe moves, and a frame costs a product of matrices.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from calibration.walls import PlaneShape, Wall
from render.film.surfaces import Surface
from render.plan.probes import ProbePlan
from render.probes.directions import COLUMNS, ROWS, directions_around, steradians
from render.probes.sight import nearest, surface_of
from render.probes.wall_grid import Patches, WallGrid

Array = NDArray[np.float64]

_AROUND = ROWS * COLUMNS
_SIDES = (2, 4, 8)
"""So many squared directions of each of the world's tiles are looked along for walls: more for cones with too few."""
_ENOUGH_RAYS = 5000
_REACHED = 0.99
_NEAR = 4.0
_CLOSEST = 1e-9


class _Source(NamedTuple):
    """A wall as a source, and the first of its tiles among those of all walls."""

    grid: WallGrid
    first: int
    hides_itself: bool


class Surroundings:
    """Everything that light comes from: the tiles of all walls one after the other, and those of the world around."""

    def __init__(self, walls: Mapping[str, tuple[Wall, WallGrid]]) -> None:
        self._sources: dict[str, _Source] = {}
        first = 0
        for name, (wall, grid) in walls.items():
            self._sources[name] = _Source(grid, first, not isinstance(wall.shape, PlaneShape))
            first += grid.tiles[0] * grid.tiles[1]
        self._on_walls = first
        self._surfaces: tuple[Surface, ...] = tuple(surface_of(wall, grid) for wall, grid in walls.values())
        self._rays = lru_cache(len(_SIDES))(_rays)

    @property
    def count(self) -> int:
        """How many tiles there are in all."""
        return self._on_walls + _AROUND

    def weights(self, probe: ProbePlan) -> Array:
        """The weight (count,) of each tile's mean light in what is measured; they sum up to 1 where nothing is dark."""
        found = np.zeros(self.count)
        if probe.lobe == "region":
            source = self._sources[probe.wall]
            region = _region(source.grid, probe.region)
            found[source.first : source.first + len(region)] = region
            return found
        place, lobe = np.array(probe.place_m), Lobe(probe)
        for source in self._sources.values():
            tiles = self._of_wall(source, place, lobe)
            found[source.first : source.first + len(tiles)] = tiles
        found[self._on_walls :] = self._of_world(place, lobe)
        return found / lobe.whole

    def _of_wall(self, source: _Source, place: Array, lobe: Lobe) -> Array:
        grid = source.grid
        patches = grid.patches
        count = grid.tiles[0] * grid.tiles[1]
        away = patches.middle - place
        length = np.maximum(np.linalg.norm(away, axis=1), _CLOSEST)
        solid = np.maximum(_solid_angles(patches, away, length), 0.0)
        weight = solid * lobe.at(away / length[:, None], np.sqrt(solid))
        tiles = np.bincount(patches.tile, weight, minlength=count).astype(np.float64)
        at = np.flatnonzero(tiles > 0.0)
        if at.size and (len(self._surfaces) > 1 or source.hides_itself):
            hidden = nearest(self._surfaces, place, grid.middles[at] - place) < _REACHED
            tiles[at[hidden]] = 0.0
        return tiles

    def _of_world(self, place: Array, lobe: Lobe) -> Array:
        sides = (side for side in _SIDES if lobe.share * _AROUND * side**2 >= _ENOUGH_RAYS)
        rays, tile, solid = self._rays(next(sides, _SIDES[-1]))
        weight = solid * lobe.at(rays, np.sqrt(solid))
        weight *= lobe.whole / weight.sum()
        at = np.flatnonzero(weight)
        if self._surfaces:
            at = at[np.isinf(nearest(self._surfaces, place, rays[at]))]
        return np.bincount(tile[at], weight[at], minlength=_AROUND).astype(np.float64)


def _rays(side: int) -> tuple[Array, NDArray[np.int64], Array]:
    """Directions around, (n, 3), the tile of each, and its steradians."""
    row, column = np.arange(ROWS * side) // side, np.arange(COLUMNS * side) // side
    tile = (row[:, None] * COLUMNS + column[None, :]).ravel()
    rays = directions_around(side).reshape(-1, 3)
    level = np.hypot(rays[:, 0], rays[:, 1])
    share = level / np.bincount(tile, level)[tile]
    return rays, tile, steradians()[tile] * share


class Lobe:
    """How much a direction counts, and the integral of that over all directions."""

    def __init__(self, probe: ProbePlan) -> None:
        self._axis = np.array(probe.axis)
        self._half = math.radians(probe.half_angle_deg)
        self._is_cone = probe.lobe == "cone"
        self.share = 0.5 * (1.0 - math.cos(self._half)) if self._is_cone else 0.5
        self.whole = 2.0 * math.pi * (1.0 - math.cos(self._half)) if self._is_cone else math.pi

    def at(self, directions: Array, width: Array) -> Array:
        """The weight of unit vectors (n, 3), each for a part `width` (n,) wide, radians: a cone cuts through some."""
        towards = directions @ self._axis
        if not self._is_cone:
            return np.asarray(np.maximum(towards, 0.0))
        inside = self._half - np.arccos(np.clip(towards, -1.0, 1.0))
        return np.asarray(np.clip(0.5 + inside / np.maximum(width, _CLOSEST), 0.0, 1.0))


def _solid_angles(patches: Patches, away: Array, length: Array) -> Array:
    """Of each patch at `away` (n, 3) from the eye, `length` (n,): steradians, below 0 for its back."""
    facing = np.cross(patches.right, patches.down)
    solid = np.einsum("ij,ij->i", away, facing) / length**3
    size = np.maximum(np.linalg.norm(patches.right, axis=1), np.linalg.norm(patches.down, axis=1))
    near = np.flatnonzero(length < _NEAR * size)
    if near.size:
        right, down = 0.5 * patches.right[near], 0.5 * patches.down[near]
        corners = [away[near] + x * right + y * down for x, y in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
        solid[near] = _of_triangle(*corners[:3]) + _of_triangle(corners[0], *corners[2:])
    return np.asarray(solid)


def _of_triangle(a: Array, b: Array, c: Array) -> Array:
    """Van Oosterom and Strackee, IEEE Trans. Biomed. Eng. 30, 1983: above 0 where a, b and c turn right."""
    lengths = [np.maximum(np.linalg.norm(corner, axis=1), _CLOSEST) for corner in (a, b, c)]
    above = np.einsum("ij,ij->i", a, np.cross(b, c))
    products = [np.einsum("ij,ij->i", *pair) for pair in ((a, b), (a, c), (b, c))]
    below = lengths[0] * lengths[1] * lengths[2] + products[0] * lengths[2]
    below += products[1] * lengths[1] + products[2] * lengths[0]
    return np.asarray(2.0 * np.arctan2(above, below))


def _region(grid: WallGrid, region: tuple[float, float, float, float]) -> Array:
    """Even weights of the tiles of a wall in a part of its raster: as much of each as is in there and has LEDs."""
    left, top, right, bottom = region
    across, down = grid.tiles
    shares = []
    for count, low, high in ((across, left, right), (down, top, bottom)):
        edges = np.arange(count + 1) / count
        shares.append(np.maximum(np.minimum(edges[1:], high) - np.maximum(edges[:-1], low), 0.0))
    weight = (shares[1][:, None] * shares[0][None, :]).ravel() * grid.covered
    total = weight.sum()
    return np.asarray(weight / total) if total > 0.0 else weight
