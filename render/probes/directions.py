"""Directions all around, each with as much of the sphere: a square folded over an octahedron.

Clarberg, "Fast Equal-Area Mapping of the (Hemi)Sphere using SIMD", Journal of Graphics Tools 13 (3), 2008.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def directions_around(side: int) -> Array:
    """Unit vectors of the middles of `side` x `side` parts of the square: (side, side, 3).

    Each part is 4 pi / side^2 of the sphere. Neighbours are close together, also across the square's own edges.
    """
    along = (np.arange(side) + 0.5) * (2.0 / side) - 1.0
    u, v = np.meshgrid(along, along)
    signed = 1.0 - (np.abs(u) + np.abs(v))
    radius = 1.0 - np.abs(signed)
    turn = np.where(radius > 0.0, (np.abs(v) - np.abs(u)) / np.where(radius > 0.0, radius, 1.0) + 1.0, 0.0)
    turn *= 0.25 * math.pi
    height = np.copysign(1.0 - radius * radius, signed)
    level = radius * np.sqrt(np.maximum(2.0 - radius * radius, 0.0))
    return np.stack([np.copysign(np.cos(turn), u) * level, np.copysign(np.sin(turn), v) * level, height], axis=2)
