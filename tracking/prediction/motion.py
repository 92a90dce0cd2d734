"""The recent motion of a tracked body: about a second of timed poses, and the check of each new one.

A pose that would need an impossible speed is set aside. One or two such poses are refused. Three in a row that agree
with each other are a new place, which is adopted with a cross-fade. A return after a gap is cross-faded too.
"""

from __future__ import annotations

import math

import msgspec

from tracking.records import Evolving, Notebook, Quat, Rejection, Vec3

KEPT_NS = 1_000_000_000
KEPT_MOMENTS = 512
FADE_NS = 200_000_000
POSITION_NOISE_M = 0.01
ROTATION_NOISE_DEG = 1.0
FARTHEST_M = 1.0e5
AGREEING_SUSPECTS = 3
_MOST_FADES = 3
# A quarter of a second at 250 Hz: the window of the learned predictor.
_FADED_MOMENTS = 72
_GAP_PERIODS = 3.5
_SHORTEST_GAP_NS = 50_000_000


class Moment(Evolving):
    """The body's pose in the tracker's frame (metres, unit quaternion) at `sample_ns`, host monotonic."""

    sample_ns: int
    position_m: Vec3
    rotation: Quat


class Fade(Notebook):
    """A motion that fades out: its last moments, when its last packet arrived, and when the fade began."""

    moments: list[Moment]
    received_ns: int
    since_ns: int


class MotionMemory(Notebook):
    """The moments of the last second, oldest first, the poses set aside as suspects, and motions that fade out."""

    moments: list[Moment] = msgspec.field(default_factory=list)
    suspects: list[Moment] = msgspec.field(default_factory=list)
    fades: list[Fade] = msgspec.field(default_factory=list)
    received_ns: int = 0


class Limits(Evolving):
    """The body's greatest speeds, in metres and degrees a second."""

    max_speed_m_s: float
    max_turn_deg_s: float


def accept(
    memory: MotionMemory, moment: Moment, received_ns: int, *, limits: Limits, period_ns: int
) -> Rejection | None:
    """Store `moment`, which arrived at `received_ns`, or say why it is refused.

    `period_ns` is the usual time between samples. It is the least time allowed for a step, since stamps jitter.
    """
    if not memory.moments:
        _append(memory, moment, received_ns)
        return None
    newest = memory.moments[-1]
    step_ns = moment.sample_ns - newest.sample_ns
    if step_ns <= 0:
        return _out_of_order(step_ns)
    if _leaps(newest, moment, limits, period_ns) or _nearer_to_suspects(memory, moment, limits):
        return _suspect(memory, moment, received_ns, limits=limits, period_ns=period_ns)
    if step_ns > max(_SHORTEST_GAP_NS, int(_GAP_PERIODS * period_ns)):
        leave(memory, received_ns)
    memory.suspects.clear()
    _append(memory, moment, received_ns)
    return None


def complete(
    memory: MotionMemory, position_m: Vec3, rotation: Quat, limits: Limits, period_ns: int
) -> Rejection | None:
    """Give the newest moment the whole of its pose, of which it had only a part, or say why this is refused."""
    moments = memory.moments
    whole = Moment(sample_ns=moments[-1].sample_ns, position_m=position_m, rotation=rotation)
    before = moments[-2] if len(moments) > 1 else None
    if before is not None and _leaps(before, whole, limits, period_ns):
        return _leap(before, whole)
    moments[-1] = whole
    return None


def finite(position_m: Vec3, rotation: Quat) -> bool:
    """Whether the pose is finite, within 100 km, and its quaternion is near unit length."""
    x, y, z = position_m
    if not (-FARTHEST_M < x < FARTHEST_M and -FARTHEST_M < y < FARTHEST_M and -FARTHEST_M < z < FARTHEST_M):
        return False
    qx, qy, qz, qw = rotation
    return 0.5 < qx * qx + qy * qy + qz * qz + qw * qw < 2.0


def leave(memory: MotionMemory, received_ns: int) -> None:
    """Let the motion so far fade out from `received_ns` on, below whatever is accepted next."""
    if not memory.moments:
        return
    fades = memory.fades
    while fades and received_ns - fades[0].since_ns >= FADE_NS:
        del fades[0]
    recent = memory.moments[-_FADED_MOMENTS:]
    fades.append(Fade(moments=recent, received_ns=memory.received_ns, since_ns=received_ns))
    if len(fades) > _MOST_FADES:
        del fades[0]


