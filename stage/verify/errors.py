"""Registration errors of any number of film pixels in fixed memory."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tracking.records import Record

_SMALLEST_PX = 1e-6
_A_DECADE = 1000
_DECADES = 12
_BINS = _DECADES * _A_DECADE


class Registration(Record):
    """Distances in film pixels between where a point of the world is shown and where the lens would image it.

    `pixels_on_wall` counts film pixels that see a lit wall, `pixels_compared` those of them that were compared. Not
    compared are a rim of one LED around each wall, and pixels that show the picture of a camera of higher priority
    (`pixels_covered`). Quantiles are 0 where nothing was compared.
    """

    median_px: float
    p95_px: float
    p99_px: float
    max_px: float
    pixels_on_wall: int
    pixels_compared: int
    pixels_covered: int = 0


class Errors:
    """A histogram of errors in px on a logarithmic scale: quantiles are right to 0.25 %, the maximum is exact."""

    def __init__(self) -> None:
        self.counts = np.zeros(_BINS + 1, dtype=np.int64)
        self.compared = 0
        self.on_wall = 0
        self.covered = 0
        self.largest_px = 0.0

    def add(self, error_px: npt.NDArray[np.float64], *, on_wall: int, covered: int = 0) -> None:
        """Adds the errors of compared pixels, and how many pixels see a wall or another camera's picture."""
        self.on_wall += on_wall
        self.covered += covered
        if not error_px.size:
            return
        self.compared += error_px.size
        self.largest_px = max(self.largest_px, float(error_px.max()))
        place = (np.log10(np.maximum(error_px, _SMALLEST_PX)) - np.log10(_SMALLEST_PX)) * _A_DECADE
        self.counts += np.bincount(np.minimum(place.astype(np.int64), _BINS), minlength=_BINS + 1)

    def merge(self, other: Errors) -> None:
        """Adds everything that the other one holds."""
        self.counts += other.counts
        self.compared += other.compared
        self.on_wall += other.on_wall
        self.covered += other.covered
        self.largest_px = max(self.largest_px, other.largest_px)

    def quantile(self, share: float) -> float:
        """The error in px that `share` (0 to 1) of the compared pixels do not exceed; 0 where none was compared."""
        if not self.compared:
            return 0.0
        index = int(np.searchsorted(np.cumsum(self.counts), share * self.compared))
        return min(self.largest_px, float(_SMALLEST_PX * 10.0 ** ((index + 0.5) / _A_DECADE)))

    def registration(self) -> Registration:
        """The figures so far."""
        return Registration(
            median_px=self.quantile(0.5),
            p95_px=self.quantile(0.95),
            p99_px=self.quantile(0.99),
            max_px=self.largest_px,
            pixels_on_wall=self.on_wall,
            pixels_compared=self.compared,
            pixels_covered=self.covered,
        )

    def distribution(self, from_px: float, to_px: float, columns: int) -> list[float]:
        """Shares of the pixels in equal logarithmic steps between two errors; the end columns include all beyond."""
        edges = (np.log10([from_px, to_px]) - np.log10(_SMALLEST_PX)) * _A_DECADE
        place = (np.arange(_BINS + 1) - edges[0]) / (edges[1] - edges[0]) * columns
        column = np.clip(place.astype(np.int64), 0, columns - 1)
        shares = np.bincount(column, weights=self.counts, minlength=columns) / max(1, self.compared)
        return [float(share) for share in shares]
