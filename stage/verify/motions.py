"""The true motions that are played, built in or recorded, by the film camera's arithmetic in double precision."""

from __future__ import annotations

import math
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from render.film.rotation import Array, axes_from_pan_tilt_roll, axes_from_quaternion
from stage.config.records import StageConfig
from stage.verify.settings import BUILT_IN, WARM_UP_S, VerifySettings
from tracking.motion_files import Axes, MotionTrack
from tracking.records import ConfigError, Vec3
from tracking.sources.motion_reader import read_motion

LONGEST_GAP_S = 0.1
AFTER_GAP_S = 0.5
MEAN_S = 2.0
BUILT_IN_S = 8.0
SHORT_S = 3.0
SET_OFF_S = 0.5
_GOLDEN = 0.618033988749895


class TruePose(NamedTuple):
    """Where the tracked body is in the stage frame; `axes` (3, 3) has its right, ahead and up as columns."""

    position_m: Array
    axes: Array


class TrueMotion(Protocol):
    """A path of the tracked body, by seconds since its start."""

    duration_s: float
    findings: tuple[str, ...]

    def pose_at(self, time_s: float) -> TruePose:
        """The body's true pose."""
        ...

    def known_at(self, time_s: float) -> bool:
        """False in a gap of a recording, where no packet is sent."""
        ...

    def settled_at(self, time_s: float) -> bool:
        """False in a gap and for half a second after it, where nothing is compared."""
        ...


def true_motion(name: str, at_m: Vec3, axes: Axes, seed: int) -> TrueMotion:
    """A built-in motion by its name, else the motion file of that name; a file shorter than 3 s gets a lead-in.

    Raises ConfigError for a motion that cannot be played.
    """
    if name in BUILT_IN:
        return BuiltInMotion(name, at_m, seed)
    recorded = RecordedMotion(read_motion(Path(name), axes=axes), at_m)
    return LeadIn(recorded) if recorded.duration_s < SHORT_S else recorded


def motion_of(name: str, settings: VerifySettings, config: StageConfig) -> TrueMotion:
    """The motion of that name with the settings' axes and seed, around their place (None: the stage's outer eye).

    Raises ConfigError for a motion that cannot be played.
    """
    at_m = config.stage.outer_eye_m if settings.at_m is None else settings.at_m
    return true_motion(name, at_m, settings.axes, settings.seed)


