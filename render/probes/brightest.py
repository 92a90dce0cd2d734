"""The brightest source of a world by direction: how it stands out of what is around it."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_REACH = math.cos(math.radians(13.0))
_AROUND = math.cos(math.radians(24.0))
_STANDS_OUT = 3.0
"""A source has at its middle this many times the mean light of all around."""
_TOWARDS_LUMINANCE = 1e-12


class Brightest(NamedTuple):
    """Where it is seen, a unit vector (3,), and its irradiance (3,) on what faces it, in scene-linear light."""

    towards: Array
    irradiance: Array


def brightest_of(light: Array, moments: Array, middles: Array) -> Brightest | None:
    """The brightest source; None where nothing stands out.

    `light` (n, 3) and `moments` (n, 4) are of even tiles around, `middles` (n, 3) the unit vectors to them.
    """
    luminance = moments[:, 3]
    if not np.isfinite(moments).all() or not luminance.max() > _STANDS_OUT * max(luminance.mean(), _TOWARDS_LUMINANCE):
        return None
    apart = middles @ middles[int(np.argmax(luminance))]
    near, ring = apart >= _REACH, (apart < _REACH) & (apart >= _AROUND)
    behind = np.median(luminance[ring])
    sum_towards = (moments[near, :3] - behind * middles[near]).sum(axis=0)
    length = np.linalg.norm(sum_towards)
    if not length > 0.0:
        return None
    above = (light[near] - np.median(light[ring], axis=0)).sum(axis=0)
    return Brightest(sum_towards / length, np.maximum(above, 0.0) * (4.0 * math.pi / len(light)))
