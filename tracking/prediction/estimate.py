"""Estimates where a tracked body is: interpolation inside the known motion, least squares beyond its end.

Beyond the newest sample a line is fitted by weighted least squares, position in R3 and rotation in the tangent space
at the newest sample (a Savitzky-Golay filter evaluated past the end of its window: Savitzky and Golay, Analytical
Chemistry 36, 1964). The window is a span of time, so a faster tracker does not make the line noisier. The line may
bend: an acceleration is fitted too, damped by a ridge (Hoerl and Kennard, Technometrics 12, 1970), so that only what
the window clearly shows is extrapolated, and never for more than a tenth of a second. The entrance pupil is what is
predicted: its offset from the tracked body is composed first. If a tracker is set to the learned predictor, that takes
the line's place once the motion has been known for long enough.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Literal, NamedTuple

from tracking.prediction.learned import LearnedPredictor, Reach
from tracking.prediction.motion import FADE_NS, Moment, MotionMemory
from tracking.prediction.motion_shape import point_of, turn_between
from tracking.records import Evolving, Pose, Quat, Vec3
from tracking.rotation import (
    IDENTITY_POSE,
    quat_from_rotation_vector,
    quat_multiply,
    quat_normalise,
    slerp,
)
from tracking.settings import Predictor

# Chosen on recorded hand-held motion at 25 to 120 Hz. Shorter memories follow noise, longer ones miss turns.
WINDOW_NS = 150_000_000
MOST_MOMENTS = 10
MEMORY_S = 0.05
BEND_RIDGE = 0.22
BEND_CAP_S = 0.1

# Beyond these caps prediction has larger errors than holding. Position gains from it for longer than rotation.
POSITION_CAP_NS = 350_000_000
ROTATION_CAP_NS = 200_000_000

# A show reads its inputs once a frame, so a fast tracker's packet is not overdue before that.
OVERDUE_PERIODS = 2
OVERDUE_AT_LEAST_NS = 40_000_000

_ENOUGH_TO_FORECAST = 3
_PER_MEMORY = 1e-9 / MEMORY_S
_LONGEST_BEND = BEND_CAP_S / MEMORY_S

Method = Literal["interpolated", "learned", "predicted", "decaying", "held", "none"]
"""`learned` is predicted by the learned predictor, `predicted` by the line."""


class Estimate(Evolving):
    """The entrance pupil in the tracker's frame at a requested time, the method, and how far ahead that time is."""

    tracker_from_pupil: Pose
    method: Method
    horizon_ms: float


class _Query(NamedTuple):
    """What to estimate: the time, the point of the body, and the predictor to use."""

    target_ns: int
    pupil: Pose
    period_ns: int
    predictor: Predictor
    learned: LearnedPredictor | None


NOTHING = Estimate(tracker_from_pupil=IDENTITY_POSE, method="none", horizon_ms=0.0)


def pupil_at(
    memory: MotionMemory,
    target_ns: int,
    now_ns: int,
    marker_from_pupil: Pose,
    *,
    period_ns: int,
    predictor: Predictor,
    learned: LearnedPredictor | None = None,
) -> Estimate:
    """The pupil at `target_ns`, from what is known at `now_ns` (both host monotonic).

    Motions that were left are blended in while they fade, so that the pose is continuous over `now_ns`. `learned` is
    used if `predictor` is "learned"; it also learns from the forecasts that it makes here.
    """
    if not memory.moments:
        return NOTHING

    patience_ns = max(OVERDUE_PERIODS * period_ns, OVERDUE_AT_LEAST_NS)
    query = _Query(target_ns, marker_from_pupil, period_ns, predictor, learned if predictor == "learned" else None)

    def motion_at(moments: list[Moment], received_ns: int, *, note: bool = False) -> Estimate:
        return _motion_at(moments, query, now_ns - received_ns - patience_ns, note=note)

    if query.learned is not None:
        query.learned.settle(memory.moments)
    newest = motion_at(memory.moments, memory.received_ns, note=True)
    leaving = [fade for fade in memory.fades if now_ns - fade.since_ns < FADE_NS]
    if not leaving:
        return newest
    shown = motion_at(leaving[0].moments, leaving[0].received_ns).tracker_from_pupil
    for below, above in pairwise(leaving):
        upper = motion_at(above.moments, above.received_ns).tracker_from_pupil
        shown = _mix(shown, upper, _risen(now_ns - below.since_ns))
    shown = _mix(shown, newest.tracker_from_pupil, _risen(now_ns - leaving[-1].since_ns))
    return Estimate(tracker_from_pupil=shown, method=newest.method, horizon_ms=newest.horizon_ms)


