"""The look as matrices on ACEScg: identity at rest, warmer below 6500 K, tint from green to magenta."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration.walls import Signal
from render.colour.grade import ceiling, graded_from_world, signal_from_world
from render.colour.matrices import IDENTITY, apply, column_major, inverse, multiply
from render.plan.frame import GradePlan

numbers = st.floats(-10.0, 10.0)
rows = st.tuples(numbers, numbers, numbers)
matrices = st.tuples(rows, rows, rows)
temperatures = st.floats(2000.0, 15000.0)
tints = st.floats(-1.0, 1.0)


def luminance(colour):
    return 0.2722287 * colour[0] + 0.6740818 * colour[1] + 0.0536895 * colour[2]


def test_a_look_at_rest_changes_nothing():
    assert graded_from_world(GradePlan()) == IDENTITY


@given(st.floats(-10.0, 10.0))
def test_exposure_doubles_light_every_stop(stops):
    assert graded_from_world(GradePlan(exposure_stops=stops))[1] == (0.0, 2.0**stops, 0.0)


@given(temperatures, tints)
def test_neutral_light_keeps_its_luminance(temperature, tint):
    white = apply(graded_from_world(GradePlan(temperature_k=temperature, tint=tint)), (1.0, 1.0, 1.0))
    assert luminance(white) == pytest.approx(1.0, abs=0.01)


@given(temperatures, temperatures)
def test_lower_temperatures_are_warmer(first, second):
    low, high = sorted((first, second))
    warm, cold = (apply(graded_from_world(GradePlan(temperature_k=t)), (1.0, 1.0, 1.0)) for t in (low, high))
    assert warm[0] / warm[2] >= cold[0] / cold[2] - 1e-9


@given(temperatures, tints, tints)
def test_higher_tints_are_more_magenta(temperature, first, second):
    low, high = sorted((first, second))
    green, magenta = (
        apply(graded_from_world(GradePlan(temperature_k=temperature, tint=t)), (1.0, 1.0, 1.0)) for t in (low, high)
    )
    assert green[1] / (green[0] + green[2]) >= magenta[1] / (magenta[0] + magenta[2]) - 1e-9


@given(tints)
def test_grade_is_continuous_at_rest(tint):
    near = np.array(graded_from_world(GradePlan(temperature_k=6500.0 + tint * 1e-3, tint=tint * 1e-6)))
    assert np.abs(near - np.eye(3)).max() < 1e-4


def test_neutral_full_scale_light_is_white_on_the_wall():
    for signal in (
        Signal(peak_nits=600.0),
        Signal(curve="gamma", peak_nits=600.0),
        Signal(curve="pq", peak_nits=600.0),
    ):
        white = apply(signal_from_world(GradePlan(), signal), (6.0, 6.0, 6.0))
        assert white == pytest.approx((ceiling(signal),) * 3, rel=1e-6)


@given(matrices, matrices)
def test_matrices_multiply_as_numpy_does(a, b):
    assert np.allclose(np.array(multiply(a, b)), np.array(a) @ np.array(b), atol=1e-9)
    assert column_major(a) == tuple(np.array(a).T.ravel())


@given(matrices)
def test_an_inverse_undoes_its_matrix(matrix):
    if abs(np.linalg.det(np.array(matrix))) > 1e-3:
        assert np.allclose(np.array(multiply(inverse(matrix), matrix)), np.eye(3), atol=1e-5)


def test_a_matrix_without_inverse_is_refused():
    with pytest.raises(ValueError, match="inverse"):
        inverse(((1.0, 2.0, 3.0), (2.0, 4.0, 6.0), (0.0, 0.0, 1.0)))