class BuiltInMotion:
    """A move around `at_m` by formula.

    `dolly` goes 1.2 m to either side while it pushes in, `crane` up and down in an arc, `whip` pans 40 degrees to and
    fro in 0.35 s each, `handheld` is a sum of slow and quick sways that depends on the seed.
    """

    findings: tuple[str, ...] = ()

    def __init__(self, name: str, at_m: Vec3, seed: int) -> None:
        self._name = name
        self._at_m = np.array(at_m)
        self._seed = seed
        self.duration_s = BUILT_IN_S

    def known_at(self, time_s: float) -> bool:  # noqa: ARG002 - a formula has no gaps
        """Always."""
        return True

    def settled_at(self, time_s: float) -> bool:  # noqa: ARG002
        """Always."""
        return True

    def pose_at(self, time_s: float) -> TruePose:
        """The body's pose."""
        move = {"dolly": self._dolly, "crane": self._crane, "whip": self._whip, "handheld": self._handheld}
        offset, angles_deg = move[self._name](time_s)
        return TruePose(self._at_m + offset, axes_from_pan_tilt_roll(*angles_deg))

    def _dolly(self, time_s: float) -> tuple[Vec3, Vec3]:
        swing, push = math.sin(2 * math.pi * time_s / 6.0), math.sin(2 * math.pi * time_s / 9.0)
        return (1.2 * swing, 0.4 * push, 0.0), (8.0 * swing, 0.0, 0.0)

    def _crane(self, time_s: float) -> tuple[Vec3, Vec3]:
        turn = 2 * math.pi * time_s / 7.0
        return (0.6 * math.cos(turn), 0.0, 0.4 * math.sin(turn)), (5.0 * math.cos(turn), -6.0 * math.sin(turn), 0.0)

    def _whip(self, time_s: float) -> tuple[Vec3, Vec3]:
        side, into_s = int(time_s / 1.5) % 2, time_s % 1.5
        share = min(1.0, into_s / 0.35)
        eased = share**3 * (share * (6 * share - 15) + 10)
        pan_deg = (40.0 * eased - 20.0) * (1 - 2 * side)
        lean = math.radians(pan_deg)
        return (-0.15 * math.sin(lean), 0.15 * math.cos(lean) - 0.15, 0.0), (pan_deg, 0.0, 0.0)

    def _handheld(self, time_s: float) -> tuple[Vec3, Vec3]:
        sway = [self._sway(axis, time_s) for axis in range(6)]
        x, y, z = (0.05 * value for value in sway[:3])
        pan, tilt, roll = (3.0 * value for value in sway[3:])
        return (x, y, z), (pan, tilt, 0.4 * roll)

    def _sway(self, axis: int, time_s: float) -> float:
        total = 0.0
        for number, (hertz, size) in enumerate(((0.23, 1.0), (0.61, 0.35), (1.31, 0.06), (2.9, 0.008))):
            phase = (_GOLDEN * (1 + axis * 7 + number * 13 + self._seed * 29)) % 1.0
            total += size * math.sin(2 * math.pi * (hertz * (1 + 0.11 * axis) * time_s + phase))
        return total


class RecordedMotion:
    """A motion file around `at_m`: its position less its mean, and its rotation less its running mean of 2 s.

    At rest the body looks along +Y. Between poses it moves on straight lines and turns along great circles. Raises
    ConfigError for a file with a single moment.
    """

    def __init__(self, track: MotionTrack, at_m: Vec3) -> None:
        nanoseconds = np.array(track.times_ns, dtype=np.int64)
        self._times_s = (nanoseconds - nanoseconds[0]) * 1e-9
        positions = np.array([pose.position_m for pose in track.poses])
        self._positions_m = positions - positions.mean(axis=0) + np.array(at_m)
        self._turns = _less_running_mean(self._times_s, _continuous([pose.rotation for pose in track.poses]))
        self.duration_s = float(self._times_s[-1])
        self.findings = track.findings
        gaps = np.flatnonzero(np.diff(self._times_s) > LONGEST_GAP_S)
        self._gaps_s = [(float(self._times_s[gap]), float(self._times_s[gap + 1])) for gap in gaps]
        if self.duration_s <= 0.0:
            raise ConfigError("motion: found a single moment, expected a recording of some seconds")

    def known_at(self, time_s: float) -> bool:
        """Whether the file has poses around this time."""
        return not any(start < time_s < end for start, end in self._gaps_s)

    def settled_at(self, time_s: float) -> bool:
        """Whether the file has had poses for half a second."""
        return not any(start < time_s < end + AFTER_GAP_S for start, end in self._gaps_s)

    def pose_at(self, time_s: float) -> TruePose:
        """Interpolated between the two nearest poses; beyond the ends, the first or the last one."""
        after = int(np.clip(np.searchsorted(self._times_s, time_s), 1, len(self._times_s) - 1))
        start, end = self._times_s[after - 1], self._times_s[after]
        share = float(np.clip((time_s - start) / (end - start), 0.0, 1.0))
        position = (1 - share) * self._positions_m[after - 1] + share * self._positions_m[after]
        turned = _great_circle(self._turns[after - 1], self._turns[after], share)
        return TruePose(position, axes_from_quaternion(turned))


