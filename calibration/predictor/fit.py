"""Fits a predictor's weights to recorded motion by ridge regression (Hoerl and Kennard, Technometrics 12, 1970).

The error of the line is regressed on the bends of the motion's shape, separately for position and rotation, for each
tracker rate and horizon. The shapes are computed as in the show. Every recording has the same weight, however fast and
however noisy: its equations are divided by the square of the error that its own best weights leave.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from calibration.predictor.sampled_motion import Sampling, samples_of, with_truth
from tracking.motion_files import MotionTrack
from tracking.prediction.learned import bends_of
from tracking.prediction.motion import Moment
from tracking.prediction.motion_shape import KEPT_FOR_SHAPE, Shape, shape_of, turn_between, usual_period_ns, window_of
from tracking.prediction.weights import BendWeights, PredictorWeights, WeightRow
from tracking.records import ConfigError

HORIZONS_MS = (20.0, 40.0, 60.0, 80.0, 100.0, 150.0, 200.0, 300.0)
RIDGE = 1e-3
LEAST_SHAPES = 100
_NOTHING = 1e-12
_BODY_ITSELF = (0.0, 0.0, 0.0)

Array = npt.NDArray[np.float64]


class _ShapedMoment(NamedTuple):
    """A moment and the shape of the motion up to it."""

    moment: Moment
    shape: Shape


class _Problem(NamedTuple):
    """Normal equations of one recording for position and rotation: (2, 3, 3) and (2, 3)."""

    products: Array
    pulls: Array


def fit_weights(
    tracks: Sequence[MotionTrack], rates_hz: Sequence[float], *, origin: str, licence: str
) -> PredictorWeights:
    """Weights for trackers of `rates_hz`, looking 20 to 300 ms ahead, from all `tracks` together.

    `origin` and `licence` describe the recordings in the result. Raises ConfigError if a recording has fewer than 100
    usable moments.
    """
    rows: list[WeightRow] = []
    for rate_hz in sorted(set(rates_hz)):
        shaped = [list(_shapes(track, Sampling(rate_hz=rate_hz))) for track in tracks]
        for horizon_ms in HORIZONS_MS:
            problems = [
                _problem(track, shapes, round(horizon_ms * 1e6)) for track, shapes in zip(tracks, shaped, strict=True)
            ]
            position, rotation = _solve(problems)
            rows.append(WeightRow(rate_hz=rate_hz, horizon_ms=horizon_ms, position=position, rotation=rotation))
    return PredictorWeights(origin=origin, licence=licence, rows=tuple(rows))


def _shapes(track: MotionTrack, sampling: Sampling) -> Iterator[_ShapedMoment]:
    moments: list[Moment] = []
    for moment, cut in samples_of(track, sampling):
        if cut:
            moments.clear()
        moments.append(moment)
        del moments[:-KEPT_FOR_SHAPE]
        window = window_of(moments, usual_period_ns(moments, sampling.period_ns))
        if window:
            yield _ShapedMoment(moment, shape_of(window, _BODY_ITSELF))


def _problem(track: MotionTrack, shaped: list[_ShapedMoment], horizon_ns: int) -> _Problem:
    newest_ns = [one.moment.sample_ns for one in shaped]
    judged = with_truth(track, newest_ns, [time_ns + horizon_ns for time_ns in newest_ns])
    if len(judged) < LEAST_SHAPES:
        raise ConfigError(
            f"motion: found {len(judged)} moments with a quarter of a second before and {horizon_ns // 1_000_000} ms "
            f"after them, expected at least {LEAST_SHAPES}: give a longer recording"
        )
    horizon_s = horizon_ns * 1e-9
    errors = np.array([_line_error(track, shaped[index], horizon_ns) for index in judged])
    bends = np.array([bends_of(shaped[index].shape, horizon_s) for index in judged])
    errors = errors.reshape(-1, 2, 3)
    bends = bends.reshape(-1, 3, 2, 3)
    products = np.einsum("nakc,nbkc->kab", bends, bends)
    pulls = np.einsum("nakc,nkc->ka", bends, errors)
    left = errors - np.einsum("nakc,ka->nkc", bends, _ridged(products, pulls))
    least = np.maximum(np.square(left).sum(axis=(0, 2)), _NOTHING)
    return _Problem(products / least[:, None, None], pulls / least[:, None])


def _line_error(track: MotionTrack, shaped: _ShapedMoment, horizon_ns: int) -> list[float]:
    """The truth less the line: metres, then the rotation vector in radians."""
    moment, shape = shaped
    truth = track.pose_at(moment.sample_ns + horizon_ns)
    x, y, z = shape.newest_m
    tx, ty, tz = truth.position_m
    actual = (tx - x, ty - y, tz - z, *turn_between(moment.rotation, truth.rotation))
    return [a - b for a, b in zip(actual, shape.line_at(horizon_ns * 1e-9), strict=True)]


def _solve(problems: list[_Problem]) -> tuple[BendWeights, BendWeights]:
    products = np.sum([problem.products for problem in problems], axis=0)
    pulls = np.sum([problem.pulls for problem in problems], axis=0)
    (a, b, c), (d, e, f) = np.clip(np.round(_ridged(products, pulls), 5), -5.0, 5.0).tolist()
    return (a, b, c), (d, e, f)


def _ridged(products: Array, pulls: Array) -> Array:
    """The solution (2, 3). For a motion without any bend, such as a still one, the weights are zero."""
    ridge = np.array([np.diag(RIDGE * np.diag(one) + _NOTHING) for one in products])
    solution: Array = np.linalg.solve(products + ridge, pulls[..., None])[..., 0]
    return solution
