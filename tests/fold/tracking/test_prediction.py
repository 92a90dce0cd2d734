import itertools
import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tracking.prediction.estimate import POSITION_CAP_NS, ROTATION_CAP_NS, pupil_at
from tracking.prediction.motion import FADE_NS, Limits, Moment, MotionMemory, accept
from tracking.records import Pose
from tracking.rotation import (
    IDENTITY,
    IDENTITY_POSE,
    compose,
    quat_conjugate,
    quat_from_pan_tilt_roll,
    quat_from_rotation_vector,
    quat_multiply,
    rotation_vector_from_quat,
)

PERIOD_NS = 16_666_667
LIMITS = Limits(max_speed_m_s=5.0, max_turn_deg_s=400.0)
PUPIL = Pose(position_m=(0.1, 0.25, -0.05), rotation=quat_from_pan_tilt_roll(3.0, -2.0, 1.0))
speeds = st.tuples(st.floats(-1.5, 1.5), st.floats(-1.5, 1.5), st.floats(-1.5, 1.5))


def moving(pose_at, count=40, start=0, memory=None, period_ns=PERIOD_NS):
    memory = memory or MotionMemory()
    for index in range(start, start + count):
        pose = pose_at(index * period_ns * 1e-9)
        taken = Moment(sample_ns=index * period_ns, position_m=pose.position_m, rotation=pose.rotation)
        accept(memory, taken, taken.sample_ns, limits=LIMITS, period_ns=period_ns)
    return memory


def steady(velocity, turn_rad_s):
    def pose_at(seconds):
        vx, vy, vz = velocity
        rx, ry, rz = turn_rad_s
        return Pose(
            position_m=(vx * seconds, 1.0 + vy * seconds, 1.5 + vz * seconds),
            rotation=quat_from_rotation_vector((rx * seconds, ry * seconds, rz * seconds)),
        )

    return pose_at


def ask(memory, target_ns, now_ns=None, *, pupil=IDENTITY_POSE, predictor="line", period_ns=PERIOD_NS):
    now_ns = memory.received_ns if now_ns is None else now_ns
    return pupil_at(memory, target_ns, now_ns, pupil, period_ns=period_ns, predictor=predictor)


def apart(a, b):
    turn = rotation_vector_from_quat(quat_multiply(quat_conjugate(a.rotation), b.rotation))
    return math.dist(a.position_m, b.position_m), math.degrees(math.hypot(*turn))


def newest_ns(memory):
    return memory.moments[-1].sample_ns


def test_without_samples_there_is_no_estimate():
    found = ask(MotionMemory(), 10**9)
    assert found.method == "none"
    assert found.tracker_from_pupil == IDENTITY_POSE


@given(speeds, speeds, st.integers(1, 195), st.sampled_from([1 / 24, 1 / 60, 1 / 120, 1 / 240]))
def test_steady_motion_is_predicted_exactly_at_any_rate(velocity, turn_rad_s, horizon_ms, period_s):
    assume(math.hypot(*turn_rad_s) < 1.7)
    pose_at, period_ns = steady(velocity, turn_rad_s), round(period_s * 1e9)
    memory = moving(pose_at, period_ns=period_ns)
    target_ns = newest_ns(memory) + horizon_ms * 1_000_000
    found = ask(memory, target_ns, period_ns=period_ns)
    assert found.method == "predicted"
    assert found.horizon_ms == pytest.approx(horizon_ms)
    position_m, turn_deg = apart(found.tracker_from_pupil, pose_at(target_ns * 1e-9))
    assert position_m < 1e-6
    assert turn_deg < 1e-3


@given(speeds, st.integers(1, 150))
def test_a_pupil_ahead_of_a_turning_body_moves_with_it(turn_rad_s, horizon_ms):
    memory = moving(steady((0.3, 0.0, 0.0), turn_rad_s))
    target_ns = newest_ns(memory) + horizon_ms * 1_000_000
    truth = compose(steady((0.3, 0.0, 0.0), turn_rad_s)(target_ns * 1e-9), PUPIL)
    position_m, turn_deg = apart(ask(memory, target_ns, pupil=PUPIL).tracker_from_pupil, truth)
    held_m, _ = apart(ask(memory, target_ns, pupil=PUPIL, predictor="hold").tracker_from_pupil, truth)
    assert position_m < 0.02
    assert position_m <= held_m + 5e-5  # for turns so small that both are right to a tenth of a millimetre
    assert turn_deg < 1e-3


@given(st.floats(0.0, 39.0))
def test_inside_the_known_motion_is_interpolated(index):
    pose_at = steady((1.0, 0.5, 0.0), (0.4, 0.2, 0.9))
    target_ns = int(index * PERIOD_NS)
    found = ask(moving(pose_at), target_ns)
    assert found.method == "interpolated"
    position_m, turn_deg = apart(found.tracker_from_pupil, pose_at(target_ns * 1e-9))
    assert position_m < 1e-7
    assert turn_deg < 1e-4


def test_a_time_before_the_oldest_sample_gives_the_oldest_sample():
    memory = moving(steady((1.0, 0.0, 0.0), (0.0, 0.0, 0.0)))
    oldest = memory.moments[0]
    assert ask(memory, oldest.sample_ns - 10**9).tracker_from_pupil.position_m == oldest.position_m


