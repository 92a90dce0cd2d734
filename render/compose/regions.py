"""Which parts of a wall one eye has for itself: there a pass needs neither cameras nor feathers."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from render.compose.marks import is_marked
from render.plan.inner import InnerPlan
from render.views.edges import Tangents

TILE_PX = 16
OUTER = -1
SHARED = -2
"""The owners of a region besides cameras: the outer eye, and several eyes."""
_NOBODY = -3
_MOST_SEEN = 8

Rectangles = NDArray[np.float32]
"""Left, top, right and bottom of each, from -1 to 1 over the whole raster: (n, 4)."""


Tiles = NDArray[np.bool_]
"""Some of the tiles of a wall, (n,)."""


Strip = NDArray[np.float64]
"""The places of a wall's tiles side by side: (3, tiles, rows, columns)."""


class Region(NamedTuple):
    """A part of a wall, and the index of the camera that has it alone, or `OUTER` or `SHARED`."""

    owner: int
    rectangles: Rectangles


class WallTiles:
    """A wall in squares of LEDs, each inside a ball, to tell without the GPU who sees it."""

    def __init__(self, positions: NDArray[np.float64]) -> None:
        """`positions` is (rows, columns, 3), NaN where there is no LED."""
        rows, columns = positions.shape[:2]
        self._rows, self._columns = _edges(rows), _edges(columns)
        strips = [_bounds(strip, columns) for strip in strips_of(positions, TILE_PX, TILE_PX)]
        # The ball of each tile, the places of its corners' LEDs, and how far others are from what is between those.
        self.centres, self.radii, self.corners, self.bulges = (
            np.concatenate(found) for found in zip(*strips, strict=True)
        )
        self._columns_px = columns
        self._seen_before: list[tuple[InnerPlan, tuple[Tiles, Tiles]]] = []
        self._grouped_before: dict[bytes, list[Region]] = {}

    def regions(self, inners: Sequence[InnerPlan], within: Tiles | None = None) -> list[Region]:
        """Every part of the wall once, by who sees it of these cameras, the first of them in front; of the tiles
        `within` alone, None for all. Those of the last few times are kept: several passes of a frame ask for the same.
        """
        owners = self.owners(inners)
        if within is not None:
            owners[~within] = _NOBODY
        key = owners.astype(np.int16).tobytes()
        found = self._grouped_before.pop(key, None)
        if found is None:
            found = self._grouped(owners.reshape(len(self._rows) - 1, len(self._columns) - 1))
        self._grouped_before[key] = found
        if len(self._grouped_before) > _MOST_SEEN:
            del self._grouped_before[next(iter(self._grouped_before))]
        return found

    def owners(self, inners: Sequence[InnerPlan]) -> NDArray[np.int_]:
        """Who sees each tile of these cameras: the index of the one that has it alone, `OUTER` or `SHARED`."""
        owners = np.full(len(self.radii), OUTER)
        free = np.ones(len(self.radii), bool)
        for index, inner in enumerate(inners):
            touched, whole = self._seen(inner)
            owners[touched & ~whole & free] = SHARED
            owners[whole & (owners == OUTER)] = index
            free &= ~whole
        return owners

    def touched(self, inner: InnerPlan) -> NDArray[np.bool_]:
        """The tiles in which the camera has a share."""
        return self._seen(inner)[0]

    def outside(self, inners: Sequence[InnerPlan]) -> NDArray[np.bool_]:
        """The tiles in which no camera has a share."""
        found = np.ones(len(self.radii), bool)
        for inner in inners:
            found &= ~self.touched(inner)
        return found

    @property
    def across(self) -> int:
        """How many tiles are side by side."""
        return len(self._columns) - 1

    def columns_of(self, first: int, end: int) -> tuple[slice, Rectangles, NDArray[np.int_]]:
        """The tiles from `first` to `end` - 1 across, from top to bottom: columns, place, and their indices."""
        return (
            slice(first * TILE_PX, min(end * TILE_PX, self._columns_px)),
            np.array([(self._columns[first], -1.0, self._columns[end], 1.0)], np.float32),
            np.arange(len(self.radii)).reshape(-1, self.across)[:, first:end].ravel(),
        )

    def _seen(self, inner: InnerPlan) -> tuple[Tiles, Tiles]:
        """Of every tile whether the camera has any share in it, and whether it has all of it.

        Kept of the last few views, which are asked for in several passes of a frame.
        """
        found = next((seen for known, seen in self._seen_before if known is inner), None)
        if found is None:
            found = self._seen_now(inner)
            self._seen_before = [*self._seen_before[1 - _MOST_SEEN :], (inner, found)]
        return found

    def _seen_now(self, inner: InnerPlan) -> tuple[Tiles, Tiles]:
        planes = np.array([inner.ahead, *planes_of_share(inner), *_planes(inner, inner.view)])
        away = planes @ self.centres.T - (planes @ np.array(inner.eye_m))[:, None]
        touched = away[:5].min(axis=0) > -self.radii
        if is_marked(inner):
            return np.ones_like(touched), np.zeros_like(touched)
        whole = np.minimum(away[0], away[5:].min(axis=0)) > self.radii
        return touched, whole

    def _grouped(self, owners: NDArray[np.int_]) -> list[Region]:
        """The tiles of each owner as few rectangles: runs along rows, joined where rows are alike."""
        tops, bottoms = _runs((owners[1:] != owners[:-1]).any(axis=1))
        rows = owners[tops]
        begins = np.ones(rows.shape, bool)
        begins[:, 1:] = rows[:, 1:] != rows[:, :-1]
        group, left = np.nonzero(begins)
        right = np.where(np.append(group[1:] == group[:-1], False), np.append(left[1:], 0), rows.shape[1])
        sides = (self._columns[left], self._rows[tops[group]], self._columns[right], self._rows[bottoms[group]])
        rectangles, of = np.stack(sides, axis=1).astype(np.float32), rows[group, left]
        return [Region(int(owner), rectangles[of == owner]) for owner in np.unique(of) if owner != _NOBODY]


