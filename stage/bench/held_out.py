"""How a fitted predictor does on motion that it was not fitted to: each recording in turn is left out."""

from __future__ import annotations

import math
from collections.abc import Mapping

from calibration.predictor.fit import fit_weights
from calibration.predictor.sampled_motion import Sampling
from stage.bench.predict import Error, PredictFigures, measure
from tracking.motion_files import MotionTrack
from tracking.records import Record

HORIZON_MS = 60.0


class HeldOut(Record):
    """One recording, predicted by weights fitted to all the others; `line` is what the plain line does there."""

    motion: str
    rate_hz: float
    horizon_ms: float
    predict: Error
    line: Error
    line3: Error
    position_ratio: float
    rotation_ratio: float


class HeldOutFigures(Record):
    """Ratios are errors over those of a straight line through three samples; here their means."""

    motions: tuple[HeldOut, ...]
    position_ratio: float
    rotation_ratio: float


def leave_each_out(tracks: Mapping[str, MotionTrack], rate_hz: float) -> HeldOutFigures | None:
    """Every recording judged 60 ms ahead by what the others taught; None where there are no others."""
    if len(tracks) < 2:
        return None
    judged = tuple(_judged(name, tracks, Sampling(rate_hz=rate_hz)) for name in tracks)
    return HeldOutFigures(
        motions=judged,
        position_ratio=math.fsum(one.position_ratio for one in judged) / len(judged),
        rotation_ratio=math.fsum(one.rotation_ratio for one in judged) / len(judged),
    )


def _judged(name: str, tracks: Mapping[str, MotionTrack], sampling: Sampling) -> HeldOut:
    others = [track for other, track in tracks.items() if other != name]
    weights = fit_weights(others, [sampling.rate_hz], origin="the other recordings", licence="")
    found: PredictFigures = measure(tracks[name], sampling, horizon_ms=HORIZON_MS, predictor="learned", weights=weights)
    line = measure(tracks[name], sampling, horizon_ms=HORIZON_MS, predictor="line")
    return HeldOut(
        motion=name,
        rate_hz=sampling.rate_hz,
        horizon_ms=HORIZON_MS,
        predict=found.predict,
        line=line.predict,
        line3=found.line3,
        position_ratio=found.position_ratio,
        rotation_ratio=found.rotation_ratio,
    )
