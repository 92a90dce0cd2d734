"""The colours that emitters can give, and the nearest of them to any other, in CIE 1976 u', v', as eyes see it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from stage.lights.mixing.whites import Numbers


def seen_from_xy(xy: Numbers) -> Numbers:
    """CIE 1976 u', v' of chromaticities x, y."""
    scale = -2.0 * xy[..., :1] + 12.0 * xy[..., 1:] + 3.0
    return np.concatenate((4.0 * xy[..., :1], 9.0 * xy[..., 1:]), axis=-1) / scale


def xy_from_seen(seen: Numbers) -> Numbers:
    """The inverse of `seen_from_xy`."""
    scale = 6.0 * seen[..., :1] - 16.0 * seen[..., 1:] + 12.0
    return np.concatenate((9.0 * seen[..., :1], 4.0 * seen[..., 1:]), axis=-1) / scale


class Gamut(NamedTuple):
    """The edges of a convex outline, counter-clockwise, and whether it has an inside. All arrays are edges x 2."""

    starts: Numbers
    steps: Numbers
    is_area: bool


def gamut_of(points: Numbers, edges: int) -> Gamut:
    """The convex outline of chromaticities in u', v' (at least one), with so many edges; the last one is repeated."""
    corners = _hull([(float(u), float(v)) for u, v in points])
    starts = np.array([corners[min(number, len(corners) - 1)] for number in range(edges)])
    ends = np.array([corners[(min(number, len(corners) - 1) + 1) % len(corners)] for number in range(edges)])
    return Gamut(starts=starts, steps=ends - starts, is_area=len(corners) > 2)


def nearest_inside(
    seen: Numbers, starts: Numbers, steps: Numbers, is_area: npt.NDArray[np.bool_]
) -> tuple[Numbers, Numbers]:
    """The nearest colours that can be had, and how far they are from those that were asked for.

    `seen` is cells x 2, the outlines of their gamuts are cells x edges x 2.
    """
    off = seen[:, None, :] - starts
    inside = is_area & (steps[..., 0] * off[..., 1] - steps[..., 1] * off[..., 0] >= 0.0).all(axis=1)
    length = np.maximum((steps**2).sum(axis=-1), 1e-12)
    share = np.clip((off * steps).sum(axis=-1) / length, 0.0, 1.0)
    on_edges = starts + share[..., None] * steps
    distances = np.hypot(seen[:, None, 0] - on_edges[..., 0], seen[:, None, 1] - on_edges[..., 1])
    nearest = distances.argmin(axis=1)
    cells = np.arange(len(seen))
    found = np.where(inside[:, None], seen, on_edges[cells, nearest])
    return found, np.where(inside, 0.0, distances[cells, nearest])


def _hull(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Corners of the convex hull, counter-clockwise (A. M. Andrew's chains); one or two if it has no area."""
    ordered = sorted(set(points))
    if len(ordered) < 3:
        return ordered
    lower, upper = _chain(ordered), _chain(ordered[::-1])
    return lower[:-1] + upper[:-1]


def _chain(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    chain: list[tuple[float, float]] = []
    for point in points:
        while len(chain) >= 2 and _turn(chain[-2], chain[-1], point) <= _FLAT:
            chain.pop()
        chain.append(point)
    return chain


_FLAT = 1e-9
"""Twice an area in u', v': three emitters on a line this straight make no triangle."""


def _turn(first: tuple[float, float], second: tuple[float, float], third: tuple[float, float]) -> float:
    return (second[0] - first[0]) * (third[1] - first[1]) - (second[1] - first[1]) * (third[0] - first[0])
