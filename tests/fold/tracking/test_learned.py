import itertools
import math
import random
from functools import cache

import msgspec
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.fold.tracking.datagrams import datagram
from tracking.prediction.adaptation import MOST_FORECASTS, Adaptation
from tracking.prediction.estimate import pupil_at
from tracking.prediction.learned import LearnedPredictor
from tracking.prediction.motion import Limits, Moment, MotionMemory, accept
from tracking.prediction.motion_shape import window_of
from tracking.prediction.weights import NOTHING_LEARNED, PredictorWeights, WeightRow
from tracking.protocols.freed import encode_freed
from tracking.records import Pose, TrackerSample
from tracking.rotation import (
    IDENTITY_POSE,
    compose,
    quat_conjugate,
    quat_from_pan_tilt_roll,
    quat_from_rotation_vector,
    quat_multiply,
    rotation_vector_from_quat,
)
from tracking.settings import TrackerConfig
from tracking.tracker.state import TrackerState, new_tracker_state
from tracking.tracker.tracker import Tracker

PERIOD_NS = 16_666_667
HORIZON_NS = 60_000_000
LIMITS = Limits(max_speed_m_s=1e4, max_turn_deg_s=1e6)
PUPIL = Pose(position_m=(0.1, 0.25, -0.05), rotation=quat_from_pan_tilt_roll(3.0, -2.0, 1.0))
CONFIG = TrackerConfig(
    name="a", protocol="freed", source="udp://127.0.0.1:40000", camera_id=1, rate_hz=60.0, predictor="learned"
)
speeds = st.tuples(st.floats(-1.5, 1.5), st.floats(-1.5, 1.5), st.floats(-1.5, 1.5))
bends = st.tuples(st.floats(-2.0, 2.0), st.floats(-2.0, 2.0), st.floats(-2.0, 2.0))


def weighing(position=(0.9, 0.3, -0.1), rotation=(0.7, 0.2, 0.0)):
    row = WeightRow(rate_hz=60.0, horizon_ms=60.0, position=position, rotation=rotation)
    return PredictorWeights(origin="a test", licence="none", rows=(row,))


class Run:
    """One tracker's motion, fed moment by moment, and its estimates a horizon ahead."""

    def __init__(self, weights=NOTHING_LEARNED, predictor="learned", period_ns=PERIOD_NS):
        self.memory = MotionMemory()
        self.learned = LearnedPredictor(weights, Adaptation())
        self.predictor = predictor
        self.period_ns = period_ns

    def feed(self, sample_ns, pose):
        moment = Moment(sample_ns=sample_ns, position_m=pose.position_m, rotation=pose.rotation)
        accept(self.memory, moment, sample_ns, limits=LIMITS, period_ns=self.period_ns)

    def ask(self, ahead_ns=HORIZON_NS, later_ns=0, pupil=IDENTITY_POSE):
        newest_ns = self.memory.moments[-1].sample_ns
        return pupil_at(
            self.memory,
            newest_ns + ahead_ns + later_ns,
            newest_ns + later_ns,
            pupil,
            period_ns=self.period_ns,
            predictor=self.predictor,
            learned=self.learned,
        )

    def follow(self, pose_at, count, start=0):
        """The estimates after each of `count` samples."""
        estimates = []
        for index in range(start, start + count):
            self.feed(index * self.period_ns, pose_at(index * self.period_ns * 1e-9))
            estimates.append(self.ask())
        return estimates


def steady(velocity, turn_rad_s):
    def pose_at(seconds):
        vx, vy, vz = velocity
        rx, ry, rz = turn_rad_s
        return Pose(
            position_m=(vx * seconds, 1.0 + vy * seconds, 1.5 + vz * seconds),
            rotation=quat_from_rotation_vector((rx * seconds, ry * seconds, rz * seconds)),
        )

    return pose_at


def swaying(seconds):
    return Pose(
        position_m=(0.3 * math.sin(5.0 * seconds), 0.2 * math.cos(4.0 * seconds), 1.5 + 0.05 * math.sin(9.0 * seconds)),
        rotation=quat_from_pan_tilt_roll(20.0 * math.sin(4.0 * seconds), 5.0 * math.cos(6.0 * seconds), 0.0),
    )


def apart(a, b):
    turn = rotation_vector_from_quat(quat_multiply(quat_conjugate(a.rotation), b.rotation))
    return math.dist(a.position_m, b.position_m), math.degrees(math.hypot(*turn))


def root_mean_square(values):
    return math.sqrt(math.fsum(value * value for value in values) / len(values))


