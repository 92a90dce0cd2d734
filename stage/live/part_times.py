"""How long the parts of all frames took, as counts by size: what a monitoring system draws its curves from."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping

from stage.control.view import FRAME_PARTS, PartTimes

BOUNDS_MS = (0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 6.0, 8.0, 12.0, 16.0, 20.0, 33.0, 50.0, 100.0)
"""The largest of each size; what takes longer is in one more."""


class PartCounts:
    """Counts the frames of one core."""

    def __init__(self) -> None:
        self._counts = {part: [0] * (len(BOUNDS_MS) + 1) for part in FRAME_PARTS}
        self._sums_ms = dict.fromkeys(FRAME_PARTS, 0.0)

    def add(self, took_ns: Mapping[str, int]) -> None:
        """Adds one frame's parts."""
        for part, nanoseconds in took_ns.items():
            took_ms = nanoseconds * 1e-6
            self._counts[part][bisect_left(BOUNDS_MS, took_ms)] += 1
            self._sums_ms[part] += took_ms

    def newest(self) -> dict[str, PartTimes]:
        """All counts up to now, by part."""
        return {
            part: PartTimes(bounds_ms=BOUNDS_MS, counts=tuple(counts), sum_ms=round(self._sums_ms[part], 3))
            for part, counts in self._counts.items()
        }
