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
_REACH = 4
"""How far, in rows of the finer picture, the horizon may be from the line that was found in the coarser one."""
_STRAIGHT = 1.5
"""Rows of the finer picture that a place may lie beside the line."""
_MOST_LINES = 6
_LEAST_SUPPORT = 0.34
_LEAST_LEAD = 1.25
_SAME_ROWS = 0.006
_SAME_DEG = 1.2
_SHADOW_DEG = 4.0
_NEAR_ROWS = 0.06
_LEAST_SIDE = 48
_GAP, _LEAST_GAPS, _SEEN = 0.3, 0.1, 0.5


class Line(NamedTuple):
    """A line in a picture: its row in the middle column as a share of the height, and its roll, + falling to the right.

    `support` (0 to 1) says how much of the width agrees with it.
    """

    row: float
    roll_deg: float
    support: float


class _Fit(NamedTuple):
    """A fitted line, and how much the step of each column agrees with those of all others."""

    line: Line
    agreeing: Pixels


def find_horizon(codes: Pixels) -> Line | None:
    """The horizon of a picture in perspective, (rows, columns, 3) of code values 0 to 1; None where it is not sure."""
    fine = shrunk(codes, _FINE)
    if min(fine.shape[:2]) < _LEAST_SIDE:
        return None
    fits = [_fitted(fine, line) for line in _candidates(shrunk(codes, _COARSE))]
    fits.sort(key=lambda fit: -fit.line.support)
    if not fits or fits[0].line.support < _LEAST_SUPPORT:
        return None
    best, *others = fits
    shape = fine.shape[1] / fine.shape[0]
    for other in others:
        near = _is_parallel(other.line, best.line) and abs(other.line.row - best.line.row) <= _NEAR_ROWS
        is_rival = not near and not _is_shadow(other.line, best.line, shape)
        if is_rival and best.line.support < _LEAST_LEAD * other.line.support:
            return None
    return _behind(fine, best) or best.line


def _is_parallel(line: Line, other: Line) -> bool:
    return abs(line.roll_deg - other.roll_deg) <= _SAME_DEG


def _is_shadow(line: Line, best: Line, shape: float) -> bool:
    """Whether a line agrees only because it runs along a better one: they cross in the picture, at a small angle."""
    slopes = np.tan(np.radians(line.roll_deg)) - np.tan(np.radians(best.roll_deg))
    reach = abs(float(slopes)) * shape / 2.0
    return abs(line.row - best.row) <= max(reach, _SAME_ROWS) and abs(line.roll_deg - best.roll_deg) < _SHADOW_DEG


def _behind(codes: Pixels, best: _Fit) -> Line | None:
    """The horizon in the gaps between what stands on the best line; None where there is none.

    What stands near has its foot below the horizon. It hides it, and in the gaps its foot is not seen.
    """
    gaps = best.agreeing < _GAP
    if gaps.mean() < _LEAST_GAPS:
        return None
    rows, steps = codes.shape[0], _softened(_steps(codes, 2))
    slope = np.tan(np.radians(best.line.roll_deg))
    tried = [
        (float(np.where(gaps, _agreeing(steps, best.line.row * rows - up, slope + turn, gaps), 0.0).sum()), up, turn)
        for up in range(3, round(_NEAR_ROWS * rows), 2)
        for turn in (-0.012, 0.0, 0.012)
    ]
    most, up, turn = max(tried, default=(0.0, 0, 0.0))
    if most < _SEEN * gaps.sum():
        return None
    line = Line(best.line.row - up / rows, float(np.degrees(np.arctan(slope + turn))), 0.0)
    return _fitted(codes, line, gaps).line


