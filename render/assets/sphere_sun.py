"""The sun in a picture of a whole sphere: where it is, and how much light its disc has beside the sky's."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Light = npt.NDArray[np.floating]

_BRIGHT = 0.7
"""What is at least so bright, over the brightest light of all, is the sun and its glare."""
_ANOTHER, _ABOVE_SKY = 0.5, 3.0
"""Light elsewhere that is so bright, over the brightest and over the sky, is another lamp, and none of them the sun."""
_WIDEST_DEG = 8.0
"""Glare reaches no farther from the sun: wider light is a window, or a bright sky."""
_BEYOND_DEG, _RING_DEG = 1.5, 4.0
"""Where the sky begins that the disc is before, beyond the bright light, and how wide a ring of it is taken."""
_STANDS_OUT = 1.5
_DAY = 0.02
"""The sky's mean light is at least so much of the brightest light that a wall could show: else that is a lamp."""
_LOWEST_DEG = -1.0


class Sun(NamedTuple):
    """The sun of a picture: how high it is, and its light on what faces it over the sky's on level ground."""

    elevation_deg: float
    share: float


def find_sun(light: Light) -> Sun | None:
    """The sun in the luminance of a whole sphere, (rows, columns); None where nothing stands out as one does.

    Means over pixels serve as well as the pixels, since only sums over areas count.
    """
    rows, columns = light.shape
    elevation = (0.5 - (np.arange(rows) + 0.5) / rows)[:, None] * np.pi
    azimuth = (np.arange(columns) + 0.5) / columns * 2.0 * np.pi
    area = np.pi / rows * 2.0 * np.pi / columns * np.cos(elevation)
    above = light * (elevation > np.radians(_LOWEST_DEG))
    row, column = np.unravel_index(int(np.argmax(above)), light.shape)
    peak = float(light[row, column])
    high, around = elevation[row, 0], azimuth[column]
    cosine = np.sin(elevation) * np.sin(high) + np.cos(elevation) * np.cos(high) * np.cos(azimuth - around)
    apart = np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0)))
    bright = (above >= _BRIGHT * peak) & (above > 0.0)
    reach = float(apart[bright].max(initial=0.0)) + _BEYOND_DEG
    ring = (apart > reach) & (apart <= reach + _RING_DEG) & (elevation > 0.0)
    if peak <= 0.0 or reach > _WIDEST_DEG + _BEYOND_DEG or not ring.any():
        return None
    behind = float(np.median(light[ring]))
    disc = float((np.maximum(light - behind, 0.0) * area)[apart <= reach].sum(dtype=np.float64))
    upper = (elevation > 0.0) & (apart > reach)
    sky = float((light * area * np.sin(elevation))[upper].sum(dtype=np.float64))
    if peak < _STANDS_OUT * behind or sky < _DAY * np.pi * min(peak, 1.0):
        return None
    if float(above[apart > reach].max()) > max(_ANOTHER * peak, _ABOVE_SKY * sky / np.pi):
        return None
    return Sun(float(np.degrees(high)), disc / sky)
