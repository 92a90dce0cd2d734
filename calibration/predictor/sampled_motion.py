"""Samples recorded motion as a tracker would: at its rate, with its noise, and marked where the recording has gaps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tracking.motion_files import MotionTrack
from tracking.prediction.motion import Moment
from tracking.records import Pose, Record
from tracking.rotation import quat_from_rotation_vector, quat_multiply, quat_normalise

LONGEST_GAP_NS = 30_000_000


class Sampling(Record):
    """A tracker's rate, and the standard deviation of its white noise on each axis."""

    rate_hz: float = 60.0
    noise_mm: float = 0.2
    noise_deg: float = 0.02
    seed: int = 1

    @property
    def period_ns(self) -> int:
        """Nanoseconds from sample to sample."""
        return round(1e9 / self.rate_hz)


class Sample(NamedTuple):
    """A sample that the tracker sends, and whether a new section of the motion begins with it."""

    moment: Moment
    cut: bool


def samples_of(track: MotionTrack, sampling: Sampling) -> Iterator[Sample]:
    """The samples of a recording: for each tick of the tracker's rate the first pose at or after it.

    No sample depends on later poses of the file. The motion is cut where the file has no pose for 30 ms.
    """
    random = np.random.default_rng(sampling.seed)
    noise_m, noise_rad = sampling.noise_mm * 1e-3, float(np.radians(sampling.noise_deg))
    start_ns = before_ns = track.times_ns[0]
    last_tick = -1
    cut = True
    for time_ns, pose in zip(track.times_ns, track.poses, strict=True):
        cut = cut or time_ns - before_ns > LONGEST_GAP_NS
        before_ns = time_ns
        tick = int((time_ns - start_ns) * sampling.rate_hz * 1e-9 + 1e-6)
        if tick == last_tick:
            continue
        last_tick = tick
        yield Sample(_noisy(time_ns, pose, random.standard_normal(6), noise_m, noise_rad), cut)
        cut = False


def with_truth(track: MotionTrack, newest_ns: list[int], targets_ns: list[int]) -> npt.NDArray[np.int64]:
    """Indices of the pairs of times within one section of the recording, for which the truth is therefore known."""
    times_ns = np.asarray(track.times_ns, dtype=np.int64)
    stretch = np.concatenate([[0], np.cumsum(np.diff(times_ns) > LONGEST_GAP_NS)])
    after = np.searchsorted(times_ns, np.asarray(targets_ns, dtype=np.int64))
    before = np.searchsorted(times_ns, np.asarray(newest_ns, dtype=np.int64))
    same = stretch[np.minimum(after, len(times_ns) - 1)] == stretch[before]
    return np.flatnonzero((after < len(times_ns)) & same)


def _noisy(time_ns: int, pose: Pose, noise: npt.NDArray[np.float64], noise_m: float, noise_rad: float) -> Moment:
    dx, dy, dz, u, v, w = (float(value) for value in noise)
    x, y, z = pose.position_m
    turn = quat_from_rotation_vector((u * noise_rad, v * noise_rad, w * noise_rad))
    return Moment(
        sample_ns=time_ns,
        position_m=(x + dx * noise_m, y + dy * noise_m, z + dz * noise_m),
        rotation=quat_normalise(quat_multiply(pose.rotation, turn)),
    )
