"""Facets: where one picture of a view would have many more pixels than walls can show of it, each nearly flat part of a
wall has a picture of its own, parallel to that part, of as much as the camera has there.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from render.compose.regions import Rectangles, WallTiles
from render.plan.frustum import LARGEST_PX, MARGIN, OVERSAMPLING, SMALLEST_PX
from render.plan.inner import InnerPicturePlan, InnerPlan
from render.views.edges import Tangents
from render.worlds.on_air import AirPlan
from tracking.records import Vec3

MOST_WASTE = 1.3
"""A view's picture has at most this many times the pixels that walls can show of it; else it is drawn in facets."""
_FLAT_RAD = math.radians(30.0)
_STEP_PX = 16
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
        depth, radii = seen[:, 2], tiles.radii[here]
        if depth.min() <= _LEAST_DEPTH * max(float(depth.max()), 0.0):
            return False
        across, upward = seen[:, 0] / depth, seen[:, 1] / depth
        reach = radii / depth
        left, right = float((across - reach).min()), float((across + reach).max())
        bottom, top = float((upward - reach).min()), float((upward + reach).max())
        size = tuple(
            _stepped(OVERSAMPLING * span * depth.max() / pitch)
            for span, pitch in zip((right - left, top - bottom), self.pitch_m, strict=True)
        )
        side, up, ahead = (_plain(axis) for axis in self.axes)
        return InnerPicturePlan(
            frame=0,
            air=air,
            eye_m=inner.eye_m,
            right=side,
            ahead=ahead,
            up=up,
            drawn=_grown(left, right, bottom, top),
            size_px=(size[0], size[1]),
        )


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


def _grown(left: float, right: float, bottom: float, top: float) -> Tangents:
    across, upward = (0.5 * (MARGIN - 1.0) * span for span in (right - left, top - bottom))
    return Tangents(left=left - across, right=right + across, bottom=bottom - upward, top=top + upward)


def _stepped(pixels: float) -> int:
    return min(LARGEST_PX, max(SMALLEST_PX, math.ceil(pixels / _STEP_PX) * _STEP_PX))


def _plain(axis: NDArray[np.float64]) -> Vec3:
    return (float(axis[0]), float(axis[1]), float(axis[2]))
