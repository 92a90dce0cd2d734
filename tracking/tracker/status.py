"""A tracker's status: whether it still sends, how often and how evenly, and what the device reports of itself."""

from __future__ import annotations

from tracking.protocols.decoder_memory import StaticBlock
from tracking.records import Evolving, TrackerCondition, Vec3
from tracking.rotation import pan_tilt_roll_from_quat
from tracking.settings import Predictor
from tracking.tracker.hints import hint_at
from tracking.tracker.state import TrackerState, measured_rate_hz, newest_pose

LATE_PERIODS = 3
LATE_AT_LEAST_NS = 50_000_000
LOST_NS = 500_000_000


class TrackerStatus(Evolving):
    """A tracker's status. The pose is the newest one, in the tracker's frame; the rotation is pan, tilt, roll.

    `predictor` is the one in force: a learning predictor gives way to the line where it has had the larger errors.
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


def condition_at(state: TrackerState, now_ns: int) -> TrackerCondition:
    """`late` after two missed periods, `lost` after half a second, `never` before the first sample.

    A show reads its inputs once a frame, so no tracker is late before 50 ms, however fast it sends.
    """
    if not state.accepted:
        return "never"
    age_ns = now_ns - state.motion.received_ns
    if age_ns > LOST_NS:
        return "lost"
    return "late" if age_ns > max(LATE_PERIODS * state.period_ns, LATE_AT_LEAST_NS) else "fresh"


def status_at(state: TrackerState, now_ns: int, predictor: Predictor) -> TrackerStatus:
    """The tracker's status at `now_ns`, with `predictor` in force. Ages and rates are 0 before the first sample."""
    age_ns = max(0, now_ns - state.motion.received_ns) if state.accepted else 0
    condition = condition_at(state, now_ns)
    pose = newest_pose(state)
    return TrackerStatus(
        state=condition,
        rate_hz=measured_rate_hz(state) if condition in ("fresh", "late") else 0.0,
        age_ms=age_ns * 1e-6,
        jitter_ms=state.jitter_ns * 1e-6,
        accepted=state.accepted,
        rejected=dict(state.rejected),
        position_m=pose.position_m,
        rotation_deg=pan_tilt_roll_from_quat(pose.rotation),
        hint=hint_at(state, now_ns),
        timecode=state.timecode,
        device_status=state.device_status,
        predictor=predictor,
        slate=state.decoder.slate,
        recording=state.decoder.recording,
        equipment=state.decoder.static,
    )
