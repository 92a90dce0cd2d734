"""What all cells are to give: colours and levels apart, since most of the time only levels move."""

from __future__ import annotations

import math
from collections.abc import Sequence
from operator import add
from typing import NamedTuple

import numpy as np

from stage.lights.mixing.whites import Numbers
from stage.show.frame.lights import NUMBERS_A_CELL

NEUTRAL = (1.0 / 3.0, 1.0 / 3.0, 0.0)
_LEAST_Y = 1e-4
_X, _Y, _LEVEL = (slice(first, None, NUMBERS_A_CELL) for first in range(NUMBERS_A_CELL))


class Targets(NamedTuple):
    """Chromaticities (cells x 2) and levels of all cells. They are never changed: the same array says the same."""

    xy: Numbers
    level: Numbers


def targets_of(numbers: Sequence[float]) -> Targets:
    """Those of x, y and level of each cell, one after the other; what there cannot be is changed to what there can."""
    table = np.array(numbers, np.float64).reshape(-1, NUMBERS_A_CELL)
    if not _are_sane(numbers[_X], numbers[_Y], numbers[_LEVEL]):
        table = _sane(table)
    return Targets(np.ascontiguousarray(table[:, :2]), np.ascontiguousarray(table[:, 2]))


def targets_after(before: Targets, numbers_before: Sequence[float], numbers: Sequence[float]) -> Targets:
    """The same of as many cells as before; with the same array of chromaticities where these are as before."""
    if numbers[_X] == numbers_before[_X] and numbers[_Y] == numbers_before[_Y]:
        level = numbers[_LEVEL]
        if min(level, default=0.0) >= 0.0 and math.isfinite(sum(level)):
            return Targets(before.xy, np.array(level, np.float64))
    return targets_of(numbers)


def on_the_way(first: Targets, second: Targets, share: float) -> Targets:
    """So far from the first to the second."""
    xy = first.xy if first.xy is second.xy else first.xy + share * (second.xy - first.xy)
    return Targets(xy, first.level + share * (second.level - first.level))


def _sane(wanted: Numbers) -> Numbers:
    """Targets with what is no number taken for darkness, and chromaticities within those that there can be."""
    sane = np.where(np.isfinite(wanted).all(axis=1, keepdims=True), wanted, NEUTRAL)
    return np.column_stack((within(sane[:, :2]), np.maximum(sane[:, 2], 0.0)))


def within(xy: Numbers) -> Numbers:
    """Chromaticities within those that there can be."""
    if xy.min(initial=1.0) >= _LEAST_Y and xy.sum(axis=1).max(initial=0.0) <= 1.0:
        return xy
    x, y = np.clip(xy[:, 0], 0.0, 1.0), np.clip(xy[:, 1], _LEAST_Y, 1.0)
    beyond = np.maximum(x + y, 1.0)
    return np.column_stack((x / beyond, y / beyond))


def _are_sane(x: Sequence[float], y: Sequence[float], level: Sequence[float]) -> bool:
    """Whether there can be these x, y and levels. Without arrays: most stages have few cells, and all of them can."""
    if not x or not math.isfinite(sum(x) + sum(y) + sum(level)):
        return not x
    return min(x) >= 0.0 and min(y) >= _LEAST_Y and min(level) >= 0.0 and max(map(add, x, y)) <= 1.0
