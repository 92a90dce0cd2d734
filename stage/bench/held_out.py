"""Judges a fitted predictor on motion that it was not fitted to, by leaving out each recording in turn."""

from __future__ import annotations

import math
from collections.abc import Mapping

from calibration.predictor.fit import fit_weights
from calibration.predictor.sampled_motion import Sampling
from stage.bench.predict import Error, PredictFigures, measure
from tracking.motion_files import MotionTrack
from tracking.records import Record

HORIZON_MS = 60.0


class HeldOutMotion(Record):
    """One recording, predicted by weights that were fitted to all the others.

    `line` is the error of the predictor "line", `line3` that of a straight line through three samples. The ratios are
    the prediction's errors over those of `line3`.
    """

    motion: str
    rate_hz: float
    horizon_ms: float
    predict: Error
    line: Error
    line3: Error
    position_ratio: float
    rotation_ratio: float


class HeldOutFigures(Record):
    """Every recording left out in turn, and the means of the ratios."""

    motions: tuple[HeldOutMotion, ...]
    position_ratio: float
    rotation_ratio: float


def leave_each_out(tracks: Mapping[str, MotionTrack], rate_hz: float) -> HeldOutFigures | None:
    """Predicts every recording 60 ms ahead with weights fitted to the others; None where there is only one."""
    if len(tracks) < 2:
        return None
    judged = tuple(_judged(name, tracks, Sampling(rate_hz=rate_hz)) for name in tracks)
    return HeldOutFigures(
        motions=judged,
        position_ratio=math.fsum(one.position_ratio for one in judged) / len(judged),
        rotation_ratio=math.fsum(one.rotation_ratio for one in judged) / len(judged),
    )


def _judged(name: str, tracks: Mapping[str, MotionTrack], sampling: Sampling) -> HeldOutMotion:
    others = [track for other, track in tracks.items() if other != name]
    weights = fit_weights(others, [sampling.rate_hz], origin="the other recordings", licence="")
    figures: PredictFigures = measure(
        tracks[name], sampling, horizon_ms=HORIZON_MS, predictor="learned", weights=weights
    )
    line = measure(tracks[name], sampling, horizon_ms=HORIZON_MS, predictor="line")
    return HeldOutMotion(
        motion=name,
        rate_hz=sampling.rate_hz,
        horizon_ms=HORIZON_MS,
        predict=figures.predict,
        line=line.predict,
        line3=figures.line3,
        position_ratio=figures.position_ratio,
        rotation_ratio=figures.rotation_ratio,
    )
