"""Many small non-negative problems at once, against all sets of lit emitters tried one after the other."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from stage.lights.mixing.solving import Solver


def tried_all(squares, b):
    """The best of all sets of lit emitters whose drives are not negative."""
    best, found = np.inf, None
    for count in range(len(b) + 1):
        for chosen in itertools.combinations(range(len(b)), count):
            drives = np.zeros(len(b))
            if chosen:
                drives[list(chosen)] = np.linalg.solve(squares[np.ix_(chosen, chosen)], b[list(chosen)])
            value = 0.5 * drives @ squares @ drives - b @ drives
            if (drives >= -1e-12).all() and value < best:
                best, found = value, drives
    return found


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), size=st.integers(1, 6), start=st.booleans())
def test_the_best_drives_are_found_from_any_beginning(seed, size, start):
    chosen = np.random.default_rng(seed)
    factors = chosen.normal(size=(3, size + 2, size))
    squares = np.einsum("mki,mkj->mij", factors, factors) + 0.01 * np.eye(size)
    which = chosen.integers(0, 3, 20)
    b = chosen.normal(size=(20, size))
    lit = np.full((20, size), start)
    solver = Solver(squares)
    drives = solver.solve(which, b, lit)
    for number in range(20):
        np.testing.assert_allclose(drives[number], tried_all(squares[which[number]], b[number]), atol=1e-7)
    np.testing.assert_array_equal(solver.solve(which, b, lit), drives)
