"""Which figures of a crowd a view sees at a moment, and how: those near it as they are, all others as cards.

Groups are told apart first. Those that are wholly far away are cards as they are; of the others, and of small ones,
each figure is looked at by itself: on the way of a group that comes near, most figures may be far.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from render.models.crowd import Figures
from render.models.model import Floats
from render.models.placing import RasterView, Transform

_FEW = 24
"""A group of no more figures is not worth a draw of its own."""

Wide = NDArray[np.float64]


class ChosenFigures(NamedTuple):
    """The rows of figures that are drawn as they are, and of single cards, the nearest first; groups of cards alone."""

    near: Floats
    cards: Floats
    groups: tuple[int, ...] = ()


class FigureChoice:
    """Chooses among `figures`, of which one of size 1 is `height_m` high."""

    def __init__(self, figures: Figures, height_m: float) -> None:
        self._rows = figures.rows
        self._height_m = height_m
        rows = figures.rows.astype(np.float64)
        self._begins, self._ways = rows[:, :2], rows[:, 2:4]
        self._lengths, self._times, self._starts = rows[:, 4], rows[:, 5], rows[:, 6]
        self._levels = 0.5 * figures.levels.sum(axis=1)
        self._rises = 0.5 * np.ptp(figures.levels, axis=1)
        self._middles = np.array([one.middle for one in figures.groups]).reshape(-1, 3)
        self._radii = np.array([one.radius for one in figures.groups])
        sizes = [one.stop - one.start for one in figures.groups]
        self._group_of = np.repeat(np.arange(len(sizes)), sizes)
        self._is_small = np.array(sizes, np.intp) <= _FEW

    def seen(self, view: RasterView, stage_from_crowd: Transform) -> NDArray[np.intp]:
        """The groups that a view may see at any time, the nearest first."""
        places, radii = self._balls(self._middles, self._radii, stage_from_crowd)
        away = np.linalg.norm(places - np.array(view.eye_m), axis=1) - radii
        order = np.argsort(away, kind="stable")
        return np.asarray(order[_is_in(view, places, radii)[order]])

    def at(self, moment: float, view: RasterView, stage_from_crowd: Transform, near_heights: float) -> ChosenFigures:
        """What a view sees at a moment of the loop; near are those that are less than so many heights away."""
        near_m = near_heights * self._height_of(stage_from_crowd)
        places, radii = self._balls(self._middles, self._radii, stage_from_crowd)
        is_seen = _is_in(view, places, radii)
        comes_near = np.linalg.norm(places - np.array(view.eye_m), axis=1) - radii < near_m
        is_single = is_seen & (comes_near | self._is_small)
        single = np.flatnonzero(is_single[self._group_of])
        places, radii = self._balls(self._places(single, moment), self._rises[single], stage_from_crowd)
        away = np.where(_is_in(view, places, radii), np.linalg.norm(places - np.array(view.eye_m), axis=1), np.inf)
        order = np.argsort(away, kind="stable")
        ends = np.searchsorted(away[order], (near_m, np.inf))
        near, cards = order[: ends[0]], order[ends[0] : ends[1]]
        groups = np.flatnonzero(is_seen & ~is_single).tolist()
        return ChosenFigures(self._rows[single[near]], self._rows[single[cards]], tuple(groups))

    def _height_of(self, stage_from_crowd: Transform) -> float:
        return float(np.linalg.norm(stage_from_crowd[:3, 2])) * self._height_m

    def _places(self, chosen: NDArray[np.intp], moment: float) -> Wide:
        """Where figures are on the crowd's ground, as `shaders/models/crowd.glsl` has it, and about how high."""
        lengths = self._lengths[chosen]
        gone = 2.0 * lengths * np.mod(self._starts[chosen] + self._times[chosen] * moment, 1.0)
        along = np.minimum(gone, 2.0 * lengths - gone)
        level = self._begins[chosen] + along[:, None] * self._ways[chosen]
        return np.column_stack([level, self._levels[chosen]])

    def _balls(self, places: Wide, radii: Wide, stage_from_crowd: Transform) -> tuple[Wide, Wide]:
        """The balls on the stage that hold figures whose feet are so far from these places on the ground at most."""
        height = self._height_of(stage_from_crowd)
        middles = places @ stage_from_crowd[:3, :3].T + stage_from_crowd[:3, 3]
        middles[:, 2] += 0.5 * height
        return middles, radii * (height / self._height_m) + height


def _is_in(view: RasterView, middles: Wide, radii: Wide) -> NDArray[np.bool_]:
    """Which balls are not wholly beyond one of the sides of a view."""
    clip = view.clip_from_world
    planes = np.stack([clip[3] + clip[0], clip[3] - clip[0], clip[3] + clip[1], clip[3] - clip[1]])
    off = middles @ planes[:, :3].T + planes[:, 3]
    return np.asarray((off > -radii[:, None] * np.linalg.norm(planes[:, :3], axis=1)).all(axis=1))
