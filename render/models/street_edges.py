"""Which edges of the far street are seen from around its origin: not those of roofs and courts behind its fronts, those
that turn away, and those of a pixel or two.

What is not in the list is not mended where an eye leaves the place that was reckoned with, and nothing else changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from render.models.edges import edges_of
from render.models.model import Part
from render.models.parts import kept_array
from render.models.quads import in_stage

_EYES_M = ((-4.0, -6.0, 5.0), (4.0, -6.0, 5.0), (0.0, 0.0, 1.5), (-4.0, 4.0, 1.5), (4.0, 4.0, 1.5))
_ALONG = (0.02, 0.5, 0.98)
_FAR_M = 30.0
_LEAST = 0.004
"""Two pixels of 640 before a lens of 57 degrees."""
_MARGIN_M = 0.1

Wide = NDArray[np.float64]


class Front(NamedTuple):
    """The front of a house: on which side, from where to where along the street, and how high."""

    side: float
    along: tuple[float, float]
    height: float


def with_edges_seen(part: Part, fronts: Sequence[Front], behind_m: float) -> Part:
    """A part with the edges that are seen, if it is far; `behind_m` is how far off the middle all fronts end."""
    if np.hypot(part.positions[:, 0], part.positions[:, 2]).min() < _FAR_M:
        return part
    edges = edges_of(part)
    begins, ways, normal, other = (in_stage(edges[::2, first : first + 3]) for first in (0, 3, 6, 9))
    seen = np.zeros(len(begins), bool)
    for eye in map(np.array, _EYES_M):
        away = begins - eye
        faces, faces_too = (np.einsum("ij,ij->i", one, away) < 0.0 for one in (normal, other))
        is_seen = (faces | faces_too) & (_widths(away, ways) > _LEAST)
        at = np.flatnonzero(is_seen & ~seen)
        for share in _ALONG:
            seen[at] |= _is_open(begins[at] + share * ways[at], eye, fronts, behind_m)
    return part._replace(edges=kept_array(edges[np.repeat(seen, 2)]))


def _widths(away: Wide, ways: Wide) -> Wide:
    """How wide lines are to an eye: their sines, about."""
    distances = np.linalg.norm(away, axis=1)
    return np.asarray(np.linalg.norm(np.cross(away, ways), axis=1) / distances**2)


def _is_open(places: Wide, eye: Wide, fronts: Sequence[Front], behind_m: float) -> NDArray[np.bool_]:
    """Whether no front is between an eye in the street and these places; those of a side are in their order."""
    is_open = np.abs(places[:, 0]) <= behind_m + _MARGIN_M
    for side in (-1.0, 1.0):
        begins, ends, heights = np.array([(*one.along, one.height) for one in fronts if one.side == side]).T
        behind = np.flatnonzero(side * places[:, 0] > behind_m + _MARGIN_M)
        way = places[behind] - eye
        through = eye + way * ((side * behind_m - eye[0]) / way[:, 0])[:, None]
        which = np.clip(np.searchsorted(begins, through[:, 1], side="right") - 1, 0, len(begins) - 1)
        is_before = (through[:, 1] >= begins[which]) & (through[:, 1] <= ends[which])
        is_open[behind] = ~(is_before & (through[:, 2] < heights[which] - _MARGIN_M))
    return is_open
