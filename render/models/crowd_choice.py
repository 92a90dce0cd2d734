"""Which figures of a crowd a view sees at a moment, and how: those near it as they are, all others as cards.

Cards are chosen by groups, and what draws them leaves out who is near (`shaders/models/card.vert`). Who could be near
an eye is looked up twice a second, so a frame looks at those alone and never at all figures.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from render.models.crowd import LOOP_S, Figures
from render.models.model import Floats
from render.models.placing import RasterView, Transform

_LOOKED_UP_S = 0.5
_EYES_M = 1.0
"""Eyes in a cube of this side share who could be near them."""
_MOST_KEPT = 12

Wide = NDArray[np.float64]
Indices = NDArray[np.intp]


class ChosenFigures(NamedTuple):
    """The rows of figures that are drawn as they are, the nearest first, and the groups of which all others are cards.

    `near_m` says how far away is near.
    """

    near: Floats
    groups: tuple[int, ...]
    near_m: float


class FigureChoice:
    """Chooses among `figures`, of which one of size 1 is `height_m` high."""

    def __init__(self, figures: Figures, height_m: float) -> None:
        self._rows = figures.rows
        self._height_m = height_m
        rows = figures.rows.astype(np.float64)
        self._begins, self._ways, self._levels = rows[:, :2], rows[:, 2:4], rows[:, 15]
        self._lengths, self._times, self._starts = rows[:, 4], rows[:, 5], rows[:, 6]
        self._fastest_m_s = float((2.0 * self._lengths * self._times).max(initial=0.0)) / LOOP_S
        self._rises = 0.5 * np.ptp(figures.levels, axis=1)
        self._middles = np.array([one.middle for one in figures.groups]).reshape(-1, 3)
        self._radii = np.array([one.radius for one in figures.groups])
        self._group_of = np.repeat(np.arange(len(figures.groups)), [one.stop - one.start for one in figures.groups])
        self._could_be_near: dict[tuple[object, ...], Indices] = {}

    def seen(self, view: RasterView, stage_from_crowd: Transform) -> Indices:
        """The groups that a view may see at any time, the nearest first."""
        places, radii = self._balls(self._middles, self._radii, stage_from_crowd)
        away = np.linalg.norm(places - np.array(view.eye_m), axis=1) - radii
        order = np.argsort(away, kind="stable")
        return np.asarray(order[_is_in(view, places, radii)[order]])

    def at(self, moment: float, view: RasterView, stage_from_crowd: Transform, near_heights: float) -> ChosenFigures:
        """What a view sees at a moment of the loop; near are those that are less than so many heights away."""
        near_m = near_heights * self._height_of(stage_from_crowd)
        groups = tuple(self.seen(view, stage_from_crowd).tolist())
        looked_at = self._looked_up(moment, view.eye_m, stage_from_crowd, near_m)
        places, radii = self._balls(self._places(looked_at, moment), self._rises[looked_at], stage_from_crowd)
        away = np.linalg.norm(places - np.array(view.eye_m), axis=1)
        near = np.flatnonzero(_is_in(view, places, radii) & (away < near_m))
        return ChosenFigures(self._rows[looked_at[near[np.argsort(away[near], kind="stable")]]], groups, near_m)

    def _looked_up(
        self, moment: float, eye_m: tuple[float, float, float], stage_from_crowd: Transform, near_m: float
    ) -> Indices:
        """Who could be near an eye about there, about then."""
        piece, cube = int(moment * LOOP_S / _LOOKED_UP_S), tuple(int(one // _EYES_M) for one in eye_m)
        key = (piece, cube, near_m, stage_from_crowd.tobytes())
        found = self._could_be_near.pop(key, None)
        if found is None:
            scale = self._height_of(stage_from_crowd) / self._height_m
            within_m = near_m + 0.87 * _EYES_M + 0.51 * _LOOKED_UP_S * scale * self._fastest_m_s
            middle = (np.array(cube) + 0.5) * _EYES_M
            places, radii = self._balls(self._middles, self._radii, stage_from_crowd)
            comes_near = np.linalg.norm(places - middle, axis=1) - radii < within_m
            some = np.flatnonzero(comes_near[self._group_of])
            at_middle = self._places(some, (piece + 0.5) * _LOOKED_UP_S / LOOP_S)
            places, radii = self._balls(at_middle, np.zeros(len(some)), stage_from_crowd)
            found = some[np.linalg.norm(places - middle, axis=1) < within_m]
            if len(self._could_be_near) >= _MOST_KEPT:
                del self._could_be_near[next(iter(self._could_be_near))]
        self._could_be_near[key] = found
        return found

    def _height_of(self, stage_from_crowd: Transform) -> float:
        return float(np.linalg.norm(stage_from_crowd[:3, 2])) * self._height_m

    def _places(self, chosen: Indices, moment: float) -> Wide:
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
