"""The margin around one camera's frame: a fixed number, or one that adapts to what the prediction misses."""

from __future__ import annotations

import math
from typing import NamedTuple

import msgspec

from calibration.cameras import Camera
from calibration.walls import WallSurface
from render.views.edges import Sides, Tangents, all_sides
from stage.show.camera import turn_trust
from stage.show.camera.margin import MOST_FORECASTS, Forecast, MarginLearner, MarginState, growth_of, margins
from stage.show.camera.turn_trust import TrustState
from stage.values.rigging import CameraValues
from tracking.prediction import estimate
from tracking.prediction.estimate import Estimate
from tracking.prediction.motion import FADE_NS
from tracking.records import Notebook, Pose, Quat, Vec3
from tracking.tracker.tracker import Tracker

DISTANCE_EVERY = 16
FAR_M = 100.0


class OverscanState(Notebook):
    """What a camera has learned of its tracker: errors, how far predicted turns can be trusted, the nearest wall."""

    margin: MarginState = msgspec.field(default_factory=MarginState)
    trust: TrustState = msgspec.field(default_factory=TrustState)
    distance_m: float = FAR_M


class Tracked(NamedTuple):
    """A camera's tracker, where its pupil is on the tracked body, and when this frame's inputs were gathered."""

    tracker: Tracker
    marker_from_pupil: Pose
    now_ns: int

    def held(self, target_ns: int) -> Pose:
        """The newest pose without any prediction; for a time in the past, the pose at that time."""
        state = self.tracker.state
        found = estimate.pupil_at(
            state.motion,
            target_ns,
            self.now_ns,
            self.marker_from_pupil,
            period_ns=state.period_ns,
            predictor="hold",
        )
        return found.tracker_from_pupil


class Aim(NamedTuple):
    """A tracked pupil at a light's time, in the tracker's frame: the pose to draw for, and its parts."""

    target_ns: int
    horizon_s: float
    tracker_from_pupil: Pose
    held: Quat
    turn: Vec3


class Overscan:
    """The margin of one camera; what it remembers is in the `OverscanState` that it is given."""

    def __init__(self, camera: Camera, rate_hz: float, surfaces: tuple[WallSurface, ...]) -> None:
        self._half_exposure_s = camera.shutter_deg / 360.0 / camera.film_rate_hz * 0.5
        self._surfaces = surfaces
        self._learner = MarginLearner(rate_hz)
        self._trust_kept = turn_trust.kept_each_frame(rate_hz)

    def learn(self, state: OverscanState, values: CameraValues, tracked: Tracked) -> None:
        """Judges earlier frames whose light times are now covered by samples. Once a frame, before any aim."""
        motion, now_ns = tracked.tracker.state.motion, tracked.now_ns
        forecasts = state.margin.forecasts
        if not motion.moments or (motion.fades and now_ns - motion.fades[-1].since_ns < FADE_NS):
            forecasts.clear()
            return
        newest_ns = motion.moments[-1].sample_ns
        while forecasts and forecasts[0].target_ns <= newest_ns:
            forecast = forecasts.pop(0)
            truth = tracked.held(forecast.target_ns)
            self._learner.judge(state.margin, forecast, truth)
            turn_trust.judge(state.trust, forecast.held, forecast.turn, truth.rotation, self._trust_kept)
        if values.overscan_mode == "follow":
            self._learner.watch(state.margin, motion.moments, tracked.marker_from_pupil.rotation)

    def aim(self, state: OverscanState, values: CameraValues, tracked: Tracked, found: Estimate, at_ns: int) -> Aim:
        """The pose to draw for: the predicted position, and with an adaptive margin, the trusted part of the turn."""
        predicted = found.tracker_from_pupil
        held = tracked.held(at_ns).rotation
        turn = turn_trust.turn_between(held, predicted.rotation)
        if values.overscan_mode == "follow" and turn != (0.0, 0.0, 0.0):
            rotation = turn_trust.trusted(state.trust, held, turn)
            predicted = Pose(position_m=predicted.position_m, rotation=rotation)
        return Aim(at_ns, found.horizon_ms * 1e-3, predicted, held, turn)

    def sides(self, state: OverscanState, values: CameraValues, aim: Aim | None, frame: Tangents) -> Sides:
        """The margin on each side, degrees; a camera that no tracker moves has the fixed one."""
        if aim is None or values.overscan_mode == "fixed":
            return all_sides(values.overscan_deg)
        floor, ceiling = values.overscan_floor_deg, values.overscan_ceiling_deg
        left, right, bottom, top = (
            min(max(math.degrees(margin), floor), ceiling)
            for margin in margins(state.margin, frame, growth_of(aim.horizon_s), self._half_exposure_s)
        )
        return Sides(left=left, right=right, bottom=bottom, top=top)

    def note(self, state: OverscanState, values: CameraValues, aim: Aim, frame: Tangents, sides: Sides) -> None:
        """Notes what is drawn, to be judged once its time is covered by samples."""
        forecasts = state.margin.forecasts
        forecasts.append(
            Forecast(
                target_ns=aim.target_ns,
                growth=growth_of(aim.horizon_s),
                tracker_from_pupil=aim.tracker_from_pupil,
                held=aim.held,
                turn=aim.turn,
                frame=frame,
                margins_rad=(
                    math.radians(sides.left),
                    math.radians(sides.right),
                    math.radians(sides.bottom),
                    math.radians(sides.top),
                ),
                floor_rad=math.radians(values.overscan_floor_deg),
                followed=values.overscan_mode == "follow",
                distance_m=state.distance_m,
            )
        )
        if len(forecasts) > MOST_FORECASTS:
            del forecasts[0]

    def measure(self, state: OverscanState, eye_m: Vec3, frame_number: int) -> None:
        """Measures now and then how far away the nearest LED is, which turns an error of position into an angle."""
        if frame_number % DISTANCE_EVERY:
            return
        ex, ey, ez = eye_m
        nearest = FAR_M * FAR_M
        for surface in self._surfaces:
            for px, py, pz in surface.points_m:
                dx, dy, dz = px - ex, py - ey, pz - ez
                square = dx * dx + dy * dy + dz * dz
                if square < nearest:
                    nearest = square
        state.distance_m = math.sqrt(nearest)
