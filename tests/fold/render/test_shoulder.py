"""The program's tone curve for pictures of 8 bits, and its inverse."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from render.colour.shoulder import KNEE, compressed, expanded, shoulder_rate

STOPS = st.floats(0.0, 6.0)
LIGHT = st.floats(0.0, 4.0)


@given(LIGHT)
def test_no_stops_change_nothing_at_all(light):
    assert expanded(light, 0.0) == light
    assert compressed(light, 0.0) == min(light, 1.0)


@given(STOPS, st.floats(0.0, 1.0))
def test_expanding_undoes_what_the_shoulder_did(stops, share):
    light = share * 2.0**stops
    assert expanded(compressed(light, stops), stops) == pytest.approx(light, rel=1e-3, abs=1e-12)


@given(STOPS, LIGHT, LIGHT)
def test_it_is_monotone(stops, one, other):
    low, high = sorted((one, other))
    assert compressed(low, stops) <= compressed(high, stops) + 1e-12
    assert expanded(low, stops) <= expanded(high, stops) + 1e-12


@given(STOPS, st.floats(0.0, KNEE))
def test_light_below_the_knee_stays(stops, light):
    assert expanded(light, stops) == compressed(light, stops) == light


@given(STOPS)
def test_the_brightest_light_grows_by_all_the_stops(stops):
    assert expanded(1.0, stops) == pytest.approx(2.0**stops, rel=1e-3)
    assert expanded(3.0, stops) == pytest.approx(3.0 * 2.0**stops, rel=1e-3)


@given(STOPS)
def test_it_leaves_the_knee_without_a_bend(stops):
    step = 1e-6
    slope = (expanded(KNEE + step, stops) - KNEE) / step
    assert slope == pytest.approx(1.0, abs=1e-3)


@given(st.floats(0.0, 6.0), st.floats(0.0, 6.0))
def test_more_stops_never_make_less_light(one, other):
    fewer, more = sorted((one, other))
    assert expanded(0.8, fewer) <= expanded(0.8, more) + 1e-3
    assert shoulder_rate(fewer) <= shoulder_rate(more) + 1e-3
