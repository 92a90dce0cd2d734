"""Predictor weights fitted to recorded motion: how much of each bend of the motion to continue."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, NamedTuple

import msgspec

from tracking.prediction.motion_shape import Three, stride_of
from tracking.records import PositiveFloat, Record

WEIGHTS_VERSION = 1
MOST_ROWS = 500

Weight = Annotated[float, msgspec.Meta(ge=-5.0, le=5.0)]
BendWeights = tuple[Weight, Weight, Weight]


class WeightRow(Record):
    """The weights of bend, its change and the change of that, for one tracker rate and one horizon."""

    rate_hz: Annotated[float, msgspec.Meta(ge=1.0, le=1000.0)]
    horizon_ms: PositiveFloat
    position: BendWeights
    rotation: BendWeights


class PredictorWeights(Record):
    """A fitted predictor. `origin` names the recordings it was fitted to, `licence` their licence."""

    origin: Annotated[str, msgspec.Meta(max_length=2000)]
    licence: Annotated[str, msgspec.Meta(max_length=500)]
    rows: Annotated[tuple[WeightRow, ...], msgspec.Meta(min_length=1, max_length=MOST_ROWS)]
    version: Annotated[int, msgspec.Meta(ge=1, le=WEIGHTS_VERSION)] = WEIGHTS_VERSION


NOTHING_LEARNED = PredictorWeights(
    origin="no recordings: the least-squares line with a damped bend",
    licence="none needed",
    rows=(WeightRow(rate_hz=60.0, horizon_ms=60.0, position=(0.84, 0.0, 0.0), rotation=(0.84, 0.0, 0.0)),),
)
"""The starting weights of a learning predictor that is given none."""


class Bends(NamedTuple):
    """Weights of position and rotation at one rate and horizon."""

    position: Three
    rotation: Three


class _Stop(NamedTuple):
    horizon_s: float
    bends: Bends


class WeightTable:
    """Weights by the time between samples and the horizon: those of the nearest rate, interpolated in horizon."""

    def __init__(self, weights: PredictorWeights) -> None:
        by_spacing: dict[int, list[_Stop]] = {}
        for row in sorted(weights.rows, key=lambda row: (row.rate_hz, row.horizon_ms)):
            stop = _Stop(row.horizon_ms * 1e-3, Bends(row.position, row.rotation))
            by_spacing.setdefault(_spacing_ns(round(1e9 / row.rate_hz)), []).append(stop)
        self._tables = tuple((spacing_ns, tuple(sorted(stops))) for spacing_ns, stops in by_spacing.items())

    def at(self, period_ns: int, ahead_s: float) -> Bends:
        """The weights for samples `period_ns` apart and a time `ahead_s` after the newest."""
        stops = self._nearest(_spacing_ns(period_ns))
        if ahead_s <= stops[0].horizon_s:
            return stops[0].bends
        for below, above in pairwise(stops):
            if ahead_s < above.horizon_s:
                share = (ahead_s - below.horizon_s) / (above.horizon_s - below.horizon_s)
                return Bends(
                    _between(below.bends.position, above.bends.position, share),
                    _between(below.bends.rotation, above.bends.rotation, share),
                )
        return stops[-1].bends

    def _nearest(self, spacing_ns: int) -> tuple[_Stop, ...]:
        best_ns, best = self._tables[0]
        for known_ns, stops in self._tables:
            if abs(known_ns - spacing_ns) < abs(best_ns - spacing_ns):
                best_ns, best = known_ns, stops
        return best


def _spacing_ns(period_ns: int) -> int:
    """The time between the moments that a shape is computed from. A fast tracker's moments are not all used."""
    return period_ns * stride_of(period_ns)


def _between(a: Three, b: Three, share: float) -> Three:
    return (a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, a[2] + (b[2] - a[2]) * share)
