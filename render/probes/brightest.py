"""The brightest source of a world by direction: how it stands out of what is around it."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from render.probes.directions import steradians

Array = NDArray[np.float64]

LUMINANCE = np.array((0.2722287, 0.6740818, 0.0536895))
"""Of ACEScg."""
_REACH = math.cos(math.radians(13.0))
_AROUND = math.cos(math.radians(24.0))
_STANDS_OUT = 3.0
"""A source has at its middle this many times the mean light of all around."""
_TOWARDS_LUMINANCE = 1e-12


class Brightest(NamedTuple):
    """Where it is seen, a unit vector (3,), and its irradiance (3,) on what faces it, in scene-linear light."""

    towards: Array
    irradiance: Array


def brightest_of(light: Array, middles: Array, centres: Array) -> Brightest | None:
    """The brightest source; None where nothing stands out.

    `light` (tiles, 3) is the mean light of the tiles around, `middles` (tiles, 3) the unit vectors to them, and
    `centres` those to where their light comes from in the mean.
    """
    luminance, solid = light @ LUMINANCE, steradians()
    mean = (luminance @ solid) / (4.0 * math.pi)
    if not math.isfinite(mean) or not luminance.max() > _STANDS_OUT * max(mean, _TOWARDS_LUMINANCE):
        return None
    apart = middles @ middles[int(np.argmax(luminance))]
    near, ring = apart >= _REACH, (apart < _REACH) & (apart >= _AROUND)
    behind = np.median(luminance[ring])
    parts = luminance[near, None] * centres[near] - behind * middles[near]
    sum_towards = (solid[near, None] * parts).sum(axis=0)
    length = np.linalg.norm(sum_towards)
    if not length > 0.0:
        return None
    above = solid[near] @ (light[near] - np.median(light[ring], axis=0))
    return Brightest(sum_towards / length, np.maximum(above, 0.0))
