"""Facets: where one picture of a view would have many more pixels than walls can show of it, each nearly flat part of a
wall has a picture of its own, parallel to that part, of as much as the camera has there.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from render.compose.regions import TILE_PX, Rectangles, WallTiles
from render.plan.frustum import LARGEST_PX, MARGIN, OVERSAMPLING, SMALLEST_PX
from render.plan.inner import InnerPicturePlan, InnerPlan
from render.views.edges import Tangents, has_area
from render.worlds.on_air import AirPlan
from tracking.records import Vec3

MOST_WASTE = 1.2
"""A view's picture has at most this many times the pixels that walls can show of it; else it is drawn in facets."""
_FLAT_RAD = math.radians(20.0)
_STEP_PX = 8
_LEAST_DEPTH = 0.2
_SPARSE = 33


@dataclass(frozen=True, slots=True)
class Facet:
    """A nearly flat part of a wall: its columns, its axes, and how far its LEDs are from one another."""

    rectangles: Rectangles
    tiles: NDArray[np.int_]
    axes: NDArray[np.float64]
    pitch_m: tuple[float, float]

    def picture(self, inner: InnerPlan, tiles: WallTiles, touched: NDArray[np.bool_], air: AirPlan) -> FacetPicture:
        """What the camera needs of this part: a picture, nothing, or more than a picture parallel to it can be."""
        here = self.tiles[touched[self.tiles]]
        if here.size == 0:
            return None
        seen = (tiles.centres[here] - np.array(inner.eye_m)) @ self.axes.T
        depth = seen[:, 2]
        if depth.min() <= _LEAST_DEPTH * max(float(depth.max()), 0.0):
            return False
        across, upward = seen[:, 0] / depth, seen[:, 1] / depth
        reach = [0.5 * TILE_PX * pitch / depth for pitch in self.pitch_m]
        edges = _common(
            _extent(np.stack([across - reach[0], across + reach[0]]), np.stack([upward - reach[1], upward + reach[1]])),
            self._view_extent(inner),
        )
        spans = (edges.right - edges.left, edges.top - edges.bottom)
        least = SMALLEST_PX / (inner.drawn.right - inner.drawn.left)
        size = [
            _stepped(span * max(OVERSAMPLING * float(depth.max()) / pitch, least))
            for span, pitch in zip(spans, self.pitch_m, strict=True)
        ]
        side, up, ahead = (_plain(axis) for axis in self.axes)
        return InnerPicturePlan(
            frame=0,
            air=air,
            eye_m=inner.eye_m,
            right=side,
            ahead=ahead,
            up=up,
            drawn=_grown(edges),
            size_px=(size[0], size[1]),
        )

    def _view_extent(self, inner: InnerPlan) -> Tangents | None:
        """What the view and its feather can reach of the facet's plane; None where it reaches past the horizon."""
        view, feather = inner.view, inner.feather
        corners = [
            [1.0, x, y]
            for x in (view.left - feather, view.right + feather)
            for y in (view.bottom - feather, view.top + feather)
        ]
        rays = np.array(corners) @ np.array([inner.ahead, inner.right, inner.up]) @ self.axes.T
        if rays[:, 2].min() <= _LEAST_DEPTH:
            return None
        return _extent(rays[:, 0] / rays[:, 2], rays[:, 1] / rays[:, 2])


FacetPicture = InnerPicturePlan | bool | None
"""The picture of a facet; None where the camera sees nothing of it, False where such a picture cannot be."""


def facets_of(positions: NDArray[np.float64], tiles: WallTiles) -> list[Facet]:
    """The nearly flat parts of a wall, as runs of columns. [] where the raster is not like that."""
    columns = positions.shape[1]
    picked = np.unique(np.linspace(0, columns - 1, _SPARSE).round().astype(int))
    middle = np.nanmean(positions[:, picked], axis=0) if np.isfinite(positions).any() else positions[0, picked]
    steps = np.diff(middle, axis=0)
    if len(picked) < 2 or not np.isfinite(steps).all():
        return []
    lengths = np.linalg.norm(steps, axis=1, keepdims=True)
    if lengths.min() <= 0.0:
        return []
    turns = np.arccos(np.clip(np.sum(steps[1:] * steps[:-1], axis=1) / (lengths[1:] * lengths[:-1])[:, 0], -1.0, 1.0))
    count = max(1, math.ceil(float(turns.sum()) / _FLAT_RAD))
    facets = [_facet(positions, part) for part in tiles.column_parts(count)]
    return facets if all(facet is not None for facet in facets) else []  # type: ignore[return-value]


def _facet(positions: NDArray[np.float64], part: tuple[slice, Rectangles, NDArray[np.int_]]) -> Facet | None:
    columns, rectangles, members = part
    places = positions[:, columns]
    if min(places.shape[:2]) < 2 or not np.isfinite(places).all():
        return None
    rows, across = places.shape[0] - 1, places.shape[1] - 1
    right = (places[:, -1] - places[:, 0]).mean(axis=0)
    upward = (places[0] - places[-1]).mean(axis=0)
    pitch = (float(np.linalg.norm(right)) / across, float(np.linalg.norm(upward)) / rows)
    right = right / np.linalg.norm(right)
    upward = upward - (upward @ right) * right
    upward = upward / np.linalg.norm(upward)
    return Facet(rectangles, members, np.array([right, upward, np.cross(upward, right)]), pitch)


def pictures_in_facets(
    inner: InnerPlan, tiles: WallTiles, facets: Sequence[Facet], air: AirPlan
) -> list[InnerPicturePlan | None] | None:
    """The camera's picture in each facet of a wall; None where one picture of the whole view serves better.

    That is where it has few pixels anyway, or not many more than this wall can show of it.
    """
    width, height = inner.size_px
    touched = tiles.touched(inner)
    enough = max(SMALLEST_PX**2, MOST_WASTE * OVERSAMPLING**2 * int(tiles.leds[touched].sum()))
    if width * height <= enough or not facets:
        return None
    pictures = [facet.picture(inner, tiles, touched, air) for facet in facets]
    found = [picture for picture in pictures if not isinstance(picture, bool)]
    return found if len(found) == len(pictures) else None


def _extent(across: NDArray[np.float64], upward: NDArray[np.float64]) -> Tangents:
    return Tangents(
        left=float(across.min()), right=float(across.max()), bottom=float(upward.min()), top=float(upward.max())
    )


def _common(tiles: Tangents, view: Tangents | None) -> Tangents:
    """What two rectangles have in common: the first, where that would be nothing."""
    if view is None:
        return tiles
    common = Tangents(
        left=max(tiles.left, view.left),
        right=min(tiles.right, view.right),
        bottom=max(tiles.bottom, view.bottom),
        top=min(tiles.top, view.top),
    )
    return common if has_area(common) else tiles


def _grown(edges: Tangents) -> Tangents:
    across, upward = (0.5 * (MARGIN - 1.0) * span for span in (edges.right - edges.left, edges.top - edges.bottom))
    return Tangents(
        left=edges.left - across, right=edges.right + across, bottom=edges.bottom - upward, top=edges.top + upward
    )


def _stepped(pixels: float) -> int:
    return min(LARGEST_PX, max(1, math.ceil(pixels / _STEP_PX)) * _STEP_PX)


def _plain(axis: NDArray[np.float64]) -> Vec3:
    return (float(axis[0]), float(axis[1]), float(axis[2]))