def body_at(memory: MotionMemory, sample_ns: int, period_ns: int) -> Pose | None:
    """Where the line expects the body at `sample_ns`, soon after the newest moment; None before the third moment."""
    window = _window(memory.moments, period_ns) if memory.moments else []
    if len(window) < _ENOUGH_TO_FORECAST:
        return None
    ahead_s = min(sample_ns - memory.moments[-1].sample_ns, ROTATION_CAP_NS) * 1e-9
    return _curve(window, ahead_s, ahead_s, IDENTITY_POSE)


def _risen(age_ns: int) -> float:
    """How far a new motion has been faded in, 0 to 1, smooth at both ends."""
    share = min(1.0, max(0.0, age_ns / FADE_NS))
    return share * share * (3.0 - 2.0 * share)


def _mix(a: Pose, b: Pose, share: float) -> Pose:
    if share >= 1.0:
        return b
    (ax, ay, az), (bx, by, bz) = a.position_m, b.position_m
    return Pose(
        position_m=(ax + (bx - ax) * share, ay + (by - ay) * share, az + (bz - az) * share),
        rotation=slerp(a.rotation, b.rotation, share),
    )


def _motion_at(moments: list[Moment], query: _Query, overdue_ns: int, *, note: bool) -> Estimate:
    newest = moments[-1]
    ahead_ns = query.target_ns - newest.sample_ns
    horizon_ms = ahead_ns * 1e-6
    if ahead_ns <= 0:
        pose = _between(moments, query.target_ns, query.pupil)
        return Estimate(tracker_from_pupil=pose, method="interpolated", horizon_ms=horizon_ms)
    window = [] if query.predictor == "hold" else _window(moments, query.period_ns)
    if not _shows_motion(window, query.period_ns):
        pose = _pupil(newest, query.pupil)
        return Estimate(tracker_from_pupil=pose, method="held", horizon_ms=horizon_ms)
    position_s, held = _reach(ahead_ns, overdue_ns, POSITION_CAP_NS)
    rotation_s, _ = _reach(ahead_ns, overdue_ns, ROTATION_CAP_NS)
    method: Method = "predicted"
    curved: Pose | None = None
    if query.learned is not None:
        # Once packets are overdue, the bends are carried no further than then: only the line decays.
        bend_s = min(POSITION_CAP_NS, max(0, ahead_ns - max(0, overdue_ns))) * 1e-9
        noted = note and overdue_ns <= 0 and ahead_ns <= POSITION_CAP_NS
        reach = Reach(position_s, rotation_s, bend_s)
        curved = query.learned.pose(moments, reach, query.pupil, period_ns=query.period_ns, note=noted)
        method = "learned" if curved is not None and query.learned.in_force() else "predicted"
    pose = curved if curved is not None else _curve(window, position_s, rotation_s, query.pupil)
    if overdue_ns > 0:
        method = "held" if held else "decaying"
    return Estimate(tracker_from_pupil=pose, method=method, horizon_ms=horizon_ms)


def _reach(ahead_ns: int, overdue_ns: int, cap_ns: int) -> tuple[float, bool]:
    """How many seconds of the present velocity to add, and whether that has come to rest.

    While packets arrive: the full time, up to the cap. Once they are overdue the velocity decays with the time constant
    that ends exactly at the cap (0.3 s for a position 50 ms ahead).
    """
    if overdue_ns <= 0:
        return min(ahead_ns, cap_ns) * 1e-9, False
    lead_ns = max(0, ahead_ns - overdue_ns)
    room_ns = cap_ns - lead_ns
    if room_ns <= 0:
        return cap_ns * 1e-9, True
    elapsed = overdue_ns / room_ns
    return (lead_ns + room_ns * (1.0 - math.exp(-elapsed))) * 1e-9, elapsed > 5.0


def _pupil(moment: Moment, marker_from_pupil: Pose) -> Pose:
    return Pose(
        position_m=point_of(moment, marker_from_pupil.position_m),
        rotation=quat_normalise(quat_multiply(moment.rotation, marker_from_pupil.rotation)),
    )


