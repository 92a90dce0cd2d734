"""Adaptive overscan: how far a camera's inner picture reaches beyond its frame, learned from past prediction errors.

Every frame the show notes which pose it drew for. Once the tracker has reported where the camera was at that time, the
error is what each side of the film frame missed. Three things set a side's next margin: its recent errors (they come
in waves, as the volatility of prices does: Engle, Econometrica 50, 1982), how fast the camera turns towards it, and how
that speed changes. A factor driven by the side's own misses corrects their sum, so that in the long run about four
frames in ten thousand miss, whatever the motion (Gibbs and Candes, Adaptive conformal inference under distribution
shift, NeurIPS 2021).

Sides are in the order left, right, bottom, top.

Errors are kept at a horizon of 60 ms and grow with its power 1.5, so the margin follows a changed latency at once.
"""

from __future__ import annotations

import math

import msgspec

from render.views.edges import Tangents
from tracking.prediction.motion import Moment
from tracking.records import Evolving, Notebook, Pose, Quat, Vec3
from tracking.rotation import quat_conjugate, quat_multiply, quat_rotate, rotation_vector_from_quat

HORIZON_S = 0.06
HORIZON_POWER = 1.5
_HORIZONS_S = (0.01, 0.25)

# Shares of the margin, chosen on recorded hand-held motion; the stretch adapts their sum to the motion at hand.
STILL_RAD = 0.0013
PER_CHANGE = 0.5
PER_TURN = 0.2
PER_PEAK = 1.35
PER_SPREAD = 1.25
PER_OPPOSITE = 0.95
PER_OTHER = 0.8
PEAK_S = 1.0
SPREAD_S = 6.0
CALM_S = 0.14
UNKNOWN_RAD = 0.015
STRETCH = (0.5, 3.0)
MISS_STEP = 0.2
MISS_RATE = 0.0001

MOST_FORECASTS = 64
NOTICED_S = 10.0
_RATE_SPAN_NS = 28_000_000
_WIDEST_RAD = math.radians(80.0)
_NEAREST_M = 0.3
_LEAST_DEPTH = 0.05

FourSides = tuple[float, float, float, float]
"""One figure a side: left, right, bottom, top."""


class Forecast(Evolving):
    """What was drawn for one light time: the pupil in the tracker's frame, the frame and its margins (radians).

    A margin that was `followed` and above `floor_rad` is the learned one.
    """

    target_ns: int
    growth: float
    tracker_from_pupil: Pose
    held: Quat
    turn: Vec3
    frame: Tangents
    margins_rad: FourSides
    floor_rad: float
    followed: bool
    distance_m: float


class Side(Notebook):
    """What is known of the errors on one side of the frame, radians at the common horizon."""

    peak: float = 0.0
    square: float = UNKNOWN_RAD * UNKNOWN_RAD
    stretch: float = 1.0


class MarginState(Notebook):
    """One camera's memory of its errors; `lately` counts the misses of about the last ten seconds.

    `towards` are turn rates towards each side, `roll` either way (rad/s); `change` (of the turn rate in 30 ms) is about
    the camera's axes: right, ahead, up.
    """

    forecasts: list[Forecast] = msgspec.field(default_factory=list)
    sides: list[Side] = msgspec.field(default_factory=lambda: [Side() for _ in range(4)])
    towards: list[float] = msgspec.field(default_factory=lambda: [0.0] * 4)
    roll: float = 0.0
    change: list[float] = msgspec.field(default_factory=lambda: [0.0] * 3)
    judged: int = 0
    missed: int = 0
    lately: float = 0.0
    worst_deg: float = 0.0


def growth_of(horizon_s: float) -> float:
    """The size of errors at this horizon, relative to those at the common one."""
    shortest, longest = _HORIZONS_S
    return math.pow(min(max(horizon_s, shortest), longest) / HORIZON_S, HORIZON_POWER)


class MarginLearner:
    """Learns for one camera at a frame rate; all that it remembers is in the `MarginState` that it is given."""

    def __init__(self, rate_hz: float) -> None:
        self._peak_kept = math.exp(-1.0 / (PEAK_S * rate_hz))
        self._spread_kept = math.exp(-1.0 / (SPREAD_S * rate_hz))
        self._calm_kept = math.exp(-1.0 / (CALM_S * rate_hz))
        self._noticed_kept = math.exp(-1.0 / (NOTICED_S * rate_hz))

    def watch(self, state: MarginState, moments: list[Moment], marker_from_pupil: Quat) -> None:
        """Notes how fast the camera turns now, and how that changes. A faster turn just before fades out."""
        (tilt, roll, pan), change = turning(moments, marker_from_pupil)
        kept = self._calm_kept
        for side, rate in enumerate((pan, -pan, -tilt, tilt)):
            state.towards[side] = max(state.towards[side] * kept, rate)
        state.roll = max(state.roll * kept, abs(roll))
        for axis in range(3):
            state.change[axis] = max(state.change[axis] * kept, abs(change[axis]))

    def judge(self, state: MarginState, forecast: Forecast, truth: Pose) -> None:
        """Learns from the error of a forecast, now that the true pose is known."""
        beyond = -_WIDEST_RAD
        for side, lacked, margin in zip(state.sides, missing(forecast, truth), forecast.margins_rad, strict=True):
            self._learn(side, lacked / forecast.growth)
            if forecast.followed:
                _stretch(side, lacked, margin, forecast.floor_rad)
            beyond = max(beyond, lacked - margin)
        state.judged += 1
        state.lately *= self._noticed_kept
        if beyond > 0.0:
            state.missed += 1
            state.lately += 1.0
            state.worst_deg = max(state.worst_deg, math.degrees(beyond))

    def _learn(self, side: Side, error_rad: float) -> None:
        error = max(0.0, error_rad)
        kept = self._spread_kept
        side.peak = max(side.peak * self._peak_kept, error)
        side.square = side.square * kept + error * error * (1.0 - kept)