class LeadIn:
    """A short recording with a lead-in, so that the warm-up does not use it up.

    The camera stands at its first pose, sets off along its path, speeds up, and has its true speed when the warm-up
    ends. The part of the path that it passes meanwhile is not judged.
    """

    def __init__(self, recorded: RecordedMotion) -> None:
        self._recorded = recorded
        self._set_off_s = min(SET_OFF_S, recorded.duration_s)
        passed_s = self._recorded_time(WARM_UP_S)
        self.duration_s = WARM_UP_S + recorded.duration_s - passed_s
        lead_in = f"{recorded.duration_s:.2f} s long: the camera stands first; judged from {passed_s:.2f} s on"
        self.findings = (*recorded.findings, lead_in)

    def known_at(self, time_s: float) -> bool:
        """Whether the file has poses around the one that is played at this time."""
        return self._recorded.known_at(self._recorded_time(time_s))

    def settled_at(self, time_s: float) -> bool:
        """Whether the file has had poses for half a second before the one that is played at this time."""
        return self._recorded.settled_at(self._recorded_time(time_s))

    def pose_at(self, time_s: float) -> TruePose:
        """The pose of the recording that is played at this time."""
        return self._recorded.pose_at(self._recorded_time(time_s))

    def _recorded_time(self, time_s: float) -> float:
        """Seconds of the recording: its rate eases from 0 to 1 (3 x^2 - 2 x^3) as the camera sets off, then stays 1."""
        share = min(1.0, max(0.0, 1.0 - (WARM_UP_S - time_s) / self._set_off_s))
        return self._set_off_s * share**3 * (1.0 - 0.5 * share) + max(0.0, time_s - WARM_UP_S)


def _continuous(quaternions: list[tuple[float, float, float, float]]) -> Array:
    """The same rotations (n, 4), with signs chosen so that neighbours are in one hemisphere."""
    given = np.array(quaternions)
    flips = np.where((given[1:] * given[:-1]).sum(axis=1) < 0, -1.0, 1.0)
    return np.asarray(given * np.concatenate([[1.0], np.cumprod(flips)])[:, None])


def _less_running_mean(times_s: Array, quaternions: Array) -> Array:
    """Each rotation relative to the mean of those within a second of it: the inverse mean times the rotation.

    The mean is taken over time of sign-aligned quaternions (F. L. Markley et al., Journal of Guidance, Control and
    Dynamics 30, 2007, to first order in the spread).
    """
    steps = np.diff(times_s)[:, None] * (quaternions[1:] + quaternions[:-1]) * 0.5
    integral = np.concatenate([np.zeros((1, 4)), np.cumsum(steps, axis=0)])
    low = np.clip(times_s - MEAN_S / 2, times_s[0], times_s[-1])
    high = np.clip(times_s + MEAN_S / 2, times_s[0], times_s[-1])
    mean = np.stack([np.interp(high, times_s, part) - np.interp(low, times_s, part) for part in integral.T], axis=1)
    mean /= np.linalg.norm(mean, axis=1, keepdims=True)
    ax, ay, az, aw = (mean * (-1.0, -1.0, -1.0, 1.0)).T
    bx, by, bz, bw = quaternions.T
    product = (
        aw * bx + ax * bw + ay * bz - az * by,
        aw * by - ax * bz + ay * bw + az * bx,
        aw * bz + ax * by - ay * bx + az * bw,
        aw * bw - ax * bx - ay * by - az * bz,
    )
    return np.stack(product, axis=1)


def _great_circle(start: npt.NDArray[np.float64], end: npt.NDArray[np.float64], share: float) -> Array:
    """The rotation `share` of the way (K. Shoemake, "Animating rotation with quaternion curves", SIGGRAPH 1985)."""
    cosine = float(start @ end)
    end, cosine = (-end, -cosine) if cosine < 0 else (end, cosine)
    angle = math.acos(min(1.0, cosine))
    if angle < 1e-6:
        return (1 - share) * start + share * end
    weights = math.sin((1 - share) * angle) / math.sin(angle), math.sin(share * angle) / math.sin(angle)
    return np.asarray(weights[0] * start + weights[1] * end)
