"""Finds the horizon of a whole sphere: the circle along which steps of light and colour agree all the way round.

A sphere that was taken with a tilted camera has its horizon on a great circle: a wave of one period in the picture.
"""

from __future__ import annotations

from itertools import product
from typing import NamedTuple

import numpy as np

from render.assets.horizon import Pixels, shrunk, softened_steps, steps_down

_COARSE, _FINE = 192, 640
_LEAST_ROWS = 48
_FIRST, _THEN = (12.0, 2.0), ((2.0, 0.5), (0.4, 0.1))
"""How far about what is known, and how finely, tilt and roll are sought, in degrees."""
_HIGHEST_DEG = 30.0
"""A horizon farther from the middle is not looked for: a sphere's rows are never moved farther."""
_LEAST_SUPPORT, _LEAST_LEAD, _NEAR_DEG = 0.55, 1.3, 5.0


class Circle(NamedTuple):
    """A horizon: its mean row as a share of the height, and how far it falls ahead and to the right.

    `support` (0 to 1) says how much of the way round agrees with it.
    """

    row: float
    tilt_deg: float
    roll_deg: float
    support: float


def find_circle(codes: Pixels) -> Circle | None:
    """The horizon of a whole sphere, (rows, columns, 3) of code values 0 to 1; None where it is not sure."""
    coarse = shrunk(codes, _COARSE)
    if coarse.shape[0] < _LEAST_ROWS:
        return None
    circles = _circles(coarse, (0.0, 0.0), _FIRST)
    best = max(circles, key=lambda circle: circle.support)
    rivals = (circle.support for circle in circles if not _is_near(circle, best))
    if best.support <= _LEAST_LEAD * max(rivals, default=0.0):
        return None
    fine = shrunk(codes, _FINE)
    for search in _THEN:
        best = max(_circles(fine, (best.tilt_deg, best.roll_deg), search), key=lambda circle: circle.support)
    return best if best.support >= _LEAST_SUPPORT else None


def _is_near(circle: Circle, best: Circle) -> bool:
    apart = (180.0 * (circle.row - best.row), circle.tilt_deg - best.tilt_deg, circle.roll_deg - best.roll_deg)
    return max(map(abs, apart)) <= _NEAR_DEG


def _circles(codes: Pixels, about: tuple[float, float], search: tuple[float, float]) -> list[Circle]:
    """The best circle of each tilt and roll about these, and at the first search one more that is not near it."""
    rows, columns = codes.shape[:2]
    steps = (softened_steps(steps_down(codes, 1)) + softened_steps(steps_down(codes, 2))) / np.float32(2.0)
    azimuth = (np.arange(columns) + 0.5) / columns * 2.0 * np.pi - np.pi
    reach = round(rows * _HIGHEST_DEG / 180.0)
    row = np.arange(rows // 2 - reach, rows // 2 + reach + 1)
    pieces = _pieces(steps, len(row), reach + 2)
    found = []
    turns = np.arange(-search[0], search[0] + search[1] / 2.0, search[1])
    for tilt_deg, roll_deg in product(about[0] + turns, about[1] + turns):
        tilt, roll = np.radians(tilt_deg), np.radians(roll_deg)
        falls = np.arctan(np.tan(roll) * np.sin(azimuth) + np.tan(tilt) / np.cos(roll) * np.cos(azimuth))
        first = row[0] + reach + 2 + np.rint(falls * rows / np.pi).astype(np.intp)
        agreeing = np.linalg.norm(pieces[np.arange(columns), first].mean(0), axis=-1)
        best = int(agreeing.argmax())
        found.append(Circle(float(row[best]) / rows, float(tilt_deg), float(roll_deg), float(agreeing[best])))
        far = np.abs(row - row[best]) > rows * _NEAR_DEG / 180.0
        if far.any() and search == _FIRST:
            other = int(np.where(far, agreeing, 0.0).argmax())
            found.append(Circle(float(row[other]) / rows, float(tilt_deg), float(roll_deg), float(agreeing[other])))
    return found


def _pieces(steps: Pixels, length: int, beyond: int) -> Pixels:
    """Every piece of `length` rows of each column: (columns, first row, rows of the piece, kinds), a view.

    The first and the last row are repeated `beyond` times, so rows count from there. Rows of a column stand beside each
    other in memory: hundreds of circles are tried, and a piece is copied at once.
    """
    columns = np.ascontiguousarray(np.pad(steps, ((beyond, beyond), (0, 0), (0, 0)), mode="edge").swapaxes(0, 1))
    return np.lib.stride_tricks.sliding_window_view(columns, length, axis=1).swapaxes(2, 3)
