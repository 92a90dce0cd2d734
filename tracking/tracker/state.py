"""What a tracker of the fold remembers, and the rates that can be read off it."""

from __future__ import annotations

import math
from operator import attrgetter

import msgspec

from tracking.prediction.adaptation import Adaptation
from tracking.prediction.motion import MotionMemory
from tracking.protocols import decoders
from tracking.records import REJECT_CAUSES, Notebook, Pose, Rejection, TrackerSample
from tracking.rotation import IDENTITY_POSE
from tracking.settings import TrackerConfig
from tracking.timing.slot_phase import usual_interval
from tracking.timing.timebase import TimeMemory

_UNKNOWN_PERIOD_NS = 16_666_667
_LONGEST_DETAIL = 200
_PERIOD_STEPS = 8


class LensReading(Notebook):
    """The newest value of each lens field that the tracker sent; None until it sent one."""

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
_lens_values = attrgetter(*_LENS_FIELDS)


class RefusalMemory(Notebook):
    """The newest refusal: its arrival, cause, words, and the two body numbers if the packet was for another body.

    `since_sample` counts the refusals since the newest accepted sample.
    """

    received_ns: int = 0
    cause: str = ""
    detail: str = ""
    found: str = ""
    expected: str = ""
    since_sample: int = 0


class TrackerState(Notebook):
    """Everything a tracker remembers. Times are host monotonic nanoseconds.

    `period_ns` is the usual time between samples. `transit_ns` is the newest packet's time from sample to arrival, and
    `jitter_ns` the mean change of that time.
    """

    decoder: decoders.DecoderMemory
    time: TimeMemory
    motion: MotionMemory
    lens: LensReading
    rejected: dict[str, int]
    adaptation: Adaptation = msgspec.field(default_factory=Adaptation)
    accepted: int = 0
    refusal: RefusalMemory = msgspec.field(default_factory=RefusalMemory)
    period_ns: int = _UNKNOWN_PERIOD_NS
    transit_ns: int = 0
    jitter_ns: float = 0.0
    timecode: str | None = None
    timecode_rate: tuple[int, int] | None = None
    device_status: str | None = None


def new_tracker_state(config: TrackerConfig) -> TrackerState:
    """The state of a tracker that has sent nothing yet."""
    period_ns = round(1e9 / config.rate_hz) if config.rate_hz else _UNKNOWN_PERIOD_NS
    return TrackerState(
        decoder=decoders.new_memory(config),
        time=TimeMemory(),
        motion=MotionMemory(),
        lens=LensReading(),
        rejected=dict.fromkeys(REJECT_CAUSES, 0),
        period_ns=period_ns,
    )


def newest_pose(state: TrackerState) -> Pose:
    """The body's newest pose in the tracker's frame; the identity before the first one."""
    moments = state.motion.moments
    return Pose(position_m=moments[-1].position_m, rotation=moments[-1].rotation) if moments else IDENTITY_POSE


def measured_rate_hz(state: TrackerState) -> float:
    """Samples a second over the last second; the expected rate until there are two samples."""
    moments = state.motion.moments
    if len(moments) < 2:
        return 1e9 / state.period_ns
    return 1e9 * (len(moments) - 1) / (moments[-1].sample_ns - moments[0].sample_ns)


def neighbour_interval_ns(state: TrackerState, period_ns: float) -> int:
    """The time between two packets of which none between was lost, assuming that `period_ns` may be their period."""
    sampled_ns = [moment.sample_ns for moment in state.motion.moments]
    return state.time.slots.neighbours.interval_ns or usual_interval(sampled_ns, period_ns)


def note_refusal(state: TrackerState, refused: Rejection, received_ns: int) -> None:
    """Count a refusal of a packet that arrived at `received_ns`, and remember why."""
    state.rejected[refused.cause] = state.rejected.get(refused.cause, 0) + 1
    refusal = state.refusal
    refusal.received_ns = received_ns
    refusal.cause, refusal.detail = refused.cause, refused.detail[:_LONGEST_DETAIL]
    refusal.found, refusal.expected = refused.found, refused.expected
    refusal.since_sample += 1


def note_sample(state: TrackerState, sample: TrackerSample, transit_ns: int) -> None:
    """Keep what an accepted sample says besides its pose, and update the period and the jitter.

    `transit_ns` is the time from sample to arrival. Jitter is that of RFC 3550, section 6.4.1: a running mean of
    transit changes.
    """
    moments = state.motion.moments
    if state.accepted:
        state.jitter_ns += (abs(transit_ns - state.transit_ns) - state.jitter_ns) / 16.0
    state.transit_ns = transit_ns
    state.accepted += 1
    state.refusal.since_sample = 0
    if len(moments) > _PERIOD_STEPS:
        newest_ns = moments[-1].sample_ns
        lately_ns = (newest_ns - moments[-1 - _PERIOD_STEPS].sample_ns) // _PERIOD_STEPS
        state.period_ns = min(lately_ns, (newest_ns - moments[0].sample_ns) // (len(moments) - 1))
    note_extras(state, sample)


def note_extras(state: TrackerState, sample: TrackerSample) -> None:
    """Keep the time code, the device's status and the lens values of a sample."""
    state.timecode, state.timecode_rate = sample.timecode, sample.timecode_rate
    state.device_status = sample.status
    values = _lens_values(sample)
    if values == _lens_values(state.lens):
        return
    for field, value in zip(_LENS_FIELDS, values, strict=True):
        if value is not None and math.isfinite(value):
            setattr(state.lens, field, value)