def test_prediction_joins_the_newest_sample_without_a_step_on_steady_motion():
    memory = moving(steady((1.0, 0.2, 0.0), (0.0, 0.3, 0.8)))
    at = newest_ns(memory)
    before, after = ask(memory, at).tracker_from_pupil, ask(memory, at + 1).tracker_from_pupil
    position_m, turn_deg = apart(before, after)
    assert position_m < 1e-7
    assert turn_deg < 1e-4


def test_hold_gives_the_newest_sample():
    memory = moving(steady((1.0, 0.0, 0.0), (0.0, 0.0, 1.0)))
    found = ask(memory, newest_ns(memory) + 60_000_000, predictor="hold")
    assert found.method == "held"
    assert found.tracker_from_pupil.position_m == memory.moments[-1].position_m


def test_one_sample_is_held():
    memory = moving(steady((1.0, 0.0, 0.0), (0.0, 0.0, 0.0)), count=1)
    found = ask(memory, 60_000_000)
    assert found.method == "held"
    assert found.tracker_from_pupil.position_m == (0.0, 1.0, 1.5)


@given(st.integers(2, 9))
def test_a_few_samples_of_steady_motion_are_enough(count):
    pose_at = steady((1.0, 0.0, 0.0), (0.0, 0.0, 0.5))
    memory = moving(pose_at, count=count)
    target_ns = newest_ns(memory) + 60_000_000
    position_m, _ = apart(ask(memory, target_ns).tracker_from_pupil, pose_at(target_ns * 1e-9))
    assert position_m < 1e-6


def test_position_and_rotation_are_predicted_no_further_than_their_own_caps():
    memory = moving(steady((1.0, 0.0, 0.0), (0.0, 0.0, 1.0)))
    at = newest_ns(memory)
    far = ask(memory, at + 2_000_000_000).tracker_from_pupil
    at_position_cap = ask(memory, at + POSITION_CAP_NS).tracker_from_pupil
    at_rotation_cap = ask(memory, at + ROTATION_CAP_NS).tracker_from_pupil
    assert far.position_m == pytest.approx(at_position_cap.position_m, abs=1e-9)
    assert far.rotation == pytest.approx(at_rotation_cap.rotation, abs=1e-9)


def test_lost_tracker_slows_down_and_then_holds():
    memory = moving(steady((1.0, 0.0, 0.0), (0.0, 0.0, 1.0)))
    at = newest_ns(memory)
    path = [ask(memory, at + age + 60_000_000, at + age) for age in range(0, 3_000_000_000, 10_000_000)]
    places = [found.tracker_from_pupil.position_m[0] for found in path]
    steps = [b - a for a, b in itertools.pairwise(places)]
    assert steps[0] == pytest.approx(0.01, rel=1e-6)
    assert all(later <= earlier + 1e-9 for earlier, later in itertools.pairwise(steps))
    assert all(step >= -1e-12 for step in steps)
    reached = path[-1].tracker_from_pupil.position_m[0] - memory.moments[-1].position_m[0]
    assert reached == pytest.approx(POSITION_CAP_NS * 1e-9, rel=1e-3)
    methods = [found.method for found in path]
    assert [methods[0], methods[20], methods[-1]] == ["predicted", "decaying", "held"]


def test_a_return_is_blended_over_a_fifth_of_a_second():
    memory = moving(steady((0.0, 0.0, 0.0), (0.0, 0.0, 0.0)))
    back_ns = newest_ns(memory) + 2_000_000_000
    before = ask(memory, back_ns + 60_000_000, back_ns).tracker_from_pupil
    start = back_ns // PERIOD_NS + 1
    seen = [before]
    for index in range(start, start + 20):
        memory = moving(lambda _: Pose(position_m=(1.0, 1.0, 1.5), rotation=IDENTITY), 1, index, memory)
        now = index * PERIOD_NS
        seen.append(ask(memory, now + 60_000_000, now).tracker_from_pupil)
    ways = [math.dist(a.position_m, b.position_m) for a, b in itertools.pairwise(seen)]
    assert max(ways) < 0.15
    assert seen[-1].position_m == pytest.approx((1.0, 1.0, 1.5))
    assert 0.3 < seen[1 + FADE_NS // 2 // PERIOD_NS].position_m[0] < 0.7


def test_alternating_places_never_make_the_picture_leap():
    memory = moving(steady((0.0, 0.0, 0.0), (0.0, 0.0, 0.0)))
    seen = []
    for index in range(40, 160):
        x = 2.0 * (index // 5 % 2)
        taken = Moment(sample_ns=index * PERIOD_NS, position_m=(x, 1.0, 1.5), rotation=IDENTITY)
        accept(memory, taken, taken.sample_ns, limits=LIMITS, period_ns=PERIOD_NS)
        seen.append(ask(memory, taken.sample_ns + 60_000_000, taken.sample_ns).tracker_from_pupil)
    assert max(math.dist(a.position_m, b.position_m) for a, b in itertools.pairwise(seen)) < 0.45


def test_noise_of_a_still_camera_is_hardly_amplified():
    wobble = [0.0002 * math.sin(index * 12.9898) for index in range(200)]
    memory, worst = MotionMemory(), 0.0
    for index, x in enumerate(wobble):
        taken = Moment(sample_ns=index * PERIOD_NS, position_m=(x, 0.0, 0.0), rotation=IDENTITY)
        accept(memory, taken, taken.sample_ns, limits=LIMITS, period_ns=PERIOD_NS)
        if index > 10:
            worst = max(worst, abs(ask(memory, taken.sample_ns + 60_000_000).tracker_from_pupil.position_m[0]))
    assert worst < 0.0012
