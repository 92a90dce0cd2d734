"""How much tiles of the world count for probes where their light comes from one place in them, as a sun's does."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from render.plan.probes import ProbePlan
from render.probes.directions import STEP, Indices, steradians

Array = NDArray[np.float64]
Weights = NDArray[np.float32]

_GRAZING = 0.02
"""Tiles that are met at less of a cosine are seen whole or not at all: part of them may be behind."""
_EDGE_RAD = 0.01


class Lobes(NamedTuple):
    """The lobes of probes: unit vectors along their axes (probes, 3), half the angle of a cone, and its steradians;
    of a cosine's half-sphere pi / 2 and pi.
    """

    axes: Array
    half_rad: Array
    whole: Array
    is_cone: NDArray[np.bool_]


def lobes_of(probes: tuple[ProbePlan, ...]) -> Lobes:
    """The lobes of these probes. What looks at a region of a wall sees nothing of the world, so any will do."""
    axes = np.array([probe.axis for probe in probes]).reshape(-1, 3)
    is_cone = np.array([probe.lobe == "cone" for probe in probes], dtype=bool)
    half = np.radians([probe.half_angle_deg for probe in probes])
    whole = np.where(is_cone, 2.0 * math.pi * (1.0 - np.cos(half)), math.pi)
    return Lobes(axes, half, whole, is_cone)


def centred(weights: Weights, lobes: Lobes, tiles: Indices, middles: Array, centres: Array) -> Weights:
    """`weights` (probes, n) of some `tiles` (n,) where the light of each comes from its centre, a unit vector (n, 3).

    As much as walls hide of a tile they hide of its light. `middles` are the unit vectors to the tiles' own middles.
    """
    solid = steradians()[tiles] / lobes.whole[:, None]
    middle, centre = lobes.axes @ middles.T, lobes.axes @ centres.T
    seen = np.clip(weights / (solid * np.maximum(middle, _GRAZING)), 0.0, 1.0)
    seen = np.where(middle > _GRAZING, seen, weights > 0.0)
    by_cosine = seen * solid * np.maximum(centre, 0.0)
    inside = lobes.half_rad[:, None] - np.arccos(np.clip(centre, -1.0, 1.0))
    by_cone = solid * np.clip(0.5 + inside / _EDGE_RAD, 0.0, 1.0)
    cut = np.abs(lobes.half_rad[:, None] - np.arccos(np.clip(middle, -1.0, 1.0))) < STEP
    by_cone = np.where(cut & (weights > 0.0), by_cone, weights)
    return np.asarray(np.where(lobes.is_cone[:, None], by_cone, by_cosine), np.float32)
