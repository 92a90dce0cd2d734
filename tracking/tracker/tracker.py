"""One tracker of the fold: bytes in, the entrance pupil at any time out."""

from __future__ import annotations

import math
from typing import Literal

import msgspec

from tracking.prediction import estimate as prediction
from tracking.prediction import motion
from tracking.prediction.adaptation import Adaptation
from tracking.prediction.estimate import Estimate
from tracking.prediction.learned import LearnedPredictor
from tracking.prediction.motion import Moment, MotionMemory
from tracking.prediction.motion_shape import turn_between
from tracking.prediction.weights import NOTHING_LEARNED, PredictorWeights
from tracking.protocols import decoders
from tracking.protocols.decoder_memory import StaticBlock
from tracking.protocols.sequence import standing_sequence
from tracking.records import REJECT_CAUSES, Evolving, Notebook, Pose, Quat, Rejection, TrackerSample, Vec3
from tracking.rotation import IDENTITY_POSE, pan_tilt_roll_from_quat, quat_normalise
from tracking.settings import Predictor, TrackerConfig
from tracking.timing import timebase
from tracking.timing.slot_phase import usual_interval
from tracking.timing.timebase import TimeMemory, Timing

LATE_PERIODS = 3
LATE_AT_LEAST_NS = 50_000_000
LOST_NS = 500_000_000
_UNKNOWN_PERIOD_NS = 16_666_667
_PERIOD_STEPS = 8
_LONGEST_DETAIL = 200
# How well the line is known to hit a hand-held camera one or two packets ahead.
_USUAL_M = 0.001
_USUAL_RAD = 0.0015

TrackerCondition = Literal["fresh", "late", "lost", "never"]


class LensReading(Notebook):
    """The newest value of each thing the tracker told of the lens; None until it told."""

    zoom_raw: float | None = None
    focus_raw: float | None = None
    iris_raw: float | None = None
    focal_length_mm: float | None = None
    focus_distance_m: float | None = None
    entrance_pupil_m: float | None = None
    f_stop: float | None = None
    projection_x_mm: float | None = None
    projection_y_mm: float | None = None


_LENS_FIELDS = LensReading.__struct_fields__


class TrackerState(Notebook):
    """All that a tracker remembers. Times are host monotonic nanoseconds."""

    decoder: decoders.DecoderMemory
    time: TimeMemory
    motion: MotionMemory
    lens: LensReading
    rejected: dict[str, int]
    adaptation: Adaptation = msgspec.field(default_factory=Adaptation)
    accepted: int = 0
    hint: str = ""
    period_ns: int = _UNKNOWN_PERIOD_NS
    transit_ns: int = 0
    jitter_ns: float = 0.0
    timecode: str | None = None
    device_status: str | None = None


class TrackerStatus(Evolving):
    """How a tracker stands. The pose is the newest one, in the tracker's frame; rotation is pan, tilt, roll.

    `predictor` is the one in force: one that learns gives way to the line where it has erred more.
    """

    state: TrackerCondition
    rate_hz: float
    age_ms: float
    jitter_ms: float
    accepted: int
    rejected: dict[str, int]
    position_m: Vec3
    rotation_deg: Vec3
    hint: str
    timecode: str | None
    device_status: str | None
    predictor: Predictor = "line"
    slate: str | None = None
    recording: bool | None = None
    equipment: StaticBlock | None = None


def new_tracker_state(config: TrackerConfig) -> TrackerState:
    """The state of a tracker that has not been heard."""
    period_ns = round(1e9 / config.rate_hz) if config.rate_hz else _UNKNOWN_PERIOD_NS
    return TrackerState(
        decoder=decoders.new_memory(config),
        time=TimeMemory(),
        motion=MotionMemory(),
        lens=LensReading(),
        rejected=dict.fromkeys(REJECT_CAUSES, 0),
        period_ns=period_ns,
    )


def rate_heard(heard: TrackerState) -> float:
    """Samples a second over the last second; the expected rate before there are two."""
    moments = heard.motion.moments
    if len(moments) < 2:
        return 1e9 / heard.period_ns
    return 1e9 * (len(moments) - 1) / (moments[-1].sample_ns - moments[0].sample_ns)


def interval_between_neighbours(heard: TrackerState, period_ns: float) -> int:
    """How far two packets are apart between which none was lost, in nanoseconds, if `period_ns` may be their period."""
    moments = heard.motion.moments
    return heard.time.slots.interval_ns or usual_interval([moment.sample_ns for moment in moments], period_ns)


