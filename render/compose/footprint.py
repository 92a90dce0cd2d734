"""How much of an inner picture one LED covers. Where that is many pixels, they are averaged on the way to the wall."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from render.gpu.passes import Uniform
from render.plan.inner import InnerPlan
from render.worlds.plate.finest import WallReach

TEXELS_OF_A_TAP = 2.0
"""Width in texels that one bilinear tap covers well. Wider footprints are read from a smaller picture."""
_SAMPLES_A_SIDE = 12
_LEAST_PITCH_M = 1e-6
_FLAT_WITHIN_M = 1e-6
_STRIPS = 8
_WIDEST_BOW = math.pi
"""What the series in `common/led.glsl` are enough for."""
_LEAST_BOW_M2 = 1e-6
_EVEN_PITCH = 1e-3


def led_pitch(positions: NDArray[np.float64]) -> NDArray[np.float64]:
    """Distance in metres from each LED to its nearest neighbour in the raster, (rows, columns).

    The nearest, so that seams between panels do not count; just above 0 for an LED without neighbours. `positions` is
    (rows, columns, 3), NaN where there is no LED.
    """
    rows, columns = positions.shape[:2]
    nearest = np.full((rows, columns), np.inf)
    across = np.linalg.norm(np.diff(positions, axis=1), axis=2)
    down = np.linalg.norm(np.diff(positions, axis=0), axis=2)
    for side, distance in (
        (nearest[:, :-1], across),
        (nearest[:, 1:], across),
        (nearest[:-1], down),
        (nearest[1:], down),
    ):
        np.fmin(side, distance, out=side)
    return np.where(np.isfinite(nearest), np.maximum(nearest, _LEAST_PITCH_M), _LEAST_PITCH_M)


def with_pitch(positions: NDArray[np.float64], pitch: NDArray[np.float64]) -> NDArray[np.float32]:
    """Positions with the pitch as the fourth channel; all 0 where there is no LED."""
    present = np.isfinite(positions).all(axis=2, keepdims=True)
    return np.where(present, np.concatenate([positions, pitch[:, :, None]], axis=2), 0.0).astype(np.float32)


def texels_per_tangent(inner: InnerPlan) -> float:
    """Pixels of an inner picture per unit of tangent, along its finer side."""
    width, height = inner.size_px
    drawn = inner.drawn
    return max(width / (drawn.right - drawn.left), height / (drawn.top - drawn.bottom))


def wall_reach(positions: NDArray[np.float64]) -> WallReach | None:
    """How far a wall's LEDs are and how close together, for `render/worlds/plate/finest.py`; None without any LED."""
    pitch = led_pitch(positions)
    present = np.asarray(np.isfinite(positions).all(axis=2))
    if not present.any():
        return None
    boxes = []
    for strip in np.array_split(np.arange(positions.shape[1]), min(_STRIPS, positions.shape[1])):
        found = positions[:, strip][present[:, strip]]
        if len(found):
            low, high = found.min(axis=0), found.max(axis=0)
            boxes.append(((low[0], low[1], low[2]), (high[0], high[1], high[2])))
    return WallReach(tuple(boxes), float(pitch[present].min()))


class FlatRaster(NamedTuple):
    """LEDs that are evenly spaced in a plane: the raster's upper left corner, and the steps along a row and down."""

    corner: NDArray[np.float64]
    column: NDArray[np.float64]
    row: NDArray[np.float64]


def flat_raster(positions: NDArray[np.float64]) -> FlatRaster | None:
    """The raster that gives all of `positions` (rows, columns, 3) within a micrometre; None where there is none."""
    rows, columns = positions.shape[:2]
    if min(rows, columns) < 2 or not np.isfinite(positions).all():
        return None
    first = positions[0, 0]
    column = (positions[0, -1] - first) / (columns - 1)
    row = (positions[-1, 0] - first) / (rows - 1)
    even = first + np.arange(columns)[None, :, None] * column + np.arange(rows)[:, None, None] * row
    if np.abs(positions - even).max() > _FLAT_WITHIN_M:
        return None
    return FlatRaster(first - 0.5 * (column + row), column, row)


