"""Finds the horizon of a picture in perspective: the one straight line that parts what is above from what is below.

Every pixel has a say in which way light and colour step from above it to below it, and no pixel much more than
another. Along the horizon the steps agree over the picture's width; along a ridge, a cloud or a texture they do not.
All lines are tried (a Hough transform of softened steps), and the best is fitted again where the picture is finer.
Where the steps do not agree, or two lines are as good as each other, nothing is found: an eye height that is left
alone is better than one that is wrong.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.float32]

STEEPEST_DEG = 14.0
_COARSE, _FINE = 320, 640
"""Most columns or rows of the pictures in which lines are sought, and fitted."""
_ANGLE_DEG = 0.5
_FAINT = 0.012
"""A step of codes (0 to 1) that is half sure to be one."""
_WITHIN = 0.6
"""The least share of its columns in which a line is in the picture."""
_MOST_LINES = 6
_SURE = ((0.595, 1.25), (0.5, 2.0))
"""A line is the horizon with at least so much support, and so many times as much as any other."""
_SAME_ROWS = 0.006
_SAME_DEG = 1.2
_SHADOW_DEG = 4.0
_NEAR_ROWS = 0.06
_LEAST_SIDE = 48
_FADES_ROWS, _ROW_STEP, _BEGINS, _SHARP_ROWS = 12.0, 0.25, 0.5, 1.5
_SEARCHES = ((3.0, 0.5, 0.6, 0.15), (0.4, 0.1, 0.12, 0.03))
"""How far about a line, and how finely, it is sought in the finer picture: rows, degrees."""


class Line(NamedTuple):
    """A line in a picture: its row in the middle column as a share of the height, and its roll, + falling to the right.

    `support` (0 to 1) says how much of the width agrees with it.
    """

    row: float
    roll_deg: float
    support: float


def find_horizon(codes: Pixels) -> Line | None:
    """The horizon of a picture in perspective, (rows, columns, 3) of code values 0 to 1; None where it is not sure."""
    fine = shrunk(codes, _FINE)
    if min(fine.shape[:2]) < _LEAST_SIDE:
        return None
    lines = sorted(
        (_fitted(fine, line) for line in _candidates(shrunk(codes, _COARSE))), key=lambda line: -line.support
    )
    if not lines:
        return None
    best, *others = lines
    rivals = (line.support for line in others if not _is_of(line, best, fine.shape[1] / fine.shape[0]))
    rival = max(rivals, default=0.0)
    return best if any(best.support >= max(support, lead * rival) for support, lead in _SURE) else None


def _is_of(line: Line, best: Line, shape: float) -> bool:
    """Whether a line is no rival of a better one: its shadow, or the edge of something that lies or stands on it."""
    near = abs(line.roll_deg - best.roll_deg) <= _SAME_DEG and abs(line.row - best.row) <= _NEAR_ROWS
    return near or _is_shadow(line, best, shape)


def _is_shadow(line: Line, best: Line, shape: float) -> bool:
    """Whether a line agrees only because it runs along a better one: they cross in the picture, at a small angle."""
    slopes = np.tan(np.radians(line.roll_deg)) - np.tan(np.radians(best.roll_deg))
    reach = abs(float(slopes)) * shape / 2.0
    return abs(line.row - best.row) <= max(reach, _SAME_ROWS) and abs(line.roll_deg - best.roll_deg) < _SHADOW_DEG


def shrunk(picture: Pixels, most: int) -> Pixels:
    """A picture whose longer side is at most `most`, by averaging whole blocks; a rest at the edges is left out."""
    rows, columns = picture.shape[:2]
    times = max(1, -(-max(rows, columns) // most))
    high, wide = max(1, rows // times), max(1, columns // times)
    if times == 1:
        return picture
    part = picture[: high * times, : wide * times]
    if part.shape[:2] != (high * times, wide * times):
        return part
    return np.asarray(part.reshape(high, times, wide, times, -1).mean((1, 3)), dtype=np.float32)


def _candidates(codes: Pixels) -> list[Line]:
    """The lines along which steps agree best, the best first."""
    steps = softened_steps(steps_down(codes, 1)) + softened_steps(steps_down(codes, 2))
    angles = np.arange(-STEEPEST_DEG, STEEPEST_DEG + _ANGLE_DEG / 2, _ANGLE_DEG)
    score = np.stack([_along(steps, angle) for angle in angles])
    rows, found = codes.shape[0], []
    for _ in range(_MOST_LINES):
        best, row = np.unravel_index(int(score.argmax()), score.shape)
        if score[best, row] <= 0.0:
            break
        found.append(Line(float(row) / rows, float(angles[best]), float(score[best, row]) / 2.0))
        near = np.abs(angles - angles[best]) <= _SAME_DEG
        score[near, max(0, row - 2) : row + 3] = 0.0
    return found


def steps_down(codes: Pixels, reach: int) -> Pixels:
    """For every boundary between rows, the mean of `reach` rows below it less that of as many above: light, colours."""
    red, green, blue = np.moveaxis(codes, -1, 0)
    channels = np.stack([(red + green + blue) / 3.0, red - green, (red + green) / 2.0 - blue], axis=-1)
    total = np.concatenate([np.zeros_like(channels[:1], dtype=np.float64), channels.cumsum(0, dtype=np.float64)])
    found = np.zeros(total.shape, dtype=np.float32)
    middle = total[reach:-reach]
    found[reach:-reach] = (total[2 * reach :] - 2.0 * middle + total[: -2 * reach]) / reach
    return found


def softened_steps(steps: Pixels) -> Pixels:
    """Steps whose size is at most 1: what stands out of the picture's noise counts, how much it does hardly."""
    size = np.sqrt((steps * steps).sum(-1, keepdims=True))
    return np.asarray(steps / (size + max(_FAINT, 1.5 * float(np.median(size)))), dtype=np.float32)