def in_both(some: Tiles | None, others: Tiles | None) -> Tiles | None:
    """The tiles that are among `some` and among `others`; None for all of them."""
    if some is None or others is None:
        return others if some is None else some
    return some & others


def planes_of_share(inner: InnerPlan) -> list[tuple[float, ...]]:
    """Unit normals, towards the inside, of the planes through the eye where the camera's feather ends."""
    view, feather = inner.view, inner.feather
    grown = Tangents(
        left=view.left - feather, right=view.right + feather, bottom=view.bottom - feather, top=view.top + feather
    )
    return list(_planes(inner, grown))


def strips_of(places: NDArray[np.float64], rows: int, columns: int) -> Iterator[Strip]:
    """Places (rows, columns, 3) in tiles of so many rows and columns; each row of tiles by itself, from the top.

    The lowest tiles may have fewer rows; what the right one lacks of columns repeats its last. A place that is NaN is
    taken for the origin.
    """
    across = -(-places.shape[1] // columns)
    for top in range(0, places.shape[0], rows):
        strip = np.where(np.isnan(places[top : top + rows]), 0.0, places[top : top + rows])
        filled = np.concatenate([strip, strip[:, -1:].repeat(across * columns - strip.shape[1], axis=1)], axis=1)
        yield np.ascontiguousarray(filled.reshape(len(strip), across, columns, 3).transpose(3, 1, 0, 2))


def balls_of(strip: Strip) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Centres (tiles, 3) and radii (tiles,) of balls that each hold all places of a tile."""
    centres = 0.5 * (strip.min(axis=(2, 3)) + strip.max(axis=(2, 3)))
    return centres.T, _farthest(strip - centres[:, :, None, None])


def _bounds(strip: Strip, columns_px: int) -> tuple[NDArray[np.float64], ...]:
    """The balls of a strip's tiles, their corners (tiles, 4, 3) and their bulges, of a wall so many columns wide."""
    corners = strip[:, :, [0, 0, -1, -1], [0, -1, 0, -1]].transpose(1, 2, 0)
    return *balls_of(strip), corners, _bulges(strip, columns_px)


def _bulges(strip: Strip, columns_px: int) -> NDArray[np.float64]:
    """How far the farthest place of each tile is from where it would be evenly between the corners."""
    _, across, rows, columns = strip.shape
    widths = np.minimum(columns_px - columns * np.arange(across), columns)
    down = (np.arange(rows) / max(rows - 1, 1))[:, None]
    right = np.minimum(np.arange(columns) / np.maximum(widths - 1, 1)[:, None], 1.0)[:, None]
    first, last = ((1.0 - down) * strip[:, :, :1, [side]] + down * strip[:, :, -1:, [side]] for side in (0, -1))
    return _farthest(strip - (first + right * (last - first)))


def _farthest(away: Strip) -> NDArray[np.float64]:
    """The length of the longest vector of each tile, (tiles,)."""
    x, y, z = away
    return np.asarray(np.sqrt((x * x + y * y + z * z).max(axis=(1, 2))))


def _edges(count: int) -> NDArray[np.float64]:
    """The edges of the tiles along one side, from -1 to 1."""
    return np.array([2.0 * min(edge, count) / count - 1.0 for edge in range(0, count + TILE_PX, TILE_PX)])


def _runs(changes: NDArray[np.bool_]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Begin and end of each run; `changes` says where the next element differs."""
    ends = np.append(np.flatnonzero(changes) + 1, len(changes) + 1)
    return np.append(0, ends[:-1]), ends


def _planes(inner: InnerPlan, edges: Tangents) -> Iterator[tuple[float, ...]]:
    """Unit normals, towards the inside, of the planes through the eye and these edges."""
    for axis, tangent, side in (
        (inner.right, edges.left, 1.0),
        (inner.right, edges.right, -1.0),
        (inner.up, edges.bottom, 1.0),
        (inner.up, edges.top, -1.0),
    ):
        scale = side / math.hypot(1.0, tangent)
        yield tuple(scale * (across - tangent * ahead) for across, ahead in zip(axis, inner.ahead, strict=True))
