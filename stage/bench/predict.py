"""Measures prediction: recorded motion, sampled as a tracker samples it, predicted by the show's own code.

The motion file is the truth. No forecast depends on what the file holds after its newest sample.
"""

from __future__ import annotations

import csv
import math
import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from calibration.files.loading import shipped_predictor
from calibration.predictor.sampled_motion import Sample, Sampling, samples_of, with_truth
from tracking.motion_files import MotionTrack
from tracking.prediction import estimate, motion
from tracking.prediction.adaptation import Adaptation
from tracking.prediction.learned import LearnedPredictor
from tracking.prediction.motion import Moment, MotionMemory
from tracking.prediction.motion_shape import turn_between
from tracking.prediction.weights import PredictorWeights
from tracking.records import ConfigError, Pose, Record, Vec3
from tracking.rotation import (
    IDENTITY_POSE,
    quat_conjugate,
    quat_from_rotation_vector,
    quat_multiply,
    rotation_vector_from_quat,
)
from tracking.settings import Predictor

WARM_UP_NS = estimate.WINDOW_NS
COLUMNS = ("target_ns", "newest_ns", "x_m", "y_m", "z_m", "qx", "qy", "qz", "qw")
USUAL = Sampling()
_LIMITS = motion.Limits(max_speed_m_s=5.0, max_turn_deg_s=400.0)


class Error(Record):
    """Root mean square of the length of the 3-D error in position, and of the angle of the error in rotation."""

    position_mm: float
    rotation_deg: float


class PredictFigures(Record):
    """The errors of three forecasts of the same `count` poses.

    `hold` holds the newest pose, `line3` is a least-squares straight line through the last three samples (the
    yardstick), `predict` is the prediction. `position_ratio` and `rotation_ratio` are the prediction's errors over the
    yardstick's. `median_us` is the time of one prediction, learning included.
    """

    hold: Error
    line3: Error
    predict: Error
    position_ratio: float
    rotation_ratio: float
    median_us: float
    count: int


class Forecast(NamedTuple):
    """Three forecasts of the pose at `target_ns`, made when the newest sample is that of `newest_ns` (file's clock)."""

    target_ns: int
    newest_ns: int
    warm: bool
    duration_ns: int
    held: Pose
    straight: Pose
    predicted: Pose


def measure(
    track: MotionTrack,
    sampling: Sampling = USUAL,
    *,
    horizon_ms: float = 60.0,
    predictor: Predictor = "line",
    weights: PredictorWeights | None = None,
    dump: Path | None = None,
) -> PredictFigures:
    """Predicts `horizon_ms` ahead of every sample of a tracker and compares each forecast with the truth.

    `weights` are those of the predictor "learned"; without them it starts with the shipped ones. Motion is cut where
    the file has no pose for 30 ms; the first 150 ms after a cut are not judged. `dump` receives one CSV row for each
    forecast, also where the file ends before its target. Raises ConfigError where no forecast can be compared with the
    truth, or `dump` cannot be written.
    """
    learned = LearnedPredictor(weights or shipped_predictor(), Adaptation()) if predictor == "learned" else None
    chosen = _ForecastSettings(round(horizon_ms * 1e6), sampling.period_ns, predictor, learned)
    forecasts = list(_forecasts(samples_of(track, sampling), chosen))
    if dump is not None:
        _write(dump, forecasts)
    return _figures(track, forecasts)


class _ForecastSettings(NamedTuple):
    horizon_ns: int
    period_ns: int
    predictor: Predictor
    learned: LearnedPredictor | None


def _forecasts(samples: Iterator[Sample], chosen: _ForecastSettings) -> Iterator[Forecast]:
    memory = MotionMemory()
    begun_ns = 0
    for moment, cut in samples:
        if cut:
            memory, begun_ns = MotionMemory(), moment.sample_ns
        motion.accept(memory, moment, moment.sample_ns, limits=_LIMITS, period_ns=chosen.period_ns)
        started_ns = time.perf_counter_ns()
        predicted = estimate.pupil_at(
            memory,
            moment.sample_ns + chosen.horizon_ns,
            moment.sample_ns,
            IDENTITY_POSE,
            period_ns=chosen.period_ns,
            predictor=chosen.predictor,
            learned=chosen.learned,
        )
        duration_ns = time.perf_counter_ns() - started_ns
        yield Forecast(
            target_ns=moment.sample_ns + chosen.horizon_ns,
            newest_ns=moment.sample_ns,
            warm=moment.sample_ns - begun_ns >= WARM_UP_NS,
            duration_ns=duration_ns,
            held=Pose(position_m=moment.position_m, rotation=moment.rotation),
            straight=straight_ahead(memory.moments[-3:], chosen.horizon_ns),
            predicted=predicted.tracker_from_pupil,
        )


