"""Rotations of the film camera as 3x3 matrices: columns are its right, ahead and up in the stage.

Pan, tilt, roll are SMPTE OpenTrackIO 1.0.1's: intrinsic Z-X-Y, pan + turns left, tilt + up, roll + clockwise seen
from behind; at zero the camera looks along +Y. Matrices only, so that nothing is shared with the walls' own path.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


def axes_from_pan_tilt_roll(pan_deg: float, tilt_deg: float, roll_deg: float) -> Array:
    """(3, 3): the camera turned by roll, then tilt, then pan."""
    cos_pan, sin_pan = _circle(pan_deg)
    cos_tilt, sin_tilt = _circle(tilt_deg)
    cos_roll, sin_roll = _circle(roll_deg)
    about_z = np.array([[cos_pan, -sin_pan, 0.0], [sin_pan, cos_pan, 0.0], [0.0, 0.0, 1.0]])
    about_x = np.array([[1.0, 0.0, 0.0], [0.0, cos_tilt, -sin_tilt], [0.0, sin_tilt, cos_tilt]])
    about_y = np.array([[cos_roll, 0.0, sin_roll], [0.0, 1.0, 0.0], [-sin_roll, 0.0, cos_roll]])
    return np.asarray(about_z @ about_x @ about_y)


def axes_from_quaternion(quaternion: npt.ArrayLike) -> Array:
    """(..., 3, 3) of quaternions (..., 4) as x, y, z, w of any length but 0."""
    given = np.asarray(quaternion, dtype=np.float64)
    x, y, z, w = np.moveaxis(given / np.linalg.norm(given, axis=-1, keepdims=True), -1, 0)
    axes = np.empty((*x.shape, 3, 3))
    axes[..., 0, 0], axes[..., 1, 1] = 1 - 2 * (y * y + z * z), 1 - 2 * (x * x + z * z)
    axes[..., 2, 2] = 1 - 2 * (x * x + y * y)
    axes[..., 0, 1], axes[..., 1, 0] = 2 * (x * y - z * w), 2 * (x * y + z * w)
    axes[..., 0, 2], axes[..., 2, 0] = 2 * (x * z + y * w), 2 * (x * z - y * w)
    axes[..., 1, 2], axes[..., 2, 1] = 2 * (y * z - x * w), 2 * (y * z + x * w)
    return axes


def quaternion_from_axes(axes: Array) -> tuple[float, float, float, float]:
    """x, y, z, w with w >= 0 of one rotation matrix (S. W. Shepperd, Journal of Guidance and Control 1, 1978)."""
    trace = axes[0, 0] + axes[1, 1] + axes[2, 2]
    squares = 0.25 * np.array([1 + 2 * axes[0, 0] - trace, 1 + 2 * axes[1, 1] - trace, 1 + 2 * axes[2, 2] - trace])
    largest = int(np.argmax([*squares, 0.25 * (1 + trace)]))
    turned = axes[2, 1] - axes[1, 2], axes[0, 2] - axes[2, 0], axes[1, 0] - axes[0, 1]
    if largest == 3:
        w = 0.5 * math.sqrt(1 + trace)
        vector = [part / (4 * w) for part in turned]
    else:
        first = math.sqrt(squares[largest])
        vector = [(axes[largest, other] + axes[other, largest]) / (4 * first) for other in range(3)]
        vector[largest] = first
        w = turned[largest] / (4 * first)
    x, y, z, w = (float(part) * (-1.0 if w < 0 else 1.0) for part in (*vector, w))
    return (x, y, z, w)


def turned(vectors: Array, matrix: Array) -> Array:
    """Products of `matrix` (m, 3) with each of the `vectors` (n, 3): (n, m), each column contiguous in memory.

    Not by BLAS, whose threads wait for each other on a busy machine and whose last digits differ between machines.
    """
    x, y, z = vectors[:, 0], vectors[:, 1], vectors[:, 2]
    products = np.empty((len(vectors), len(matrix)), order="F")
    for index, (first, second, third) in enumerate(matrix.tolist()):
        column = products[:, index]
        np.multiply(x, first, out=column)
        column += y * second
        column += z * third
    return products


def _circle(angle_deg: float) -> tuple[float, float]:
    angle = math.radians(angle_deg)
    return math.cos(angle), math.sin(angle)