def _along(steps: Pixels, angle_deg: float) -> Pixels:
    """For every row, how much steps agree along the line of that angle through the middle column, 0 to 1."""
    rows, columns = steps.shape[:2]
    sink = np.rint(np.tan(np.radians(angle_deg)) * (np.arange(columns) - (columns - 1) / 2)).astype(np.intp)
    at = np.arange(rows)[:, None] + sink
    inside = (at >= 0) & (at < rows)
    total = (steps[at.clip(0, rows - 1), np.arange(columns)] * inside[..., None]).sum(1)
    count = inside.sum(1)
    agreeing = np.sqrt((total * total).sum(-1)) / np.maximum(count, 1)
    return np.asarray(np.where(count >= _WITHIN * columns, agreeing, 0.0), dtype=np.float32)


def _fitted(codes: Pixels, line: Line) -> Line:
    """The line moved to where most columns agree, and best: first by rows and half degrees, then by tenths of them."""
    rows, columns = codes.shape[:2]
    steps = (softened_steps(steps_down(codes, 1)) + softened_steps(steps_down(codes, 2))) / np.float32(2.0)
    x = np.arange(columns, dtype=np.float32) - np.float32((columns - 1) / 2)
    middle, slope = line.row * rows, float(np.tan(np.radians(line.roll_deg)))
    along = _along_line(steps, middle, slope)
    way = along.sum(0) / max(float(np.sqrt((along.sum(0) ** 2).sum())), 1e-9)
    agreeing = np.asarray(steps @ way, dtype=np.float32)
    for reach_rows, row_step, reach_deg, deg_step in _SEARCHES:
        shifts = np.arange(-reach_rows, reach_rows + row_step / 2, row_step)
        turns = np.radians(np.arange(-reach_deg, reach_deg + deg_step / 2, deg_step))
        middles = (middle + shifts)[:, None].repeat(len(turns), 1).ravel()
        slopes = np.tan(np.arctan(slope) + turns)[None].repeat(len(shifts), 0).ravel()
        found = _sampled(agreeing, middles[:, None] + slopes[:, None] * x)
        best = int((np.maximum(found, 0.0) ** 2).sum(1).argmax())
        middle, slope = float(middles[best]), float(slopes[best])
    at = middle + slope * x
    inside = (at > 1) & (at < rows - 1)
    if inside.mean() < _WITHIN:
        return line._replace(support=0.0)
    found = _sampled(agreeing, at[None])[0]
    support = float(found[inside].mean())
    middle += _onset(agreeing[:, inside], at[inside])
    return Line(middle / rows, float(np.degrees(np.arctan(slope))), support)


def _onset(agreeing: Pixels, at: Pixels) -> float:
    """How far above a line, in rows (so below 0), the step across it begins, beyond where that of a sharp edge does.

    In haze the ground comes out of the sky's light by and by, the more the nearer it is: it begins at the horizon.
    """
    beside = np.arange(-_FADES_ROWS, _ROW_STEP / 2, _ROW_STEP)
    profile = _sampled(agreeing, at + beside[:, None]).mean(1)
    below = np.flatnonzero(profile < _BEGINS * profile[-1])
    if not len(below):
        return 0.0
    return min(0.0, float(beside[below[-1]]) + _SHARP_ROWS)


def _along_line(steps: Pixels, middle: float, slope: float) -> Pixels:
    """The step of every column at a line, (columns, 3); none outside the picture."""
    rows, columns = steps.shape[:2]
    at = np.rint(middle + slope * (np.arange(columns) - (columns - 1) / 2)).astype(np.intp)
    along = steps[at.clip(0, rows - 1), np.arange(columns)]
    return np.asarray(along * ((at >= 0) & (at < rows))[:, None], dtype=np.float32)


def _sampled(values: Pixels, at: Pixels) -> Pixels:
    """Values (rows, columns) at rows `at` (lines, columns), between rows in proportion, 0 outside."""
    rows, columns = values.shape
    first = np.floor(at).astype(np.intp)
    share = (at - first).astype(np.float32)
    column = np.arange(columns)
    above, below = values[first.clip(0, rows - 1), column], values[(first + 1).clip(0, rows - 1), column]
    inside = (at >= 0) & (at <= rows - 1)
    return np.asarray((above * (1 - share) + below * share) * inside, dtype=np.float32)
