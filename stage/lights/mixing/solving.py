"""Non-negative least squares for many small problems at once, from where each of them was solved last."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from stage.lights.mixing.whites import Numbers

Lit = npt.NDArray[np.bool_]

_MOST_ROUNDS = 60
_BLOCK_ROUNDS = 12
"""Rounds in which all emitters that are wrong change at once; after them the last one alone, which must end."""
_DRIVE_ERROR = 1e-10
_SLOPE_ERROR = 1e-9
_MOST_OPERATORS = 8192


class Solver:
    """Minimises d . S d / 2 - b . d for d >= 0, where S is one of a few positive definite matrices.

    An operator takes b to the drives of the emitters that are lit; it is kept for each matrix and each set of lit
    emitters. A problem begins with those that it lit last, which mostly are right or off by one: principal pivoting
    (J. J. Judice and F. M. Pires, Computers & Operations Research 21, 1994).
    """

    def __init__(self, squares: Numbers) -> None:
        """`squares` is matrices x size x size."""
        self._squares = squares
        self._size = squares.shape[1]
        self._bits = 1 << np.arange(self._size)
        self._forget()

    def _forget(self) -> None:
        self._places: dict[int, int] = {}
        self._operators = np.zeros((64, self._size, self._size))

    def solve(self, which: npt.NDArray[np.int64], b: Numbers, lit: Lit) -> Numbers:
        """The drives, problems x size. `which` matrix each problem has; `lit` is what to begin with, and is changed."""
        drives = np.zeros_like(b)
        open_ones = np.arange(len(b))
        for number in range(_MOST_ROUNDS):
            found = self._lit_alone(which[open_ones], b[open_ones], lit[open_ones])
            slopes = np.einsum("kij,kj->ki", self._squares[which[open_ones]], found) - b[open_ones]
            wrong = np.where(lit[open_ones], found < -_DRIVE_ERROR, slopes < -_SLOPE_ERROR)
            drives[open_ones] = np.maximum(found, 0.0)
            left = wrong.any(axis=1)
            if not left.any():
                break
            open_ones, wrong = open_ones[left], wrong[left]
            if number >= _BLOCK_ROUNDS:
                last = self._size - 1 - wrong[:, ::-1].argmax(axis=1)
                wrong = np.arange(self._size) == last[:, None]
            lit[open_ones] ^= wrong
        return drives

    def _lit_alone(self, which: npt.NDArray[np.int64], b: Numbers, lit: Lit) -> Numbers:
        """The best drives, of any sign, of the emitters that are lit."""
        names = (which << self._size) + lit @ self._bits
        if len(self._places) > _MOST_OPERATORS:
            self._forget()
        places = [self._place(int(name), kind, row) for name, kind, row in zip(names, which, lit, strict=True)]
        operators, squares = self._operators[places], self._squares[which]
        drives = np.einsum("kij,kj->ki", operators, b)
        left = b - np.einsum("kij,kj->ki", squares, drives)
        return np.asarray(drives + np.einsum("kij,kj->ki", operators, left))  # an inverse alone errs by too much

    def _place(self, name: int, which: np.int64, lit: Lit) -> int:
        place = self._places.get(name)
        if place is None:
            place = self._places[name] = len(self._places)
            if place >= len(self._operators):
                self._operators = np.concatenate((self._operators, np.zeros_like(self._operators)))
            both = lit[:, None] & lit
            inverse = np.linalg.inv(np.where(both, self._squares[which], np.eye(self._size)))
            self._operators[place] = np.where(both, inverse, 0.0)
        return place
