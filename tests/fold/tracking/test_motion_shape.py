import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracking.prediction.motion import Moment
from tracking.prediction.motion_shape import shape_of, turn_between, usual_period_ns, window_of
from tracking.prediction.weights import PredictorWeights, WeightRow, WeightTable
from tracking.rotation import (
    IDENTITY,
    quat_conjugate,
    quat_from_rotation_vector,
    quat_multiply,
    rotation_vector_from_quat,
)

PERIOD_NS = 16_666_667
speeds = st.tuples(st.floats(-1.5, 1.5), st.floats(-1.5, 1.5), st.floats(-1.5, 1.5))
turns = st.tuples(st.floats(-1.7, 1.7), st.floats(-1.7, 1.7), st.floats(-1.7, 1.7))


SERIES_LEAVES_RAD = 2.1e-6
"""The first terms that the series leaves out, where it ends: at a half turn's sine squared of 0.1."""


@given(turns, turns)
def test_a_turn_is_the_logarithm_of_the_rotation_between(one, other):
    a, b = quat_from_rotation_vector(one), quat_from_rotation_vector(other)
    between = quat_multiply(quat_conjugate(a), b)
    if abs(between[3]) > 1e-3:
        expected = rotation_vector_from_quat(between)
        assert turn_between(a, b) == pytest.approx(expected, abs=SERIES_LEAVES_RAD)
        assert turn_between(a, tuple(-value for value in b)) == pytest.approx(expected, abs=SERIES_LEAVES_RAD)


@given(
    st.lists(st.integers(10_000_000, 25_000_000), min_size=20, max_size=30), st.lists(speeds, min_size=5, max_size=5)
)
def test_a_polynomial_of_degree_four_is_found_exactly_but_for_the_ridge(steps, powers):
    moments, now_ns = [], 0
    for step in steps:
        now_ns += step
        moments.append(now_ns)

    def place(time_ns):
        time = (time_ns - now_ns) * 1e-9 / 0.05
        return tuple(math.fsum(power[axis] * time**degree for degree, power in enumerate(powers)) for axis in range(3))

    window = [Moment(sample_ns=time_ns, position_m=place(time_ns), rotation=IDENTITY) for time_ns in moments]
    window = window_of(window, usual_period_ns(window, PERIOD_NS))
    if not window:
        return
    shape = shape_of(window, (0.0, 0.0, 0.0))
    whole = [norm / (norm + 0.02 * shape.norms[0]) for norm in shape.norms]
    found = list(shape.line_at(0.02)[:3])
    for value, part, coefficients in zip(shape.bends_at(0.02), whole[2:], shape.coefficients[2:], strict=True):
        found = [a + value * coefficient / part for a, coefficient in zip(found, coefficients[:3], strict=True)]
    expected = [a - b for a, b in zip(place(now_ns + 20_000_000), place(now_ns), strict=True)]
    assert found == pytest.approx(expected, abs=1e-6)


@given(st.integers(200, 350), speeds)
def test_a_parabola_has_one_bend_and_no_change_of_it(span_ms, acceleration):
    times_ns = [index * PERIOD_NS for index in range(span_ms * 1_000_000 // PERIOD_NS + 2)]
    ax, ay, az = acceleration
    moments = [
        Moment(sample_ns=time_ns, position_m=tuple(a * (time_ns * 1e-9) ** 2 for a in acceleration), rotation=IDENTITY)
        for time_ns in times_ns
    ]
    shape = shape_of(window_of(moments, PERIOD_NS), (0.0, 0.0, 0.0))
    assert shape.coefficients[3][:3] == pytest.approx((0.0, 0.0, 0.0), abs=1e-9)
    assert shape.coefficients[4][:3] == pytest.approx((0.0, 0.0, 0.0), abs=1e-9)
    assert shape.coefficients[2][:3] == pytest.approx([a * 0.05**2 for a in (ax, ay, az)], rel=0.05, abs=1e-9)


def table(*rows):
    weights = [
        WeightRow(rate_hz=rate_hz, horizon_ms=horizon_ms, position=(first, 0.0, 0.0), rotation=(-first, 0.0, 0.0))
        for rate_hz, horizon_ms, first in rows
    ]
    return WeightTable(PredictorWeights(origin="a test", licence="none", rows=tuple(weights)))


@given(st.floats(0.0, 1.0))
def test_weights_are_interpolated_between_horizons(horizon_s):
    looked_up = table((60.0, 80.0, 0.4), (60.0, 40.0, 0.8), (25.0, 40.0, -1.0)).at(PERIOD_NS, horizon_s)
    expected = 0.8 - 0.4 * min(1.0, max(0.0, (horizon_s - 0.04) / 0.04))
    assert looked_up.position[0] == pytest.approx(expected)
    assert looked_up.rotation[0] == pytest.approx(-expected)


def test_a_tracker_uses_the_weights_of_the_nearest_sampled_rate():
    weights = table((25.0, 60.0, 0.25), (60.0, 60.0, 0.6))
    assert [weights.at(round(1e9 / rate_hz), 0.06).position[0] for rate_hz in (10.0, 24.0, 30.0)] == [0.25] * 3
    assert [weights.at(round(1e9 / rate_hz), 0.06).position[0] for rate_hz in (50.0, 72.0, 120.0, 240.0)] == [0.6] * 4