def shrunk(picture: Pixels, most: int) -> Pixels:
    """A picture whose longer side is at most `most`, by averaging whole blocks; a rest at the edges is left out."""
    rows, columns = picture.shape[:2]
    times = max(1, -(-max(rows, columns) // most))
    high, wide = max(1, rows // times), max(1, columns // times)
    if times == 1:
        return picture
    top, left = (rows - high * times) // 2, (columns - wide * times) // 2
    part = picture[max(top, 0) : max(top, 0) + high * times, max(left, 0) : max(left, 0) + wide * times]
    if part.shape[0] < high * times or part.shape[1] < wide * times:
        return part
    return np.asarray(part.reshape(high, times, wide, times, -1).mean((1, 3)), dtype=np.float32)


def _candidates(codes: Pixels) -> list[Line]:
    """The lines along which steps agree best, the best first."""
    steps = _softened(_steps(codes, 1)) + _softened(_steps(codes, 2))
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


def _steps(codes: Pixels, reach: int) -> Pixels:
    """For every boundary between rows, the mean of `reach` rows below it less that of as many above: light, colours."""
    red, green, blue = np.moveaxis(codes, -1, 0)
    channels = np.stack([(red + green + blue) / 3.0, red - green, (red + green) / 2.0 - blue], axis=-1)
    total = np.concatenate([np.zeros_like(channels[:1], dtype=np.float64), channels.cumsum(0, dtype=np.float64)])
    found = np.zeros(total.shape, dtype=np.float32)
    middle = total[reach:-reach]
    found[reach:-reach] = (total[2 * reach :] - 2.0 * middle + total[: -2 * reach]) / reach
    return found


def _softened(steps: Pixels) -> Pixels:
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


def _fitted(codes: Pixels, line: Line, among: npt.NDArray[np.bool_] | None = None) -> _Fit:
    """The line fitted to the strongest step near it in every column, whatever does not lie on it left out."""
    rows, columns = codes.shape[:2]
    steps = _steps(codes, 2)
    softened = _softened(steps)
    x = np.arange(columns) - (columns - 1) / 2
    begin = line.row * rows + np.tan(np.radians(line.roll_deg)) * x
    at = np.rint(begin).astype(np.intp)[:, None] + np.arange(-_REACH, _REACH + 1)
    inside = (at > 1) & (at < rows - 1)
    if inside.all(1).sum() < _WITHIN * columns:
        return _Fit(line._replace(support=0.0), np.zeros(columns, dtype=np.float32))
    place = at.clip(0, rows), np.arange(columns)[:, None]
    soft = softened[place] * inside[..., None]
    if among is not None:
        soft = soft * among[:, None, None]
    way = soft.sum((0, 1))
    way /= max(float(np.sqrt((way * way).sum())), 1e-9)
    signed = (steps[place] * inside[..., None]) @ way
    best = signed.argmax(1)
    peak = at[np.arange(columns), best] + _peak(signed, best)
    weight = np.maximum((soft @ way)[np.arange(columns), best], 0.0)
    slope, middle = _robust_line(x, peak, weight, np.tan(np.radians(line.roll_deg)), line.row * rows)
    angle_deg = float(np.degrees(np.arctan(slope)))
    agreeing = _agreeing(softened, middle, slope, among)
    return _Fit(Line(middle / rows, angle_deg, float(agreeing.mean())), agreeing)


def _agreeing(steps: Pixels, middle: float, slope: float, among: npt.NDArray[np.bool_] | None = None) -> Pixels:
    """How much the softened step of every column of a line agrees with their sum, -1 to 1."""
    rows, columns = steps.shape[:2]
    at = middle + slope * (np.arange(columns) - (columns - 1) / 2)
    best = np.zeros(columns, dtype=np.float32)
    for beside in (-1.0, 0.0, 1.0):
        row = np.rint(at + beside).astype(np.intp)
        inside = (row >= 0) & (row < rows)
        along = steps[row.clip(0, rows - 1), np.arange(columns)] * inside[:, None]
        total = along.sum(0) if among is None else along[among].sum(0)
        found = along @ (total / max(float(np.sqrt((total * total).sum())), 1e-9))
        best = found if found.mean() > best.mean() else best
    return best


def _peak(values: Pixels, best: npt.NDArray[np.intp]) -> Pixels:
    """How far beside its largest sample the peak of each row of `values` is, by a parabola."""
    row = np.arange(len(values))
    last = values.shape[1] - 1
    before, at, after = (values[row, (best + shift).clip(0, last)] for shift in (-1, 0, 1))
    bend = before - 2.0 * at + after
    return np.where(bend < -1e-9, 0.5 * (before - after) / np.minimum(bend, -1e-9), 0.0).clip(-0.5, 0.5)


def _robust_line(x: Pixels, place: Pixels, weight: Pixels, slope: float, middle: float) -> tuple[float, float]:
    """Slope and middle of the line through most of the places."""
    for reach in (4.0, 3.0, 2.0, _STRAIGHT, _STRAIGHT):
        beside = (place - middle - slope * x) / reach
        share = weight * np.where(np.abs(beside) < 1.0, (1.0 - beside * beside) ** 2, 0.0)
        total = share.sum()
        if total <= 1e-6:
            break
        centre = (share * x).sum() / total
        spread = (share * (x - centre) ** 2).sum()
        level = (share * place).sum() / total
        slope = float((share * (x - centre) * (place - level)).sum() / max(spread, 1e-6))
        middle = float(level - slope * centre)
    return slope, middle