class Tracker:
    """Decodes, times, checks and remembers; `state` is the only thing it changes.

    `sibling_ids` are the camera ids of the other trackers on the same source, whose packets are not errors. `weights`
    are what the predictor "learned" begins with.
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
        self._decoder = decoders.Decoder(config, state.decoder, sibling_ids=sibling_ids)
        self.state = state

    def feed(self, payload: bytes, sender: str, received_ns: int) -> None:
        """Take one datagram or serial chunk that arrived at `received_ns`. Bad ones are counted, never raised."""
        for reading in self._decoder.feed(payload, sender, received_ns):
            refused = reading if isinstance(reading, Rejection) else self._take(reading, received_ns)
            if refused is not None:
                self.state.rejected[refused.cause] += 1
                self.state.hint = refused.detail[:_LONGEST_DETAIL]

    def pose_at(self, target_ns: int, now_ns: int, marker_from_pupil: Pose) -> Estimate:
        """The entrance pupil in the tracker's frame at `target_ns`, with what is known at `now_ns`.

        Both are host monotonic; `target_ns` is the light's time plus the operator's delay, as sample times are those
        of undelayed arrivals.
        """
        state = self.state
        return prediction.estimate(
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
        moments = self.state.motion.moments
        return Pose(position_m=moments[-1].position_m, rotation=moments[-1].rotation) if moments else IDENTITY_POSE

    def lens(self) -> LensReading:
        """What the tracker last told of the lens."""
        return self.state.lens

    def freshness(self, now_ns: int) -> TrackerCondition:
        """`late` after two missed periods, `lost` after half a second, `never` before the first sample.

        A show looks once a frame, so no tracker is late before 50 ms, however fast it sends.
        """
        state = self.state
        if not state.accepted:
            return "never"
        age_ns = now_ns - state.motion.received_ns
        if age_ns > LOST_NS:
            return "lost"
        return "late" if age_ns > max(LATE_PERIODS * state.period_ns, LATE_AT_LEAST_NS) else "fresh"

    def status(self, now_ns: int) -> TrackerStatus:
        """How the tracker stands at `now_ns`. Ages and rates are 0 before the first sample."""
        state = self.state
        age_ns = max(0, now_ns - state.motion.received_ns) if state.accepted else 0
        condition = self.freshness(now_ns)
        pose = self.latest()
        return TrackerStatus(
            state=condition,
            rate_hz=rate_heard(state) if condition in ("fresh", "late") else 0.0,
            age_ms=age_ns * 1e-6,
            jitter_ms=state.jitter_ns * 1e-6,
            accepted=state.accepted,
            rejected=dict(state.rejected),
            position_m=pose.position_m,
            rotation_deg=pan_tilt_roll_from_quat(pose.rotation),
            hint="; ".join(filter(None, (standing_sequence(state.decoder.sequences), state.hint))),
            timecode=state.timecode,
            device_status=state.device_status,
            predictor=self._in_force(),
            slate=state.decoder.slate,
            recording=state.decoder.recording,
            equipment=state.decoder.static,
        )

    def _in_force(self) -> Predictor:
        return self._predictor if self._learned is None or self._learned.in_force() else "line"

    def _take(self, sample: TrackerSample, arrived_ns: int) -> Rejection | None:
        state = self.state
        if not motion.finite(sample.position_m, sample.rotation):
            return Rejection(cause="not_finite", detail="the pose holds numbers that no place has")
        received_ns = arrived_ns if sample.received_ns is None else sample.received_ns
        rotation = quat_normalise(sample.rotation)
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
            self._note(sample, received_ns - timing.sample_ns)
        return refused

    def _timing(self, sample: TrackerSample, rotation: Quat, received_ns: int) -> Timing | Rejection:
        memory = self.state.time
        if sample.device_ns is not None and not timebase.stands_still(memory.stamps, sample.device_ns):
            return timebase.from_stamp(memory.stamps, sample.device_ns, received_ns)
        rate_hz = self._rate_hz if self._rate_hz is not None else sample.rate_hz
        if rate_hz is not None and 1.0 <= rate_hz <= 1000.0:
            moments = self.state.motion.moments
            repeated = (
                bool(moments) and moments[-1].position_m == sample.position_m and moments[-1].rotation == rotation
            )

            def misfit(sample_ns: int) -> float:
                return self._misfit(sample.position_m, rotation, sample_ns)

            return timebase.from_slot(memory.slots, rate_hz, received_ns, repeated=repeated, misfit=misfit)
        return timebase.from_arrival(memory, received_ns)

    def _misfit(self, position_m: Vec3, rotation: Quat, sample_ns: int) -> float:
        """How far a pose lies from where the motion leads by `sample_ns`, in the line's usual errors."""
        expected = prediction.forecast(self.state.motion, sample_ns, self.state.period_ns)
        if expected is None:
            return math.nan
        turn_rad = math.hypot(*turn_between(expected.rotation, rotation))
        return math.hypot(math.dist(expected.position_m, position_m) / _USUAL_M, turn_rad / _USUAL_RAD)

    def _note(self, sample: TrackerSample, transit_ns: int) -> None:
        """Keep what else an accepted sample tells. Jitter is RFC 3550's (section 6.4.1): a mean of transit changes."""
        state = self.state
        moments = state.motion.moments
        if state.accepted:
            state.jitter_ns += (abs(transit_ns - state.transit_ns) - state.jitter_ns) / 16.0
        state.transit_ns = transit_ns
        state.accepted += 1
        if len(moments) > _PERIOD_STEPS:
            newest_ns = moments[-1].sample_ns
            lately_ns = (newest_ns - moments[-1 - _PERIOD_STEPS].sample_ns) // _PERIOD_STEPS
            state.period_ns = min(lately_ns, (newest_ns - moments[0].sample_ns) // (len(moments) - 1))
        state.timecode = sample.timecode
        state.device_status = sample.status
        for field in _LENS_FIELDS:
            told = getattr(sample, field)
            if told is not None and math.isfinite(told):
                setattr(state.lens, field, told)
