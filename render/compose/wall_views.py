"""Flat walls as pictures that an eye sees: a pixel for each LED, and no more of it than the eye has a share in."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from calibration.walls import Wall
from render.colour.matrices import column_major, multiply
from render.compose.footprint import FlatRaster, flat_raster
from render.compose.regions import TILE_PX, WallTiles
from render.plan.inner import InnerPlan, inner_view
from render.views.edges import Tangents
from render.views.view import View, cube_views
from tracking.records import ConfigError, Vec3

Array = NDArray[np.float64]
_NEAREST_M = 0.01
_BLOCK_PX = 16
_ACROSS_A_CORNER = math.sqrt(2.0)
"""A ball is seen through a face where it reaches over one of the planes between faces, which are at 45 degrees."""

_FILTERED_PX = 2.0
"""So far beside a face a lookup takes a share of it, at most."""


class WallView(NamedTuple):
    """A view of which a wall shows every pixel on one LED; `wall` is "" for one that any wall may look into."""

    wall: str
    view: View


class WallRaster:
    """A flat wall, its LEDs evenly spaced: `raster` says where, `size_px` how many columns and rows of them."""

    def __init__(self, name: str, raster: FlatRaster, tiles: WallTiles, size_px: tuple[int, int]) -> None:
        self._name = name
        self._corner = raster.corner
        self._column, self._row = raster.column, raster.row
        self._pitch = float(np.linalg.norm(raster.column)), float(np.linalg.norm(raster.row))
        self._right, self._down = raster.column / self._pitch[0], raster.row / self._pitch[1]
        self._tiles = tiles
        self._size_px = size_px

    @property
    def is_square(self) -> bool:
        """Whether rows and columns are at right angles, as those of pictures are."""
        return abs(float(self._right @ self._down)) < 1e-6

    def seen_from(self, eye_m: Vec3) -> WallView:
        """All of the wall, from an eye."""
        return self._part(eye_m, (0, 0, *self._size_px))

    def seen_by(self, inner: InnerPlan) -> WallView | None:
        """The part that a camera has a share in; None for nothing."""
        columns, rows = self._size_px
        across = self._tiles.across
        touched = np.flatnonzero(self._tiles.touched(inner))
        if not len(touched):
            return None
        tile_rows, tile_columns = np.divmod(touched, across)
        left, top = int(tile_columns.min()) * TILE_PX, int(tile_rows.min()) * TILE_PX
        right = min((int(tile_columns.max()) + 1) * TILE_PX, columns)
        bottom = min((int(tile_rows.max()) + 1) * TILE_PX, rows)
        return self._part(inner.eye_m, (left, top, right, bottom))

    def _part(self, eye_m: Vec3, part: tuple[int, int, int, int]) -> WallView:
        """The LEDs from the left and top ones to before the others. The eye looks at the wall at right angles to it."""
        left, top, right, bottom = part
        up, ahead = -self._down, np.cross(-self._down, self._right)
        corner = self._corner + left * self._column + top * self._row - np.array(eye_m)
        depth = float(corner @ ahead)
        if depth < 0.0:  # seen from behind, its columns run the other way; so does the picture
            ahead, depth = -ahead, -depth
        depth = max(depth, _NEAREST_M)
        across, above = float(corner @ self._right) / depth, float(corner @ up) / depth
        edges = Tangents(
            left=across,
            right=across + (right - left) * self._pitch[0] / depth,
            bottom=above - (bottom - top) * self._pitch[1] / depth,
            top=above,
        )
        axes = (_plain(axis) for axis in (self._right, ahead, up))
        side, forward, upward = axes
        view = View(
            eye_m=eye_m, right=side, ahead=forward, up=upward, edges=edges, size_px=(right - left, bottom - top)
        )
        return WallView(self._name, view)


def refuse_wall(wall: Wall, shape: tuple[int, ...], largest_px: int) -> None:
    """Raises ConfigError where positions of this shape are not those of a wall, or it is too large for the driver."""
    columns, rows = wall.resolution_px
    if shape != (rows, columns, 3):
        raise ConfigError(f"walls.{wall.name}: found positions of shape {shape}, expected {(rows, columns, 3)}")
    if max(columns, rows) > largest_px:
        raise ConfigError(
            f"walls.{wall.name}.resolution_px: found {columns} x {rows}, expected at most "
            f"{largest_px} a side on this driver, split the wall"
        )


def wall_raster(wall: Wall, positions: Array, tiles: WallTiles) -> WallRaster | None:
    """The raster of a wall whose LEDs are at `positions` (rows, columns, 3); None where that is not flat and even."""
    flat = flat_raster(positions)
    found = None if flat is None else WallRaster(wall.name, flat, tiles, wall.resolution_px)
    return found if found is not None and found.is_square else None


class FaceView(NamedTuple):
    """A part of a whole view: the view of that alone, and where it is as a viewport."""

    whole: View
    view: View
    viewport: tuple[int, int, int, int]


def view_on(inner: InnerPlan, walls: Sequence[WallTiles]) -> View:
    """A camera's view, without columns and rows in which none of these walls shows anything of it.

    It is cut by whole blocks of pixels, so that pictures seldom change their size while a camera moves.
    """
    seen = [tiles.touched(inner) for tiles in walls]
    centres = np.concatenate([tiles.centres[one] for tiles, one in zip(walls, seen, strict=True)])
    radii = np.concatenate([tiles.radii[one] for tiles, one in zip(walls, seen, strict=True)])
    return _cut(inner_view(inner), centres, radii).view


def faces_on(
    eye_m: Vec3, face_px: int, walls: Sequence[WallTiles] | None, beside_rad: float = 0.0
) -> dict[int, FaceView]:
    """The faces of a cube map around an eye that these walls are seen through, cut to what they show; None: all.

    Walls show what is up to `beside_rad` beside their LEDs, too.
    """
    views = cube_views(eye_m, face_px)
    if walls is None:
        return {face: FaceView(view, view, (0, 0, face_px, face_px)) for face, view in enumerate(views)}
    centres = np.concatenate([np.zeros((0, 3)), *(tiles.centres for tiles in walls)])
    radii = np.concatenate([np.zeros(0), *(tiles.radii for tiles in walls)])
    radii = radii + math.sin(beside_rad) * (np.linalg.norm(centres - np.array(eye_m), axis=1) + radii)
    found = {}
    for face, (view, inside) in enumerate(zip(views, _through_faces(views, centres, radii), strict=True)):
        if inside.any():
            found[face] = _cut(view, centres[inside], radii[inside])
    return found


def tiles_behind_faces(tiles: WallTiles, eye_m: Vec3, face_px: int) -> NDArray[np.bool_]:
    """Of each face of a cube map around an eye the tiles whose LEDs it has a share in, (6, n)."""
    texels = 2.0 * _FILTERED_PX / face_px * np.linalg.norm(tiles.centres - np.array(eye_m), axis=1)
    return np.array(list(_through_faces(cube_views(eye_m, face_px), tiles.centres, tiles.radii + texels)))


def _through_faces(views: Sequence[View], centres: Array, radii: Array) -> Iterator[NDArray[np.bool_]]:
    """Which of some balls are seen through each face."""
    for view in views:
        across, up, depth = np.array((view.right, view.up, view.ahead)) @ (centres - np.array(view.eye_m)).T
        yield np.maximum(np.abs(across), np.abs(up)) <= depth + _ACROSS_A_CORNER * radii


def _cut(view: View, centres: Array, radii: Array) -> FaceView:
    """The view without columns and rows in which none of these balls is seen."""
    whole = FaceView(view, view, (0, 0, *view.size_px))
    across, up, depth = np.array((view.right, view.up, view.ahead)) @ (centres - np.array(view.eye_m)).T
    if not len(radii) or float((depth - radii).min()) < _NEAREST_M:
        return whole
    edges, (width, height) = view.edges, view.pixel_tangents()
    low, high = _tangents(across, depth, radii)
    left, right = _blocks((low - edges.left) / width, (high - edges.left) / width, view.size_px[0])
    low, high = _tangents(up, depth, radii)
    top, bottom = _blocks((edges.top - high) / height, (edges.top - low) / height, view.size_px[1])
    cut = Tangents(
        left=edges.left + left * width,
        right=edges.left + right * width,
        bottom=edges.top - bottom * height,
        top=edges.top - top * height,
    )
    size_px = (right - left, bottom - top)
    return FaceView(view, replace(view, edges=cut, size_px=size_px), (left, top, *size_px))


def _tangents(aside: Array, depth: Array, radii: Array) -> tuple[float, float]:
    """Between which tangents balls are seen, at most."""
    low, high = aside - radii, aside + radii
    near, far = depth - radii, depth + radii
    return float((low / np.where(low < 0.0, near, far)).min()), float((high / np.where(high > 0.0, near, far)).max())


def _blocks(first: float, end: float, size: int) -> tuple[int, int]:
    """The pixels of the blocks from `first` to before `end` and one more pixel on both sides, of which a lookup takes
    a share.
    """
    begin = max(math.floor((first - 1.0) / _BLOCK_PX) * _BLOCK_PX, 0)
    stop = min(math.ceil((end + 1.0) / _BLOCK_PX) * _BLOCK_PX, size)
    return (begin, stop) if begin < stop else (0, min(size, _BLOCK_PX))


def picture_from_stage(view: View) -> tuple[float, ...]:
    """Takes a ray from the view's eye to a place in its picture, times the ray's depth; row 0 is the top."""
    edges = view.edges
    across, down = 1.0 / (edges.right - edges.left), -1.0 / (edges.top - edges.bottom)
    place = ((across, 0.0, -edges.left * across), (0.0, down, -edges.top * down), (0.0, 0.0, 1.0))
    return column_major(multiply(place, (view.right, view.up, view.ahead)))


def _plain(axis: Array) -> Vec3:
    return (float(axis[0]), float(axis[1]), float(axis[2]))
