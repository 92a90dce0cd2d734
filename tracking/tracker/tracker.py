"""One tracker of the fold: datagrams in, the entrance pupil at any time out."""

from __future__ import annotations

import math

from tracking.datagrams import Datagram
from tracking.prediction import estimate, motion
from tracking.prediction.estimate import Estimate
from tracking.prediction.learned import LearnedPredictor
from tracking.prediction.motion import Moment
from tracking.prediction.motion_shape import turn_between
from tracking.prediction.weights import NOTHING_LEARNED, PredictorWeights
from tracking.protocols.decoders import Decoder
from tracking.records import Pose, Quat, Rejection, TrackerCondition, TrackerSample, Vec3
from tracking.rotation import quat_normalise
from tracking.settings import Predictor, TrackerConfig
from tracking.timing import timebase
from tracking.timing.envelope import Timing
from tracking.tracker.state import LensReading, TrackerState, newest_pose, note_extras, note_refusal, note_sample
from tracking.tracker.status import TrackerStatus, condition_at, status_at

# How closely the line is known to predict a hand-held camera one or two packets ahead.
_USUAL_M = 0.001
_USUAL_RAD = 0.0015


class Tracker:
    """Decodes, times, checks and remembers. `state` is the only thing it changes.

    `sibling_ids` are the camera ids of the other trackers on the same source, whose packets are not errors. `weights`
    are the starting weights of the predictor "learned".
    """

    def __init__(
        self,
        config: TrackerConfig,
        state: TrackerState,
        *,
        sibling_ids: frozenset[int] = frozenset(),
        weights: PredictorWeights = NOTHING_LEARNED,
    ) -> None:
        self._rate_hz = config.rate_hz
        self._predictor = config.predictor
        self._learned = LearnedPredictor(weights, state.adaptation) if config.predictor == "learned" else None
        self._limits = motion.Limits(max_speed_m_s=config.max_speed_m_s, max_turn_deg_s=config.max_turn_deg_s)
        self._decoder = Decoder(config, state.decoder, sibling_ids=sibling_ids)
        self.state = state

    def feed(self, datagram: Datagram) -> None:
        """Read one datagram or serial chunk. Bad packets are counted; nothing is raised."""
        for reading in self._decoder.feed(datagram):
            refused = reading if isinstance(reading, Rejection) else self._accept(reading, datagram.received_ns)
            if refused is not None:
                note_refusal(self.state, refused, datagram.received_ns)

    def pose_at(self, target_ns: int, now_ns: int, marker_from_pupil: Pose) -> Estimate:
        """The entrance pupil in the tracker's frame at `target_ns`, from what is known at `now_ns`.

        Both times are host monotonic. `target_ns` is the light's time plus the operator's delay, because sample times
        are those of arrivals without that delay.
        """
        state = self.state
        return estimate.pupil_at(
            state.motion,
            target_ns,
            now_ns,
            marker_from_pupil,
            period_ns=state.period_ns,
            predictor=self._predictor,
            learned=self._learned,
        )

    def latest(self) -> Pose:
        """The body's newest pose in the tracker's frame; the identity before the first one."""
        return newest_pose(self.state)

    def lens(self) -> LensReading:
        """The newest lens values that the tracker sent."""
        return self.state.lens

    def freshness(self, now_ns: int) -> TrackerCondition:
        """Whether the tracker is fresh, late or lost at `now_ns`, or has never sent (see `condition_at`)."""
        return condition_at(self.state, now_ns)

    def status(self, now_ns: int) -> TrackerStatus:
        """The tracker's status at `now_ns`. Ages and rates are 0 before the first sample."""
        return status_at(self.state, now_ns, self._predictor_in_force())

    def _predictor_in_force(self) -> Predictor:
        return self._predictor if self._learned is None or self._learned.in_force() else "line"

    def _accept(self, sample: TrackerSample, arrived_ns: int) -> Rejection | None:
        """Time a sample and add it to the motion, or say why it is refused."""
        state = self.state
        if not motion.finite(sample.position_m, sample.rotation):
            return Rejection(
                cause="not_finite", detail="the pose contains numbers that cannot be a place or a rotation"
            )
        received_ns = arrived_ns if sample.received_ns is None else sample.received_ns
        rotation = quat_normalise(sample.rotation)
        if sample.completes_ns is not None:
            return self._complete(sample, sample.completes_ns, rotation)
        timing = self._timing(sample, rotation, received_ns)
        if isinstance(timing, Rejection):
            return timing
        if timing.restarted:
            motion.begin_again(state.motion, received_ns)
        if timing.moved:
            motion.move_back(state.motion, timing.moved, timing.moved_ns)
        moment = Moment(sample_ns=timing.sample_ns, position_m=sample.position_m, rotation=rotation)
        refused = motion.accept(state.motion, moment, received_ns, limits=self._limits, period_ns=state.period_ns)
        if refused is None:
            note_sample(state, sample, received_ns - timing.sample_ns)
        return refused

    def _complete(self, sample: TrackerSample, completes_ns: int, rotation: Quat) -> Rejection | None:
        """Complete the newest sample. If that was refused, so is what completes it, and nothing more is counted."""
        state = self.state
        if not state.accepted or state.motion.received_ns != completes_ns:
            return None
        note_extras(state, sample)
        return motion.complete(state.motion, sample.position_m, rotation, self._limits, state.period_ns)

    def _timing(self, sample: TrackerSample, rotation: Quat, received_ns: int) -> Timing | Rejection:
        moments = self.state.motion.moments
        repeated = bool(moments) and moments[-1].position_m == sample.position_m and moments[-1].rotation == rotation

        def misfit(sample_ns: int) -> float:
            return self._misfit(sample.position_m, rotation, sample_ns)

        return timebase.sample_time(
            self.state.time,
            received_ns,
            device_ns=sample.device_ns,
            rate_hz=self._rate_hz,
            sent_rate_hz=sample.rate_hz,
            repeated=repeated,
            misfit=misfit,
        )

    def _misfit(self, position_m: Vec3, rotation: Quat, sample_ns: int) -> float:
        """How far a pose is from where the motion leads by `sample_ns`, in units of the line's usual error."""
        expected = estimate.body_at(self.state.motion, sample_ns, self.state.period_ns)
        if expected is None:
            return math.nan
        turn_rad = math.hypot(*turn_between(expected.rotation, rotation))
        return math.hypot(math.dist(expected.position_m, position_m) / _USUAL_M, turn_rad / _USUAL_RAD)