def _between(moments: list[Moment], target_ns: int, marker_from_pupil: Pose) -> Pose:
    """The pose inside the known motion; for any earlier time the oldest pose."""
    index = len(moments) - 1
    while index > 0 and moments[index - 1].sample_ns >= target_ns:
        index -= 1
    after = _pupil(moments[index], marker_from_pupil)
    if index == 0:
        return after
    before_ns, after_ns = moments[index - 1].sample_ns, moments[index].sample_ns
    share = (target_ns - before_ns) / (after_ns - before_ns)
    return _mix(_pupil(moments[index - 1], marker_from_pupil), after, share)


def _window(moments: list[Moment], period_ns: int) -> list[Moment]:
    """The last moments, newest first, thinned for a fast tracker. A slow tracker has at least three.

    No window spans a gap, which would make its slope that of an old motion.
    """
    newest_ns = moments[-1].sample_ns
    earliest_ns = newest_ns - max(WINDOW_NS, 5 * period_ns // 2)
    stride = 1 + int(WINDOW_NS / (period_ns * MOST_MOMENTS))
    window = []
    for index in range(len(moments) - 1, -1, -stride):
        if moments[index].sample_ns < earliest_ns:
            break
        window.append(moments[index])
        if len(window) > MOST_MOMENTS:
            break
    return window


def _shows_motion(window: list[Moment], period_ns: int) -> bool:
    """Whether a window is long enough for a velocity. A burst that a network delivered together is not."""
    return len(window) > 1 and 4 * (window[0].sample_ns - window[-1].sample_ns) >= period_ns


def _curve(window: list[Moment], position_s: float, rotation_s: float, marker_from_pupil: Pose) -> Pose:
    """The fit through `window`, evaluated so many seconds after its newest moment."""
    newest_ns = window[0].sample_ns
    ages = [(moment.sample_ns - newest_ns) * _PER_MEMORY for moment in window]
    weights = _weights(ages, position_s / MEMORY_S)
    position_m = _fitted_position(window, weights, marker_from_pupil.position_m)
    if rotation_s != position_s:
        weights = _weights(ages, rotation_s / MEMORY_S)
    return Pose(position_m=position_m, rotation=_fitted_rotation(window, weights, marker_from_pupil.rotation))


def _weights(ages: list[float], ahead: float) -> list[float]:
    """The weight of each moment in the value of the fit at `ahead`. Times are in units of the memory, ages negative.

    Weighted least squares for start, velocity and bend, solved for the value itself: g = (A'WA + ridge)^-1 (1, h, h2),
    weight = w (1, t, t2) g. With the ridge on the bend, two moments are enough.
    """
    forgetting = [math.exp(age) for age in ages]
    s0 = s1 = s2 = s3 = s4 = 0.0
    for age, weight in zip(ages, forgetting, strict=True):
        first = weight * age
        second = first * age
        third = second * age
        s0, s1, s2, s3, s4 = s0 + weight, s1 + first, s2 + second, s3 + third, s4 + third * age
    s4 += BEND_RIDGE * s0
    bend = ahead * ahead if ahead <= _LONGEST_BEND else _LONGEST_BEND * (2.0 * ahead - _LONGEST_BEND)
    c00, c01, c02 = s2 * s4 - s3 * s3, s2 * s3 - s1 * s4, s1 * s3 - s2 * s2
    c11, c12, c22 = s0 * s4 - s2 * s2, s1 * s2 - s0 * s3, s0 * s2 - s1 * s1
    share = 1.0 / (s0 * c00 + s1 * c01 + s2 * c02)
    g0 = (c00 + c01 * ahead + c02 * bend) * share
    g1 = (c01 + c11 * ahead + c12 * bend) * share
    g2 = (c02 + c12 * ahead + c22 * bend) * share
    return [weight * (g0 + age * (g1 + age * g2)) for age, weight in zip(ages, forgetting, strict=True)]


def _fitted_position(window: list[Moment], weights: list[float], offset_m: Vec3) -> Vec3:
    x = y = z = 0.0
    for moment, weight in zip(window, weights, strict=True):
        px, py, pz = point_of(moment, offset_m)
        x, y, z = x + weight * px, y + weight * py, z + weight * pz
    return (x, y, z)


def _fitted_rotation(window: list[Moment], weights: list[float], marker_from_pupil: Quat) -> Quat:
    """The fit in the tangent space of the newest rotation, which is its origin."""
    newest = window[0].rotation
    x = y = z = 0.0
    for moment, weight in zip(window, weights, strict=True):
        u, v, w = turn_between(newest, moment.rotation)
        x, y, z = x + weight * u, y + weight * v, z + weight * w
    turned = quat_multiply(newest, quat_from_rotation_vector((x, y, z)))
    return quat_normalise(quat_multiply(turned, marker_from_pupil))
