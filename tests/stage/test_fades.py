"""Fades on show time."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st
from stage.show.commands.fades import Fade, is_over, value_at

VALUES = st.floats(-1e6, 1e6)
RATES = st.sampled_from([Fraction(24), Fraction(24000, 1001), Fraction(60), Fraction(60000, 1001), Fraction(240)])
FADES = st.builds(Fade, start_frame=st.integers(0, 10**9), start=VALUES, target=VALUES, fade_s=st.floats(1e-3, 3600.0))


@given(FADES, RATES, st.integers(0, 10**6))
def test_a_fade_never_leaves_the_way_from_start_to_target(fade, rate, later):
    value = value_at(fade, fade.start_frame + later, rate)
    assert min(fade.start, fade.target) <= value <= max(fade.start, fade.target)


@given(FADES, RATES, st.lists(st.integers(0, 10**6), min_size=2, max_size=8))
def test_a_fade_never_turns_back(fade, rate, later):
    values = [value_at(fade, fade.start_frame + frame, rate) for frame in sorted(later)]
    distances = [abs(fade.target - value) for value in values]
    assert distances == sorted(distances, reverse=True)


@given(FADES, RATES)
def test_a_fade_lands_exactly_on_its_target_at_its_end_and_stays(fade, rate):
    end = fade.start_frame + -(-Fraction(fade.fade_s) * rate // 1)
    assert is_over(fade, int(end), rate)
    assert value_at(fade, int(end), rate) == fade.target
    assert value_at(fade, int(end) + 10**7, rate) == fade.target


@given(FADES, RATES, st.integers(0, 10**5))
def test_a_fade_follows_show_time_and_not_the_number_of_steps(fade, rate, later):
    frame = fade.start_frame + later
    elapsed_s = Fraction(later) / rate
    if elapsed_s < Fraction(fade.fade_s):
        share = float(elapsed_s / Fraction(fade.fade_s))
        expected = fade.start + (fade.target - fade.start) * share
        assert abs(value_at(fade, frame, rate) - expected) <= 1e-9 * (abs(fade.start) + abs(fade.target) + 1.0)


@given(FADES, RATES, st.integers(0, 10**6))
def test_before_its_first_frame_a_fade_is_where_it_starts(fade, rate, earlier):
    assert value_at(fade, fade.start_frame - earlier, rate) == fade.start
