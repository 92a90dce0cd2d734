from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stage.live.clock import ManualClock, Pacer

RATES = st.sampled_from([Fraction(24), Fraction(24000, 1001), Fraction(60), Fraction(60000, 1001), Fraction(120)])


@given(RATES, st.lists(st.integers(0, 40_000_000), min_size=1, max_size=50))
def test_slots_lie_on_the_grid_of_the_rate_whatever_the_work_takes(rate, work_ns):
    clock = ManualClock(123)
    pacer = Pacer(clock, rate)
    origin = clock.now_ns()
    last = -1
    for nanoseconds in work_ns:
        slot = pacer.next_slot()
        assert slot.frame == last + 1 + slot.skipped
        assert slot.start_ns - origin == int(slot.frame * Fraction(10**9) / rate)
        assert slot.start_ns <= clock.now_ns()
        last = slot.frame
        clock.advance(nanoseconds)


def test_a_slot_is_presented_one_period_after_it_begins():
    pacer = Pacer(ManualClock(), Fraction(50))
    slot = pacer.next_slot()
    assert slot.present_ns - slot.start_ns == 20_000_000 == pacer.period_ns


def test_slots_that_have_wholly_passed_are_skipped_and_counted():
    clock = ManualClock()
    pacer = Pacer(clock, Fraction(50))
    pacer.next_slot()
    clock.advance(50_000_000)
    slot = pacer.next_slot()
    assert (slot.frame, slot.skipped) == (2, 1)


def test_work_within_the_period_skips_nothing_and_slack_is_what_remains():
    clock = ManualClock()
    pacer = Pacer(clock, Fraction(50))
    for frame in range(100):
        assert pacer.next_slot().frame == frame
        clock.advance(15_000_000)
        assert pacer.slack_ns() == 5_000_000


def test_a_restarted_core_continues_counting_at_its_first_frame():
    assert Pacer(ManualClock(), Fraction(60), first_frame=777).next_slot().frame == 777


def test_the_grid_does_not_drift_at_a_fractional_rate():
    clock = ManualClock()
    pacer = Pacer(clock, Fraction(24000, 1001))
    for _ in range(24000):
        slot = pacer.next_slot()
    assert slot.present_ns == pytest.approx(1001 * 10**9, abs=1)
