"""Strokes on the floor that the guide of a scene has: the feet of the stage's walls, its origin, the scene's own."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

MOST_STROKES = 64
"""`shaders/common/guide.glsl` has the same number."""
Stroke = tuple[float, float, float, float]
"""From x, y to x, y on the floor, metres."""
_OF_WALLS = MOST_STROKES - 8
_OF_A_BEND = 40
_STRAIGHT_M = 0.005
_CROSS_M = 0.5
_HEAD_M = 0.2


def wall_feet(walls: Iterable[NDArray[np.float64]]) -> tuple[Stroke, ...]:
    """The lowest rows of walls as they stand over the floor, and all around those that lie, such as ceilings.

    `walls` are the places of LEDs (rows, columns, 3). What there are too many of is drawn with fewer corners, or not.
    """
    edges = [edge for places in walls for edge in _edges(places)]
    bent = sum(not _is_straight(edge) for edge in edges)
    parts = max(1, min(_OF_A_BEND, (_OF_WALLS - len(edges) + bent) // max(1, bent)))
    strokes = [stroke for edge in edges for stroke in _strokes(edge, 1 if _is_straight(edge) else parts)]
    return tuple(strokes[:_OF_WALLS])


def origin_cross() -> tuple[Stroke, ...]:
    """Two strokes through the stage's origin."""
    return ((-_CROSS_M, 0.0, _CROSS_M, 0.0), (0.0, -_CROSS_M, 0.0, _CROSS_M))


def scene_arrow(origin_m: tuple[float, float], turn_deg: float) -> tuple[Stroke, ...]:
    """A cross where a scene's origin is, with an arrow along its own +Y."""
    cosine, sine = math.cos(math.radians(turn_deg)), math.sin(math.radians(turn_deg))

    def at(x: float, y: float) -> tuple[float, float]:
        return origin_m[0] + cosine * x - sine * y, origin_m[1] + sine * x + cosine * y

    tip = at(0.0, _CROSS_M)
    ends = ((at(0.0, -_CROSS_M), tip), (at(-_CROSS_M, 0.0), at(_CROSS_M, 0.0)))
    heads = ((at(side * _HEAD_M, _CROSS_M - _HEAD_M), tip) for side in (-1.0, 1.0))
    return tuple((*one, *other) for one, other in (*ends, *heads))


def _edges(places: NDArray[np.float64]) -> Iterator[NDArray[np.float64]]:
    """The ways over the floor (n, 2) that a wall's outline goes; one without light has none."""
    down = places[-1] - places[0]
    down = down[np.isfinite(down).all(axis=1)]
    stands = len(down) == 0 or np.median(np.abs(down[:, 2])) > np.median(np.hypot(down[:, 0], down[:, 1]))
    for edge in (places[-1],) if stands else (places[-1], places[0], places[:, 0], places[:, -1]):
        whole = edge[np.isfinite(edge).all(axis=1), :2]
        if len(whole) > 1:
            yield whole


def _is_straight(edge: NDArray[np.float64]) -> bool:
    chord = edge[-1] - edge[0]
    length = float(np.hypot(*chord))
    aside = np.abs((edge - edge[0]) @ np.array([-chord[1], chord[0]]))
    return length > _STRAIGHT_M and float(aside.max()) < _STRAIGHT_M * length


def _strokes(edge: NDArray[np.float64], parts: int) -> Iterator[Stroke]:
    at = edge[np.linspace(0, len(edge) - 1, parts + 1).round().astype(int)]
    for (x, y), (to_x, to_y) in pairwise(at):
        yield float(x), float(y), float(to_x), float(to_y)
