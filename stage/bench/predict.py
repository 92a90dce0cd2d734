"""How far off the prediction is: recorded motion, sampled as a tracker would, predicted by the show's own code.

The motion file is the truth. Each tick of the tracker's rate takes the first pose at or after it, with white noise on
every axis, so that nothing said about a moment depends on what the file holds later.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tracking import motion, prediction
from tracking.motion import Moment, MotionMemory
from tracking.motion_files import MotionTrack
from tracking.records import ConfigError, Pose, Record, Vec3
from tracking.rotation import (
    IDENTITY_POSE,
    quat_conjugate,
    quat_from_rotation_vector,
    quat_multiply,
    quat_normalise,
    rotation_vector_from_quat,
)
from tracking.settings import Predictor

LONGEST_GAP_NS = 30_000_000
WARM_UP_NS = prediction.WINDOW_NS
COLUMNS = ("target_ns", "newest_ns", "x_m", "y_m", "z_m", "qx", "qy", "qz", "qw")
_LIMITS = motion.Limits(max_speed_m_s=5.0, max_turn_deg_s=400.0)


class Error(Record):
    """Root mean square of the 3-D error's length: millimetres, and degrees of turn."""

    position_mm: float
    rotation_deg: float


class PredictFigures(Record):
    """The newest pose held, and the prediction, against the truth at the same `count` times."""

    hold: Error
    predict: Error
    count: int


class Forecast(NamedTuple):
    """What is said of `target_ns` when the sample of `newest_ns` is the newest (nanoseconds of the file's clock)."""

    target_ns: int
    newest_ns: int
    warm: bool
    held: Pose
    predicted: Pose


def measure(
    track: MotionTrack,
    *,
    rate_hz: float = 60.0,
    horizon_ms: float = 60.0,
    noise_mm: float = 0.2,
    noise_deg: float = 0.02,
    seed: int = 1,
    predictor: Predictor = "line",
    dump: Path | None = None,
) -> PredictFigures:
    """Predict `horizon_ms` ahead of every sample of a tracker at `rate_hz` and compare with the truth.

    Noise is the standard deviation per axis. Motion is cut where the file has no pose for 30 ms; the first 150 ms
    after a cut are not judged. `dump` gets one CSV row a forecast, also where the file ends before its target.
    Raises ConfigError where no forecast has a truth to be compared with, or `dump` cannot be written.
    """
    samples = _samples(track, rate_hz, noise_mm * 1e-3, float(np.radians(noise_deg)), seed)
    period_ns = round(1e9 / rate_hz)
    forecasts = list(_forecasts(samples, round(horizon_ms * 1e6), period_ns, predictor))
    if dump is not None:
        _write(dump, forecasts)
    return _figures(track, forecasts)


def _samples(
    track: MotionTrack, rate_hz: float, noise_m: float, noise_rad: float, seed: int
) -> Iterator[tuple[Moment, bool]]:
    """What the tracker sends: a moment, and whether the motion begins anew with it."""
    random = np.random.default_rng(seed)
    start_ns = before_ns = track.times_ns[0]
    last_tick = -1
    cut = True
    for time_ns, pose in zip(track.times_ns, track.poses, strict=True):
        cut = cut or time_ns - before_ns > LONGEST_GAP_NS
        before_ns = time_ns
        tick = int((time_ns - start_ns) * rate_hz * 1e-9 + 1e-6)
        if tick == last_tick:
            continue
        last_tick = tick
        yield _noisy(time_ns, pose, random.standard_normal(6), noise_m, noise_rad), cut
        cut = False


def _noisy(time_ns: int, pose: Pose, noise: npt.NDArray[np.float64], noise_m: float, noise_rad: float) -> Moment:
    dx, dy, dz, u, v, w = (float(value) for value in noise)
    x, y, z = pose.position_m
    turn = quat_from_rotation_vector((u * noise_rad, v * noise_rad, w * noise_rad))
    return Moment(
        sample_ns=time_ns,
        position_m=(x + dx * noise_m, y + dy * noise_m, z + dz * noise_m),
        rotation=quat_normalise(quat_multiply(pose.rotation, turn)),
    )


def _forecasts(
    samples: Iterator[tuple[Moment, bool]], horizon_ns: int, period_ns: int, predictor: Predictor
) -> Iterator[Forecast]:
    memory = MotionMemory()
    begun_ns = 0
    for moment, cut in samples:
        if cut:
            memory, begun_ns = MotionMemory(), moment.sample_ns
        motion.accept(memory, moment, moment.sample_ns, limits=_LIMITS, period_ns=period_ns)
        found = prediction.estimate(
            memory,
            moment.sample_ns + horizon_ns,
            moment.sample_ns,
            IDENTITY_POSE,
            period_ns=period_ns,
            predictor=predictor,
        )
        yield Forecast(
            target_ns=moment.sample_ns + horizon_ns,
            newest_ns=moment.sample_ns,
            warm=moment.sample_ns - begun_ns >= WARM_UP_NS,
            held=Pose(position_m=moment.position_m, rotation=moment.rotation),
            predicted=found.tracker_from_pupil,
        )


def _figures(track: MotionTrack, forecasts: list[Forecast]) -> PredictFigures:
    times_ns = np.asarray(track.times_ns, dtype=np.int64)
    targets_ns = np.asarray([forecast.target_ns for forecast in forecasts], dtype=np.int64)
    newest_ns = np.asarray([forecast.newest_ns for forecast in forecasts], dtype=np.int64)
    stretch = np.concatenate([[0], np.cumsum(np.diff(times_ns) > LONGEST_GAP_NS)])
    after = np.searchsorted(times_ns, targets_ns)
    inside = after < len(times_ns)
    same = stretch[np.minimum(after, len(times_ns) - 1)] == stretch[np.searchsorted(times_ns, newest_ns)]
    judged = [forecasts[index] for index in np.flatnonzero(inside & same) if forecasts[index].warm]
    if not judged:
        raise ConfigError("motion: no stretch is longer than the horizon and 0.15 s, expected a longer recording")
    truths = [track.pose_at(forecast.target_ns) for forecast in judged]
    held = [_error(forecast.held, truth) for forecast, truth in zip(judged, truths, strict=True)]
    predicted = [_error(forecast.predicted, truth) for forecast, truth in zip(judged, truths, strict=True)]
    return PredictFigures(hold=_rms(held), predict=_rms(predicted), count=len(judged))


def _error(said: Pose, truth: Pose) -> tuple[Vec3, Vec3]:
    (ax, ay, az), (bx, by, bz) = said.position_m, truth.position_m
    turn = rotation_vector_from_quat(quat_multiply(quat_conjugate(truth.rotation), said.rotation))
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