def _stretch(side: Side, missing_rad: float, margin_rad: float, floor_rad: float) -> None:
    """Widens after a miss and narrows a little after a hit. Hits that are due to the floor teach nothing."""
    if missing_rad > margin_rad:
        step = MISS_STEP * (1.0 - MISS_RATE)
    elif margin_rad > floor_rad:
        step = -MISS_STEP * MISS_RATE
    else:
        return
    side.stretch = min(max(side.stretch * math.exp(step), STRETCH[0]), STRETCH[1])


def margins(state: MarginState, frame: Tangents, growth: float, half_exposure_s: float) -> FourSides:
    """The margin on each side, radians, before floor and ceiling.

    The camera turns for `half_exposure_s` before and after the light's time, so half of that turn is added on both
    sides. A roll moves a corner in proportion to its distance from the axis.
    """
    return (
        _margin(state, 0, frame, growth, half_exposure_s),
        _margin(state, 1, frame, growth, half_exposure_s),
        _margin(state, 2, frame, growth, half_exposure_s),
        _margin(state, 3, frame, growth, half_exposure_s),
    )


def _margin(state: MarginState, index: int, frame: Tangents, growth: float, half_exposure_s: float) -> float:
    sides, upright = state.sides, index > 1
    side, opposite, beside = sides[index], sides[index ^ 1], sides[0:2] if upright else sides[2:4]
    lever = 0.5 * (frame.right - frame.left if upright else frame.top - frame.bottom)
    tilt, roll, pan = state.change
    change = (tilt if upright else pan) + roll * lever
    turn = state.towards[index] + state.roll * lever
    swing = max(state.towards[index], state.towards[index ^ 1]) + state.roll * lever
    peak = max(side.peak, PER_OPPOSITE * opposite.peak, PER_OTHER * max(beside[0].peak, beside[1].peak))
    erred = STILL_RAD + PER_PEAK * peak + PER_SPREAD * math.sqrt(side.square)
    bend = (PER_CHANGE * change + PER_TURN * turn) * HORIZON_S
    return side.stretch * (erred + bend) * growth + swing * half_exposure_s


def missing(forecast: Forecast, truth: Pose) -> FourSides:
    """How far the film frame reached beyond the drawn one on each side, radians, negative where inside.

    It follows the corners of the frame: where they are at the wall's distance from the true pose (in the tracker's
    frame), and where that is as seen from the drawn pose.
    """
    drawn = forecast.tracker_from_pupil
    back = quat_conjugate(drawn.rotation)
    relative = quat_multiply(back, truth.rotation)
    (tx, ty, tz), (px, py, pz) = truth.position_m, drawn.position_m
    aside, ahead, above = quat_rotate(back, (tx - px, ty - py, tz - pz))
    distance_m = max(forecast.distance_m, _NEAREST_M)
    frame = forecast.frame
    right_x, right_y, right_z = quat_rotate(relative, (1.0, 0.0, 0.0))
    up_x, up_y, up_z = quat_rotate(relative, (0.0, 0.0, 1.0))
    ahead_x, ahead_y, ahead_z = quat_rotate(relative, (0.0, 1.0, 0.0))
    ahead_x, ahead_y, ahead_z = ahead_x + aside / distance_m, ahead_y + ahead / distance_m, ahead_z + above / distance_m
    left = bottom = math.inf
    right = top = -math.inf
    for x in (frame.left, frame.right):
        for z in (frame.bottom, frame.top):
            depth = ahead_y + x * right_y + z * up_y
            if depth < _LEAST_DEPTH:
                return (_WIDEST_RAD,) * 4
            seen_x = (ahead_x + x * right_x + z * up_x) / depth
            seen_z = (ahead_z + x * right_z + z * up_z) / depth
            left, right = min(left, seen_x), max(right, seen_x)
            bottom, top = min(bottom, seen_z), max(top, seen_z)
    return (
        math.atan(frame.left) - math.atan(left),
        math.atan(right) - math.atan(frame.right),
        math.atan(frame.bottom) - math.atan(bottom),
        math.atan(top) - math.atan(frame.top),
    )


def turning(moments: list[Moment], marker_from_pupil: Quat) -> tuple[Vec3, Vec3]:
    """The body's turn rate about the camera's axes (right, ahead, up; rad/s) and its change in 30 ms."""
    newest = len(moments) - 1
    middle = _before(moments, newest)
    oldest = _before(moments, middle)
    if middle in (oldest, newest):
        return (0.0, 0.0, 0.0), (0.0, 0.0, 0.0)
    camera_from_marker = quat_conjugate(marker_from_pupil)
    now = _rate(moments[middle], moments[newest])
    then = _rate(moments[oldest], moments[middle])
    change = (now[0] - then[0], now[1] - then[1], now[2] - then[2])
    return quat_rotate(camera_from_marker, now), quat_rotate(camera_from_marker, change)


def _before(moments: list[Moment], index: int) -> int:
    """The newest moment at least 28 ms before that at `index`; the oldest where there is none."""
    if index < 0:
        return index
    latest_ns = moments[index].sample_ns - _RATE_SPAN_NS
    while index > 0 and moments[index].sample_ns > latest_ns:
        index -= 1
    return index


def _rate(before: Moment, after: Moment) -> Vec3:
    per_s = 1e9 / (after.sample_ns - before.sample_ns)
    x, y, z = rotation_vector_from_quat(quat_multiply(quat_conjugate(before.rotation), after.rotation))
    return (x * per_s, y * per_s, z * per_s)