@settings(max_examples=40, deadline=None)
@given(st.tuples(speeds, speeds), st.tuples(bends, bends), st.integers(1, 195), st.sampled_from([24, 60, 85, 120, 240]))
def test_steady_motion_is_predicted_exactly_whatever_was_learned(motion, weights, horizon_ms, rate_hz):
    assume(math.hypot(*motion[1]) < 1.7)
    pose_at = steady(*motion)
    run = Run(weighing(*weights), period_ns=round(1e9 / rate_hz))
    run.follow(pose_at, rate_hz // 2)
    found = run.ask(horizon_ms * 1_000_000)
    truth = pose_at((run.memory.moments[-1].sample_ns + horizon_ms * 1_000_000) * 1e-9)
    position_m, turn_deg = apart(found.tracker_from_pupil, truth)
    assert found.method == "learned"
    assert position_m < 1e-6
    assert turn_deg < 1e-3


@settings(max_examples=30, deadline=None)
@given(speeds, st.lists(st.integers(5_000_000, 25_000_000), min_size=30, max_size=40), bends)
def test_steady_motion_is_exact_at_irregular_times_too(velocity, steps, weights):
    run, now_ns, pose_at = Run(weighing(weights, weights)), 0, steady(velocity, (0.0, 0.3, 0.8))
    for step in steps:
        now_ns += step
        run.feed(now_ns, pose_at(now_ns * 1e-9))
        position_m, turn_deg = apart(run.ask().tracker_from_pupil, pose_at((now_ns + HORIZON_NS) * 1e-9))
        if len(run.memory.moments) > 1:
            assert position_m < 1e-6
            assert turn_deg < 1e-3


def test_the_line_predicts_until_the_motion_has_been_known_long_enough():
    run, line = Run(weighing()), Run(predictor="line")
    estimates = run.follow(swaying, 40)
    plain = line.follow(swaying, 40)
    assert [found.method for found in estimates[1:10]] == ["predicted"] * 9
    assert estimates[1:10] == plain[1:10]
    assert estimates[20].method == "learned"


def test_it_learns_a_motion_far_better_than_the_line_predicts_it():
    run, line = Run(), Run(predictor="line")
    truths = [swaying((index * PERIOD_NS + HORIZON_NS) * 1e-9) for index in range(600)]
    learned, plain = (
        [apart(found.tracker_from_pupil, truth) for found, truth in zip(one.follow(swaying, 600), truths, strict=True)]
        for one in (run, line)
    )
    for kind in (0, 1):
        assert root_mean_square([error[kind] for error in learned[300:]]) < 0.3 * root_mean_square(
            [error[kind] for error in plain[300:]]
        )


@cache
def rough_motion(seed, index):
    """A motion that no linear predictor can anticipate: its name, and its poses at 60 Hz."""
    return list(rough_motions(seed, 600))[index]


def rough_motions(seed, count):
    chance = random.Random(seed)

    def jitter(scale):
        return tuple(chance.gauss(0.0, scale) for _ in range(3))

    def made(places, turns):
        return [Pose(position_m=p, rotation=quat_from_rotation_vector(t)) for p, t in zip(places, turns, strict=True)]

    def summed(scale):
        total = [0.0, 0.0, 0.0]
        for _ in range(count):
            total = [a + b for a, b in zip(total, jitter(scale), strict=True)]
            yield tuple(total)

    def triangle(index, period):
        return abs(2.0 * (index / period % 1.0) - 1.0)

    yield "random walk", made(list(summed(0.005)), list(summed(0.003)))
    zigzag = [(0.3 * triangle(i, 47), 0.2 * triangle(i, 31), 0.0) for i in range(count)]
    yield "reversals", made(zigzag, zigzag)
    yield "noise", made([jitter(0.002) for _ in range(count)], [jitter(0.002) for _ in range(count)])
    bursts = [
        tuple(0.2 * math.sin(i / 20.0) + (a if i // 100 % 2 else 0.0) for a in jitter(0.004)) for i in range(count)
    ]
    yield "bursts of noise", made(bursts, bursts)
    spikes = [tuple(0.2 * math.sin(i / 20.0) + (a if i % 61 == 0 else 0.0) for a in jitter(0.02)) for i in range(count)]
    yield "spikes", made(spikes, spikes)
    starts = [(0.1 * max(0.0, math.sin(i / 25.0)), 0.0, 0.0) for i in range(count)]
    yield "starts and stops", made(starts, starts)


@cache
def errors_on(seed, index, weights, predictor):
    """Errors of position and rotation four packets ahead, on a rough motion with dropouts."""
    _, poses = rough_motion(seed, index)
    run, errors = Run(weights, predictor), []
    for tick, pose in enumerate(poses[:-4]):
        if tick % 200 > 190:
            continue
        run.feed(tick * PERIOD_NS, pose)
        estimate = run.ask(4 * PERIOD_NS)
        if tick > 60:
            errors.append(apart(estimate.tracker_from_pupil, poses[tick + 4]))
    return errors


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("index", range(6))
@pytest.mark.parametrize(
    ("weights", "most"), [(weighing(), 1.05), (weighing((4.0, -3.0, 2.0), (4.0, -3.0, 2.0)), 1.25)]
)
def test_it_is_never_much_worse_than_the_line_even_with_absurd_weights(seed, index, weights, most):
    name, _ = rough_motion(seed, index)
    learned = errors_on(seed, index, weights, "learned")
    line = errors_on(seed, index, NOTHING_LEARNED, "line")
    for kind in (0, 1):
        of_learned, of_line = (root_mean_square([error[kind] for error in errors]) for errors in (learned, line))
        assert of_learned < most * of_line, name


def test_bad_weights_give_way_to_the_line_within_a_second_and_status_says_so():
    bad = weighing((-4.0, 4.0, 4.0), (-4.0, 4.0, 4.0))
    tracker = Tracker(CONFIG, new_tracker_state(CONFIG), weights=bad)
    assert tracker.status(0).predictor == "learned"
    seen = []
    for index in range(60):
        tracker.feed(datagram(packet(index), "x", index * PERIOD_NS))
        seen.append(tracker.pose_at(index * PERIOD_NS + HORIZON_NS, index * PERIOD_NS, IDENTITY_POSE).method)
    assert "learned" in seen
    assert seen[-1] == "predicted"
    assert tracker.status(60 * PERIOD_NS).predictor == "line"


def packet(index):
    pose = swaying(index * PERIOD_NS * 1e-9)
    return encode_freed(TrackerSample(position_m=pose.position_m, rotation=pose.rotation), 1, CONFIG.dialect)


def estimates_of(tracker, indices):
    estimates = []
    for index in indices:
        tracker.feed(datagram(packet(index), "x", index * PERIOD_NS))
        estimates.append(tracker.pose_at(index * PERIOD_NS + HORIZON_NS, index * PERIOD_NS, PUPIL))
    return estimates


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 120), st.sets(st.integers(0, 120), max_size=30))
def test_saving_and_restoring_at_any_moment_changes_nothing_later(cut, lost):
    weights = weighing()
    whole = Tracker(CONFIG, new_tracker_state(CONFIG), weights=weights)
    received = [index for index in range(160) if index not in lost]
    estimates_of(whole, [index for index in received if index < cut])
    encoded = msgspec.msgpack.encode(whole.state)
    state = msgspec.msgpack.decode(encoded, type=TrackerState)
    assert msgspec.msgpack.encode(state) == encoded
    restored = Tracker(CONFIG, state, weights=weights)
    rest = [index for index in received if index >= cut]
    assert estimates_of(restored, rest) == estimates_of(whole, rest)
    assert msgspec.msgpack.encode(restored.state) == msgspec.msgpack.encode(whole.state)


def test_a_lost_tracker_slows_down_and_then_holds_without_a_leap():
    run = Run(weighing())
    run.follow(swaying, 300)
    path = [run.ask(later_ns=later) for later in range(0, 3_000_000_000, 5_000_000)]
    steps = [
        math.dist(a.tracker_from_pupil.position_m, b.tracker_from_pupil.position_m) for a, b in itertools.pairwise(path)
    ]
    assert max(steps) < 0.03
    assert steps[-1] < 1e-6
    assert [path[0].method, path[40].method, path[-1].method] == ["learned", "decaying", "held"]


def test_a_pupil_ahead_of_the_body_is_what_is_learned():
    run, line = Run(), Run(predictor="line")
    errors = {"learned": [], "line": []}
    for index in range(600):
        truth = compose(swaying((index * PERIOD_NS + HORIZON_NS) * 1e-9), PUPIL)
        for one in (run, line):
            one.feed(index * PERIOD_NS, swaying(index * PERIOD_NS * 1e-9))
            errors[one.predictor].append(apart(one.ask(pupil=PUPIL).tracker_from_pupil, truth)[0])
    assert root_mean_square(errors["learned"][300:]) < 0.3 * root_mean_square(errors["line"][300:])


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.one_of(st.integers(1, 50), st.integers(1_000_000, 40_000_000), st.integers(10**8, 10**9)),
            st.floats(-0.1, 0.1),
            st.integers(0, 400_000_000),
        ),
        max_size=150,
    )
)
def test_any_history_gives_finite_poses_and_bounded_memory(history):
    run, now_ns, x = Run(weighing()), 0, 0.0
    for step, move, ahead_ns in history:
        now_ns, x = now_ns + step, x + move
        run.feed(now_ns, Pose(position_m=(x, 0.0, 1.5), rotation=quat_from_pan_tilt_roll(100.0 * x, 0.0, 0.0)))
        for asked_ns in (ahead_ns, ahead_ns // 2):
            pose = run.ask(asked_ns).tracker_from_pupil
            assert all(math.isfinite(value) for value in (*pose.position_m, *pose.rotation))
    assert len(run.learned.adaptation.forecasts) <= MOST_FORECASTS
    encoded = msgspec.msgpack.encode(run.learned.adaptation)
    assert msgspec.msgpack.encode(msgspec.msgpack.decode(encoded, type=Adaptation)) == encoded


def test_of_several_forecasts_from_one_sample_the_farthest_is_judged():
    run = Run(weighing())
    run.follow(swaying, 40)
    before = len(run.learned.adaptation.forecasts)
    for ahead_ns in (80_000_000, 30_000_000, 70_000_000):
        run.ask(ahead_ns)
    forecasts = run.learned.adaptation.forecasts
    assert len(forecasts) == before
    assert forecasts[-1].target_ns - forecasts[-1].origin_ns == 80_000_000


def test_no_shape_spans_a_gap():
    run = Run(weighing())
    run.follow(swaying, 40)
    run.follow(swaying, 3, start=50)
    assert not window_of(run.memory.moments, PERIOD_NS)
    assert run.ask().method == "predicted"
