"""Fades by rule, on show time: they land exactly, never leave their way, and skipped frames leave no trace."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stage.show.values.fades import MIRED, Fade, between, faded_value, is_over

RATES = st.sampled_from([Fraction(24), Fraction(24000, 1001), Fraction(60), Fraction(60000, 1001), Fraction(240)])
STRAIGHT = ("linear", "stops")
RANGES = {
    "linear": (-1e6, 1e6),
    "stops": (-12.0, 12.0),
    "mired": (2000.0, 15000.0),
    "circular": (-360.0, 360.0),
    "clock": (0.0, 24.0),
}
TURNS = {"circular": 360.0, "clock": 24.0}


def fades(*rules):
    """Fades by one of these rules, over values that its parameters have."""

    def by(rule):
        values = st.floats(*RANGES[rule])
        return st.builds(
            Fade,
            start_frame=st.integers(0, 10**9),
            start=values,
            target=values,
            fade_s=st.floats(1e-3, 3600.0),
            rule=st.just(rule),
        )

    return st.sampled_from(rules).flatmap(by)


def end_of(fade, rate):
    """A frame at or just after the fade's end."""
    return fade.start_frame + math.ceil(Fraction(fade.fade_s) * rate)


def apart(one, other, turn):
    """How far two angles or hours are from each other, the shorter way."""
    difference = abs(one - other) % turn
    return min(difference, turn - difference)


@given(fades(*RANGES), RATES)
def test_a_fade_begins_exactly_at_its_start_and_ends_exactly_on_its_target(fade, rate):
    assert faded_value(fade, fade.start_frame, rate) == fade.start
    end = end_of(fade, rate)
    assert is_over(fade, end, rate)
    shortly_before_s = Fraction(fade.fade_s) * Fraction(999_999, 1_000_000)
    assert not is_over(fade, fade.start_frame + math.ceil(shortly_before_s * rate) - 1, rate)
    assert faded_value(fade, end, rate) == fade.target
    assert faded_value(fade, end + 10**7, rate) == fade.target


@given(fades("linear", "stops", "mired"), RATES, st.integers(0, 10**6))
def test_a_straight_fade_never_leaves_the_way_from_start_to_target(fade, rate, later):
    value = faded_value(fade, fade.start_frame + later, rate)
    assert min(fade.start, fade.target) <= value <= max(fade.start, fade.target)


@given(fades("linear", "stops", "mired"), RATES, st.lists(st.integers(0, 10**6), min_size=2, max_size=8))
def test_a_straight_fade_never_turns_back(fade, rate, later):
    values = [faded_value(fade, fade.start_frame + frame, rate) for frame in sorted(later)]
    distances = [abs(fade.target - value) for value in values]
    assert distances == sorted(distances, reverse=True)


@given(fades(*TURNS), RATES, st.integers(0, 10**6))
def test_a_fade_around_never_leaves_what_its_parameter_allows(fade, rate, later):
    low, high = RANGES[fade.rule]
    assert low <= faded_value(fade, fade.start_frame + later, rate) <= high


@given(fades(*TURNS), st.floats(0.0, 1.0))
def test_a_fade_around_goes_the_shorter_way_and_evenly(fade, share):
    turn = TURNS[fade.rule]
    way = apart(fade.start, fade.target, turn)
    value = between(fade.start, fade.target, share, fade.rule)
    assert way <= turn / 2
    assert apart(fade.start, value, turn) == pytest.approx(way * share, abs=1e-9)
    assert apart(value, fade.target, turn) == pytest.approx(way * (1.0 - share), abs=1e-9)


@pytest.mark.parametrize(
    ("rule", "start", "target", "half"),
    [
        ("circular", 170.0, -170.0, {180.0, -180.0}),
        ("circular", -170.0, 170.0, {180.0, -180.0}),
        ("circular", 350.0, 10.0, {0.0, 360.0}),
        ("circular", 0.0, 180.0, {90.0}),
        ("clock", 23.0, 1.0, {0.0, 24.0}),
        ("clock", 1.0, 23.0, {0.0, 24.0}),
        ("clock", 6.0, 10.0, {8.0}),
        ("linear", -10.0, 10.0, {0.0}),
        ("stops", -2.0, 4.0, {1.0}),
        ("nearness", 0.0, 10.0, {20.0}),
        ("nearness", 40.0, 0.0, {80.0}),
        ("nearness", 1.0, 3.0, {1.5}),
        ("nearness", 0.0, 9_000.0, {0.0}),
        ("nearness", 0.0, 0.0, {0.0}),
    ],
)
def test_halfway_is_where_people_expect_it(rule, start, target, half):
    assert between(start, target, 0.5, rule) in half


@given(fades("mired"), st.floats(0.0, 1.0))
def test_a_white_point_moves_evenly_in_mired(fade, share):
    start, target = MIRED / fade.start, MIRED / fade.target
    value = MIRED / between(fade.start, fade.target, share, "mired")
    assert value == pytest.approx(start + (target - start) * share)


@given(fades(*STRAIGHT), RATES, st.integers(0, 10**5))
def test_a_fade_follows_show_time_and_not_the_number_of_steps(fade, rate, later):
    frame = fade.start_frame + later
    elapsed_s = Fraction(later) / rate
    if elapsed_s < Fraction(fade.fade_s):
        share = float(elapsed_s / Fraction(fade.fade_s))
        expected = fade.start + (fade.target - fade.start) * share
        assert abs(faded_value(fade, frame, rate) - expected) <= 1e-9 * (abs(fade.start) + abs(fade.target) + 1.0)


@given(fades(*RANGES), RATES, st.integers(0, 10**6))
def test_before_its_first_frame_a_fade_is_where_it_starts(fade, rate, earlier):
    assert faded_value(fade, fade.start_frame - earlier, rate) == fade.start
