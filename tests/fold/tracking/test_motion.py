import itertools
import math

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.examples import hostile
from tracking.prediction.motion import (
    FADE_NS,
    KEPT_MOMENTS,
    KEPT_NS,
    Limits,
    Moment,
    MotionMemory,
    accept,
    begin_again,
    finite,
    leave,
    move_back,
)
from tracking.rotation import IDENTITY, quat_from_pan_tilt_roll

PERIOD_NS = 16_666_667
LIMITS = Limits(max_speed_m_s=5.0, max_turn_deg_s=400.0)


def moment(index, x=0.0, pan_deg=0.0):
    rotation = quat_from_pan_tilt_roll(pan_deg, 0.0, 0.0)
    return Moment(sample_ns=index * PERIOD_NS, position_m=(x, 0.0, 1.5), rotation=rotation)


def offer(memory, offered):
    return accept(memory, offered, offered.sample_ns, limits=LIMITS, period_ns=PERIOD_NS)


def still(count):
    memory = MotionMemory()
    for index in range(count):
        assert offer(memory, moment(index)) is None
    return memory


@given(st.floats(-4.8, 4.8), st.floats(-350.0, 350.0))
def test_any_motion_within_the_limits_is_accepted(speed_m_s, turn_deg_s):
    memory = MotionMemory()
    for index in range(60):
        seconds = index * PERIOD_NS * 1e-9
        assert offer(memory, moment(index, speed_m_s * seconds, turn_deg_s * seconds)) is None
    assert not memory.fades


@given(st.one_of(st.floats(0.2, 1e4), st.floats(-1e4, -0.2)), st.integers(1, 2))
@hostile()
def test_one_or_two_absurd_samples_are_refused_and_leave_no_trace(leap_m, count):
    memory, untouched = still(10), still(10)
    for index in range(10, 10 + count):
        refused = offer(memory, moment(index, leap_m))
        assert refused is not None
        assert refused.cause == "jump"
    for index in range(10 + count, 20):
        assert offer(memory, moment(index)) is None
        offer(untouched, moment(index))
    assert memory == untouched


@given(st.floats(0.2, 1e4))
def test_the_third_sample_at_a_new_place_is_believed(leap_m):
    memory = still(10)
    answers = [offer(memory, moment(10 + index, leap_m)) for index in range(5)]
    assert [answer is None for answer in answers] == [False, False, True, True, True]
    assert [kept.position_m[0] for kept in memory.moments] == [leap_m] * 5
    assert memory.fades[0].moments[-1].position_m[0] == 0.0


def test_absurd_samples_that_disagree_are_never_believed():
    memory = still(10)
    for index in range(10, 40):
        refused = offer(memory, moment(index, 100.0 * (index % 3 + 1)))
        assert refused is not None
        assert refused.cause == "jump"
    assert memory.moments[-1].position_m[0] == 0.0


def test_an_absurd_turn_is_a_jump_too():
    memory = still(10)
    refused = offer(memory, moment(10, pan_deg=20.0))
    assert refused is not None
    assert refused.cause == "jump"


def test_a_quaternion_of_opposite_sign_is_not_a_turn():
    memory = still(3)
    flipped = Moment(sample_ns=3 * PERIOD_NS, position_m=(0.0, 0.0, 1.5), rotation=(0.0, 0.0, 0.0, -1.0))
    assert offer(memory, flipped) is None


def test_an_absurd_first_sample_gives_way_to_what_follows():
    memory = MotionMemory()
    offer(memory, moment(0, 5000.0))
    answers = [offer(memory, moment(index)) for index in range(1, 6)]
    assert [answer is None for answer in answers] == [False, False, True, True, True]


def test_samples_of_the_same_time_and_older_ones_are_refused_by_name():
    memory = still(10)
    again, older = offer(memory, moment(9)), offer(memory, moment(4))
    assert again is not None
    assert again.cause == "duplicate"
    assert older is not None
    assert older.cause == "reordered"
    assert len(memory.moments) == 10


def test_a_return_after_a_gap_fades_the_old_motion_out():
    memory = still(10)
    assert offer(memory, moment(12)) is None
    assert not memory.fades
    assert offer(memory, moment(60, 0.3)) is None
    assert [fade.since_ns for fade in memory.fades] == [60 * PERIOD_NS]


@given(st.lists(st.integers(1, 30_000_000), max_size=3000))
@hostile()
def test_memory_holds_a_second_and_is_bounded(steps):
    memory = MotionMemory()
    now = 0
    for step in steps:
        now += step
        accept(
            memory,
            Moment(sample_ns=now, position_m=(0.0, 0.0, 0.0), rotation=IDENTITY),
            now,
            limits=LIMITS,
            period_ns=5_000_000,
        )
    assert len(memory.moments) <= KEPT_MOMENTS
    assert all(memory.moments[-1].sample_ns - kept.sample_ns <= KEPT_NS for kept in memory.moments)


def test_motions_that_fade_are_bounded_and_forgotten():
    memory = still(30)
    for index in range(10):
        leave(memory, 30 * PERIOD_NS + index)
    assert len(memory.fades) <= 3
    leave(memory, 30 * PERIOD_NS + FADE_NS + 20)
    assert len(memory.fades) == 1


def test_a_restarted_clock_keeps_nothing_but_the_fade():
    memory = still(30)
    begin_again(memory, 30 * PERIOD_NS)
    assert memory.moments == []
    assert offer(memory, moment(2)) is None
    assert len(memory.fades) == 1


@given(st.integers(0, 40), st.integers(0, 3 * PERIOD_NS))
def test_moments_that_are_moved_back_keep_their_order(count, by_ns):
    memory = still(20)
    before = [kept.sample_ns for kept in memory.moments]
    move_back(memory, count, by_ns)
    after = [kept.sample_ns for kept in memory.moments]
    assert all(a < b for a, b in itertools.pairwise(after))
    assert all(b - by_ns <= a <= b for a, b in zip(after, before, strict=True))


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf, 1e30])
def test_impossible_numbers_are_not_finite(bad):
    good = (1.0, 2.0, 3.0)
    assert finite(good, IDENTITY)
    for index in range(3):
        assert not finite((*good[:index], bad, *good[index + 1 :]), IDENTITY)
    for index in range(4):
        assert not finite(good, (*IDENTITY[:index], bad, *IDENTITY[index + 1 :]))
    assert not finite(good, (0.0, 0.0, 0.0, 0.0))


@given(st.lists(st.tuples(st.integers(-2, 80), st.sampled_from([0.0, 0.01, 3.0, -900.0])), max_size=60))
def test_any_history_survives_saving(history):
    memory = MotionMemory()
    index = 0
    for step, x in history:
        index += step
        offer(memory, moment(index, x))
        encoded = msgspec.msgpack.encode(memory)
        copy = msgspec.msgpack.decode(encoded, type=MotionMemory)
        assert copy == memory
        assert msgspec.msgpack.encode(copy) == encoded
