"""Numbers in pictures: cells that a machine reads from any scaled copy, and digits for the eye.

A row of 32 cells, each white for 1 and black for 0: two that mark the beginning, 24 bits of the number with the highest
first, four of a sum over its digits to the base 16, and two that mark the end.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

MOST_NUMBER = (1 << 24) - 1
CELLS = 32
CELL_ROWS = (0.86, 1.0)
"""Where the cells are, as shares of the rows."""
_NUMBER_BITS, _SUM_BITS = 24, 4
_BEGIN, _END = (1, 0), (0, 1)
_LEAST_CONTRAST = 0.2
"""Of the picture's own range: less is no burnt-in number."""
_SEGMENTS = {
    "0": "abcdef",
    "1": "bc",
    "2": "abged",
    "3": "abgcd",
    "4": "fgbc",
    "5": "afgcd",
    "6": "afgedc",
    "7": "abc",
    "8": "abcdefg",
    "9": "abcdfg",
    ":": "xy",
}
_PLACES = {  # left, top, right, bottom in a digit of 6 x 10
    "a": (0, 0, 6, 1),
    "b": (5, 0, 6, 5),
    "c": (5, 5, 6, 10),
    "d": (0, 9, 6, 10),
    "e": (0, 5, 1, 10),
    "f": (0, 0, 1, 5),
    "g": (0, 4, 6, 6),
    "x": (2, 2, 4, 4),
    "y": (2, 6, 4, 8),
}
_DIGIT_COLUMNS, _DIGIT_ROWS = 8, 10

Mask = npt.NDArray[np.bool_]


def cells_of(number: int) -> tuple[int, ...]:
    """The cells of a number, from the left."""
    bits = [(number >> place) & 1 for place in reversed(range(_NUMBER_BITS))]
    total = _sum_of(number)
    return (*_BEGIN, *bits, *((total >> place) & 1 for place in reversed(range(_SUM_BITS))), *_END)


def _sum_of(number: int) -> int:
    """A sum that every single changed bit changes."""
    return sum((number >> place) & 15 for place in range(0, _NUMBER_BITS, 4)) & 15


def read_burnt_number(picture: npt.NDArray[Any]) -> int:
    """The number in a picture of a test plate: (rows, columns) or (rows, columns, channels), of any size and type.

    The picture is the whole plate, upright. Raises ValueError where it holds no number.
    """
    grey = picture.astype(np.float64)
    grey = grey if grey.ndim == 2 else grey[..., :3].mean(axis=2)
    rows, columns = grey.shape
    top, bottom = (CELL_ROWS[0] + 0.25 * _height(), CELL_ROWS[1] - 0.25 * _height())
    band = grey[int(top * rows) : max(int(top * rows) + 1, int(bottom * rows))].mean(axis=0)
    levels = []
    for cell in range(CELLS):
        left, right = (cell + 0.3) * columns / CELLS, (cell + 0.7) * columns / CELLS
        first = min(int(left), columns - 1)
        levels.append(float(band[first : max(first + 1, int(np.ceil(right)))].mean()))
    white, black = (levels[0] + levels[-1]) / 2.0, (levels[1] + levels[-2]) / 2.0
    spread = max(float(grey.max() - grey.min()), 1e-9)
    if white - black < _LEAST_CONTRAST * spread:
        raise ValueError("found no burnt-in number, expected the whole picture of a test plate, upright")
    bits = [int(level > (white + black) / 2.0) for level in levels]
    number = int("".join(map(str, bits[2 : 2 + _NUMBER_BITS])), 2)
    if tuple(bits) != cells_of(number):
        raise ValueError(f"found cells whose sum is wrong (they read {number}), expected those of one frame")
    return number


def _height() -> float:
    return CELL_ROWS[1] - CELL_ROWS[0]


def cell_columns(number: int, columns: int) -> Mask:
    """Which columns of the cells are white."""
    cells = np.array(cells_of(number), dtype=bool)
    return np.asarray(cells[np.arange(columns) * CELLS // columns])


def digits_mask(text: str, rows: int, columns: int) -> Mask:
    """Digits of seven segments and colons, as large as they fit in the middle of (rows, columns)."""
    drawn = np.zeros((_DIGIT_ROWS, _DIGIT_COLUMNS * len(text)), dtype=bool)
    for at, letter in enumerate(text):
        for segment in _SEGMENTS.get(letter, ""):
            left, top, right, bottom = _PLACES[segment]
            drawn[top:bottom, _DIGIT_COLUMNS * at + left : _DIGIT_COLUMNS * at + right] = True
    scale = min(rows // (_DIGIT_ROWS + 2), columns // max(drawn.shape[1], 1))
    found = np.zeros((rows, columns), dtype=bool)
    if scale > 0:
        large = drawn.repeat(scale, axis=0).repeat(scale, axis=1)
        top, left = (rows - large.shape[0]) // 2, (columns - large.shape[1]) // 2
        found[top : top + large.shape[0], left : left + large.shape[1]] = large
    return found