def begin_again(memory: MotionMemory, received_ns: int) -> None:
    """Forget the moments, whose clock is no longer valid, but let their motion fade out."""
    leave(memory, received_ns)
    memory.moments.clear()
    memory.suspects.clear()


def move_back(memory: MotionMemory, count: int, by_ns: int) -> None:
    """Date the newest `count` moments `by_ns` earlier (negative: later), as far as the moment before them permits."""
    moments = memory.moments
    for index in range(max(0, len(moments) - count), len(moments)):
        late = moments[index]
        earliest = moments[index - 1].sample_ns + 1 if index else late.sample_ns - by_ns
        sample_ns = max(earliest, late.sample_ns - by_ns)
        moments[index] = Moment(sample_ns=sample_ns, position_m=late.position_m, rotation=late.rotation)


def _append(memory: MotionMemory, moment: Moment, received_ns: int) -> None:
    moments = memory.moments
    moments.append(moment)
    memory.received_ns = received_ns
    oldest_ns = moment.sample_ns - KEPT_NS
    while len(moments) > KEPT_MOMENTS or moments[0].sample_ns < oldest_ns:
        del moments[0]


def _out_of_order(step_ns: int) -> Rejection:
    if step_ns == 0:
        return Rejection(cause="duplicate", detail="a sample of this time is already known")
    return Rejection(cause="reordered", detail=f"{-step_ns / 1e6:.1f} ms older than the newest sample")


def _seconds_needed(before: Moment, after: Moment, limits: Limits) -> float:
    """How long a body at its limits needs from one pose to the other, less noise; negative if noise explains it."""
    ax, ay, az = before.position_m
    bx, by, bz = after.position_m
    dx, dy, dz = bx - ax, by - ay, bz - az
    distance_m = math.sqrt(dx * dx + dy * dy + dz * dz)
    px, py, pz, pw = before.rotation
    qx, qy, qz, qw = after.rotation
    cosine = min(1.0, abs(px * qx + py * qy + pz * qz + pw * qw))
    turn_deg = math.degrees(2.0 * math.acos(cosine))
    return max(
        (distance_m - POSITION_NOISE_M) / limits.max_speed_m_s,
        (turn_deg - ROTATION_NOISE_DEG) / limits.max_turn_deg_s,
    )


def _leap(before: Moment, after: Moment) -> Rejection:
    distance_m = math.dist(before.position_m, after.position_m)
    after_ms = (after.sample_ns - before.sample_ns) * 1e-6
    return Rejection(cause="jump", detail=f"leapt {distance_m:.3f} m (or turned impossibly fast) in {after_ms:.1f} ms")


def _leaps(before: Moment, after: Moment, limits: Limits, period_ns: int) -> bool:
    step_ns = max(after.sample_ns - before.sample_ns, period_ns)
    return _seconds_needed(before, after, limits) > step_ns * 1e-9


def _nearer_to_suspects(memory: MotionMemory, moment: Moment, limits: Limits) -> bool:
    """Whether `moment` belongs to the new place rather than to the old motion, which has had time to get there."""
    if not memory.suspects:
        return False
    from_new = _seconds_needed(memory.suspects[-1], moment, limits)
    return from_new < _seconds_needed(memory.moments[-1], moment, limits)


def _suspect(
    memory: MotionMemory, moment: Moment, received_ns: int, *, limits: Limits, period_ns: int
) -> Rejection | None:
    """Refuse a leap, unless it is the third in a row that agrees with those before."""
    suspects = memory.suspects
    if suspects and (moment.sample_ns <= suspects[-1].sample_ns or _leaps(suspects[-1], moment, limits, period_ns)):
        suspects.clear()
    suspects.append(moment)
    if len(suspects) < AGREEING_SUSPECTS:
        return _leap(memory.moments[-1], moment)
    leave(memory, received_ns)
    memory.moments = suspects
    memory.suspects = []
    memory.received_ns = received_ns
    return None
