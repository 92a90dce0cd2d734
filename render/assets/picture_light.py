"""How bright a picture is, how much of it is clipped, and how much brighter that was: from a count by light."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.float32]

NITS = 100.0
"""What light of 1.0 is on a wall at exposure 0."""
_MOST_LIGHT = 10.0
_LOWEST, _HIGHEST = -20.0, 30.0
_PARTS = 16
"""Of a stop, by which light is counted."""
_LEAST_WHITE = 0.9
"""Light below it is not as bright as a format allows."""
_LEAST_CLIPPED = 0.0005
_MOST_MISSING, _BY_SHARE = 5.0, 0.5


class Light:
    """Counts the light of about every `of`-th pixel."""

    def __init__(self, of: int) -> None:
        self._of = of
        self._counts = np.zeros(round((_HIGHEST - _LOWEST) * _PARTS) + 1, dtype=np.int64)
        self._sum, self._number = 0.0, 0

    def add(self, top: int, pixels: Pixels, weights: Pixels) -> None:
        """Rows of the picture from `top` on, (rows, columns, 3), and how much each channel adds to light."""
        sampled = pixels.reshape(-1, 3)[top % self._of :: self._of] @ weights
        stops = np.log2(np.maximum(sampled, 2.0**_LOWEST))
        places = ((stops - _LOWEST) * _PARTS).astype(np.int64).clip(0, len(self._counts) - 1)
        self._counts += np.bincount(places, minlength=len(self._counts))
        self._sum += float(np.minimum(sampled, _MOST_LIGHT).sum(dtype=np.float64))
        self._number += len(sampled)

    @property
    def mean_nits(self) -> float:
        """Mean light; none counts as more than 1,000 nits."""
        return NITS * self._sum / max(self._number, 1)

    @property
    def median_nits(self) -> float:
        """What half of the picture is brighter than."""
        half = int(np.searchsorted(self._counts.cumsum(), self._number / 2.0))
        return 0.0 if half == 0 else NITS * 2.0 ** (_LOWEST + (half + 0.5) / _PARTS)

    @property
    def clipped(self) -> float:
        """The share of the picture that is as bright as anything in it, where that is white or more."""
        top = self._top()
        if 2.0 ** (_LOWEST + (top + 1) / _PARTS) < _LEAST_WHITE:
            return 0.0
        share = float(self._counts[max(0, top - 1) :].sum()) / max(self._number, 1)
        return share if share >= _LEAST_CLIPPED else 0.0

    @property
    def missing_stops(self) -> float:
        """How much more light the clipped part had, by two rules of thumb in the mean.

        The share of a scene that is brighter than a light falls by a power of that light, which the stop below white
        tells. And the smaller a clipped part is, the brighter it was: a lamp, not a sky.
        """
        clipped, top = self.clipped, self._top()
        if clipped <= 0.0:
            return 0.0
        within_a_stop = float(self._counts[max(0, top - _PARTS - 1) :].sum()) / max(self._number, 1)
        power = max(math.log2(within_a_stop / clipped), 1e-3)
        by_size = _BY_SHARE * math.log2(1.0 / clipped)
        by_fall = min(1.0 / (power * math.log(2.0)), 2.0 * by_size)
        return min(_MOST_MISSING, (by_size + by_fall) / 2.0)

    def _top(self) -> int:
        counted = np.flatnonzero(self._counts)
        return int(counted[-1]) if len(counted) else 0
