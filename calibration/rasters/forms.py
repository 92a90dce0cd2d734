"""Measures the form of a wall from the positions of its LEDs: size, pitch, facing and edges."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from calibration.forms import WallForm
from tracking.records import Vec3

Array = npt.NDArray[np.float64]

_SAMPLES = 33


def wall_form(name: str, positions: Array) -> WallForm:
    """The form of a wall, from its LED positions (rows, columns, xyz; metres; NaN where there is no LED).

    Sampled at up to 33 rows and 33 columns, so that large walls cost no more than small ones.
    """
    rows, columns = _nodes(positions.shape[0]), _nodes(positions.shape[1])
    lines, posts = positions[rows], positions[:, columns].swapaxes(0, 1)
    across, up = _steps(positions, rows, columns, 1), -_steps(positions, rows, columns, 0)
    width, height = _longest(lines), _longest(posts)
    middle_across, middle_up = _middle(across), _middle(up)
    return WallForm(
        name=name,
        width_m=width,
        height_m=height,
        across_m=_median_length(across),
        up_m=_median_length(up),
        corner_deg=_angle_deg(across, up),
        centre_m=_plain(_middle(lines[:, columns])),
        facing=_plain(_unit(_middle(np.cross(across, up)))),
        upward=_plain(
            _unit(middle_up if np.linalg.norm(middle_up) > 0.0 else np.cross([0.0, 0.0, 1.0], middle_across))
        ),
        lower_edge_m=_edge(lines[::-1, columns]),
        upper_edge_m=_edge(lines[:, columns]),
    )


def _nodes(count: int) -> list[int]:
    wanted = min(count, _SAMPLES)
    return sorted({round(k * (count - 1) / max(1, wanted - 1)) for k in range(wanted)})


def _steps(positions: Array, rows: list[int], columns: list[int], axis: int) -> Array:
    """The step from each sampled LED to the next along an axis (1: to the right, 0: downwards); NaN at gaps."""
    count = positions.shape[axis]
    here = [min(node, max(0, count - 2)) for node in (columns if axis else rows)]
    there = [min(node + 1, count - 1) for node in here]
    first, second = ((rows, here), (rows, there)) if axis else ((here, columns), (there, columns))
    return np.asarray(positions[np.ix_(*second)] - positions[np.ix_(*first)])


def _longest(lines: Array) -> float:
    """The longest of several lines of LEDs, from the outer edge of the first LED to that of the last."""
    steps = np.linalg.norm(np.diff(lines, axis=1), axis=2)
    counts = np.isfinite(steps).sum(axis=1)
    lengths = np.nansum(steps, axis=1)
    return float((lengths * (counts + 1) / np.maximum(counts, 1)).max(initial=0.0))


def _middle(vectors: Array) -> Array:
    flat = vectors.reshape(-1, 3)
    finite = flat[np.isfinite(flat).all(axis=1)]
    return np.asarray(finite.mean(axis=0)) if len(finite) else np.zeros(3)


def _median_length(steps: Array) -> float:
    lengths = np.linalg.norm(steps, axis=-1)
    finite = lengths[np.isfinite(lengths)]
    return float(np.median(finite)) if finite.size else 0.0


def _angle_deg(across: Array, up: Array) -> float:
    """The median angle between rows and columns; 90 where there is none."""
    lengths = np.linalg.norm(across, axis=-1) * np.linalg.norm(up, axis=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        cosines = (across * up).sum(axis=-1) / lengths
    finite = cosines[np.isfinite(cosines)]
    return math.degrees(math.acos(float(np.clip(np.median(finite), -1.0, 1.0)))) if finite.size else 90.0


def _unit(vector: Array) -> Array:
    length = float(np.linalg.norm(vector))
    return vector / length if length > 0.0 else vector


def _edge(lines: Array) -> tuple[Vec3, ...]:
    """The first LED of each column among rows that are ordered from the edge inwards."""
    lit = np.isfinite(lines[..., 0])
    first = lit.argmax(axis=0)
    return tuple(_plain(lines[first[column], column]) for column in range(lines.shape[1]) if lit[:, column].any())


def _plain(vector: Array) -> Vec3:
    return (float(vector[0]), float(vector[1]), float(vector[2]))