def straight_ahead(moments: list[Moment], horizon_ns: int) -> Pose:
    """The least-squares straight line through `moments`, with turns in the tangent space of the newest rotation."""
    newest = moments[-1]
    if len(moments) < 2:
        return Pose(position_m=newest.position_m, rotation=newest.rotation)
    ages_s = [(moment.sample_ns - newest.sample_ns) * 1e-9 for moment in moments]
    mean_s = math.fsum(ages_s) / len(ages_s)
    spread = math.fsum((age_s - mean_s) ** 2 for age_s in ages_s)
    ahead_s = horizon_ns * 1e-9 - mean_s
    shares = [1.0 / len(ages_s) + ahead_s * (age_s - mean_s) / spread for age_s in ages_s]
    turns = [turn_between(newest.rotation, moment.rotation) for moment in moments]
    turn = _weighted(shares, turns)
    return Pose(
        position_m=_weighted(shares, [moment.position_m for moment in moments]),
        rotation=quat_multiply(newest.rotation, quat_from_rotation_vector(turn)),
    )


def _weighted(shares: list[float], vectors: list[Vec3]) -> Vec3:
    x, y, z = (
        math.fsum(share * vector[axis] for share, vector in zip(shares, vectors, strict=True)) for axis in range(3)
    )
    return (x, y, z)


def _figures(track: MotionTrack, forecasts: list[Forecast]) -> PredictFigures:
    known = with_truth(track, [one.newest_ns for one in forecasts], [one.target_ns for one in forecasts])
    judged = [forecasts[index] for index in known if forecasts[index].warm]
    if not judged:
        raise ConfigError(
            "motion: found no stretch without a gap longer than the horizon and 0.15 s, expected a longer recording"
        )
    truths = [track.pose_at(forecast.target_ns) for forecast in judged]
    held, straight, predicted = (
        _rms([_error(forecast, truth) for forecast, truth in zip(poses, truths, strict=True)])
        for poses in zip(*((one.held, one.straight, one.predicted) for one in judged), strict=True)
    )
    return PredictFigures(
        hold=held,
        line3=straight,
        predict=predicted,
        position_ratio=_ratio(predicted.position_mm, straight.position_mm),
        rotation_ratio=_ratio(predicted.rotation_deg, straight.rotation_deg),
        median_us=statistics.median(one.duration_ns for one in judged) * 1e-3,
        count=len(judged),
    )


def _ratio(error: float, yardstick: float) -> float:
    """The ratio of two errors; 1 where the yardstick does not err."""
    return error / yardstick if yardstick > 0.0 else 1.0


def _error(forecast: Pose, truth: Pose) -> tuple[Vec3, Vec3]:
    (ax, ay, az), (bx, by, bz) = forecast.position_m, truth.position_m
    turn = rotation_vector_from_quat(quat_multiply(quat_conjugate(truth.rotation), forecast.rotation))
    return (ax - bx, ay - by, az - bz), turn


def _rms(errors: list[tuple[Vec3, Vec3]]) -> Error:
    squares = np.square(np.asarray(errors)).sum(axis=2)
    position_m, rotation_rad = np.sqrt(squares.mean(axis=0))
    return Error(position_mm=float(position_m) * 1e3, rotation_deg=float(np.degrees(rotation_rad)))


def _write(path: Path, forecasts: list[Forecast]) -> None:
    try:
        with path.open("w", newline="", encoding="utf-8") as file:
            rows = csv.writer(file)
            rows.writerow(COLUMNS)
            for forecast in forecasts:
                pose = forecast.predicted
                rows.writerow([forecast.target_ns, forecast.newest_ns, *pose.position_m, *pose.rotation])
    except OSError as error:
        raise ConfigError(f"{path}: dump: cannot be written ({error.strerror}); name another file") from error