class LedForm(NamedTuple):
    """How shaders know where LEDs are: the option of `common/led.glsl`, none where it looks that up; its uniforms."""

    option: str
    values: dict[str, Uniform]


def led_form(positions: NDArray[np.float64], pitch: NDArray[np.float64]) -> LedForm:
    """How the places of all LEDs are known."""
    flat = flat_raster(positions)
    if flat is None:
        return _bowed(positions, pitch) or LedForm("", {})
    corner, column, row = (tuple(float(part) for part in vector) for vector in flat)
    values: dict[str, Uniform] = {
        "given_first_led": (*corner, float(pitch[0, 0])),
        "given_led_column": column,
        "given_led_row": row,
    }
    return LedForm("FLAT", values)


def _bowed(positions: NDArray[np.float64], pitch: NDArray[np.float64]) -> LedForm | None:
    """Upright LEDs evenly spaced on an arc of at most half a turn; None for any others."""
    rows, columns = positions.shape[:2]
    if rows < 2 or columns < 3 or not np.isfinite(positions).all() or np.ptp(pitch) > _EVEN_PITCH * pitch.min():
        return None
    ends = positions[0, [0, columns - 1], :2]
    middle = positions[0, columns // 2, :2]
    matrix = 2.0 * (ends - middle)
    if abs(np.linalg.det(matrix)) < _LEAST_BOW_M2:
        return None
    axis = np.linalg.solve(matrix, (ends**2).sum(axis=1) - (middle**2).sum())
    away = positions[0, :, :2] - axis
    turns = np.unwrap(np.arctan2(away[:, 0], away[:, 1]))
    step, centre = (turns[-1] - turns[0]) / (columns - 1), 0.5 * (turns[0] + turns[-1])
    down = (positions[-1, 0, 2] - positions[0, 0, 2]) / (rows - 1)
    radius = float(np.linalg.norm(away[0]))
    angles = centre + (np.arange(columns) - 0.5 * (columns - 1)) * step
    even = np.empty_like(positions)
    even[..., 0], even[..., 1] = axis[0] + radius * np.sin(angles), axis[1] + radius * np.cos(angles)
    even[..., 2] = (positions[0, 0, 2] + np.arange(rows) * down)[:, None]
    if np.abs(positions - even).max() > _FLAT_WITHIN_M or abs(turns[-1] - turns[0]) > _WIDEST_BOW:
        return None
    sine, cosine = radius * math.sin(centre), radius * math.cos(centre)
    values: dict[str, Uniform] = {
        "given_bow": (
            float(axis[0] + sine),
            float(axis[1] + cosine),
            float(positions[0, 0, 2] - 0.5 * down),
            float(pitch[0, 0]),
        ),
        "given_bow_axes": (cosine, -sine, sine, cosine),
        "given_bow_steps": (-0.5 * columns * float(step), float(step), float(down)),
    }
    return LedForm("BOWED", values)


class LedSamples:
    """A sparse grid of a wall's LEDs, to find the widest footprint in every frame without the GPU."""

    def __init__(self, positions: NDArray[np.float64], pitch: NDArray[np.float64]) -> None:
        rows = np.unique(np.linspace(0, positions.shape[0] - 1, _SAMPLES_A_SIDE).round().astype(int))
        columns = np.unique(np.linspace(0, positions.shape[1] - 1, _SAMPLES_A_SIDE).round().astype(int))
        grid = np.ix_(rows, columns)
        present = np.isfinite(positions[grid]).all(axis=2)
        self._positions = positions[grid][present]
        self._pitch = pitch[grid][present]

    def widest(self, inner: InnerPlan) -> float:
        """The widest footprint, in texels, of the samples inside the picture of `inner`; 0.0 where there are none."""
        seen = self._positions - np.array(inner.eye_m)
        depth = np.maximum(seen @ np.array(inner.ahead), 1e-6)
        across, upward = seen @ np.array(inner.right) / depth, seen @ np.array(inner.up) / depth
        drawn = inner.drawn
        within = (across > drawn.left) & (across < drawn.right) & (upward > drawn.bottom) & (upward < drawn.top)
        widths = self._pitch[within] / depth[within]
        return float(widths.max()) * texels_per_tangent(inner) if widths.size else 0.0
