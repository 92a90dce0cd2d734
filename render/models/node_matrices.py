"""Placements of nodes as matrices, many at once, and back. Matrices act on columns; quaternions are x, y, z, w.

Khronos, "glTF 2.0 Specification", section 3.5.3: translation times rotation times scale.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from render.models.model import Node

Wide = NDArray[np.float64]
_Triple = tuple[float, float, float]
_EXACT = 1e-9
"""How much of a matrix's largest number may be lost where it is taken apart."""


def matrices_of(places: NDArray[Any], turns: NDArray[Any], scales: NDArray[Any]) -> Wide:
    """Matrices (n, 4, 4) of places (n, 3), unit quaternions (n, 4) and scales (n, 3), in double precision."""
    x, y, z, w = np.asarray(turns, dtype=np.float64).T
    found = np.zeros((len(x), 4, 4))
    found[:, 0, 0] = 1.0 - 2.0 * (y * y + z * z)
    found[:, 0, 1] = 2.0 * (x * y - z * w)
    found[:, 0, 2] = 2.0 * (x * z + y * w)
    found[:, 1, 0] = 2.0 * (x * y + z * w)
    found[:, 1, 1] = 1.0 - 2.0 * (x * x + z * z)
    found[:, 1, 2] = 2.0 * (y * z - x * w)
    found[:, 2, 0] = 2.0 * (x * z - y * w)
    found[:, 2, 1] = 2.0 * (y * z + x * w)
    found[:, 2, 2] = 1.0 - 2.0 * (x * x + y * y)
    found[:, :3, :3] *= np.asarray(scales, dtype=np.float64)[:, None, :]
    found[:, :3, 3] = places
    found[:, 3, 3] = 1.0
    return found


def taken_apart(matrix: Wide) -> tuple[_Triple, tuple[float, float, float, float], _Triple] | None:
    """Translation, rotation and scale of an affine matrix; None where it shears, or flattens an axis.

    A mirrored one has a negative scale along X.
    """
    inner = matrix[:3, :3]
    scales = np.linalg.norm(inner, axis=0)
    if not scales.all():
        return None
    if np.linalg.det(inner / scales) < 0.0:
        scales[0] = -scales[0]
    turn = _quaternion(inner / scales)
    again = matrices_of(matrix[None, :3, 3], turn[None], scales[None])[0]
    if np.abs(again - matrix)[:3, :3].max() > _EXACT * np.abs(inner).max():
        return None
    place = matrix[:3, 3]
    return (
        (float(place[0]), float(place[1]), float(place[2])),
        (float(turn[0]), float(turn[1]), float(turn[2]), float(turn[3])),
        (float(scales[0]), float(scales[1]), float(scales[2])),
    )


def _quaternion(turned: Wide) -> Wide:
    """The unit quaternion of a rotation matrix, from its largest component (Shepperd 1978)."""
    trace = np.trace(turned)
    squares = np.array([*(1.0 + 2.0 * np.diag(turned) - trace), 1.0 + trace])
    largest = int(np.argmax(squares))
    found = np.empty(4)
    if largest == 3:
        found[:3] = (turned[2, 1] - turned[1, 2], turned[0, 2] - turned[2, 0], turned[1, 0] - turned[0, 1])
        found[3] = squares[3]
    else:
        second, third = (largest + 1) % 3, (largest + 2) % 3
        found[largest] = squares[largest]
        found[second] = turned[second, largest] + turned[largest, second]
        found[third] = turned[third, largest] + turned[largest, third]
        found[3] = turned[third, second] - turned[second, third]
    return np.asarray(found / np.linalg.norm(found))


def parts_of(nodes: tuple[Node, ...]) -> tuple[Wide, Wide, Wide]:
    """Places (n, 3), turns (n, 4) and scales (n, 3) of nodes."""
    places = np.array([node.place_m for node in nodes], dtype=np.float64).reshape(-1, 3)
    turns = np.array([node.turn for node in nodes], dtype=np.float64).reshape(-1, 4)
    scales = np.array([node.scale for node in nodes], dtype=np.float64).reshape(-1, 3)
    return places, turns, scales


class Levels:
    """The nodes of a tree by their depth, so that all of a depth are multiplied at once."""

    def __init__(self, nodes: tuple[Node, ...]) -> None:
        depths: list[int] = []
        for node in nodes:
            depths.append(0 if node.parent < 0 else depths[node.parent] + 1)
        by_depth: list[list[int]] = [[] for _ in range(max(depths, default=-1) + 1)]
        for place, depth in enumerate(depths):
            by_depth[depth].append(place)
        parents = np.array([node.parent for node in nodes], dtype=np.intp)
        self._levels = [(np.array(places), parents[places]) for places in by_depth[1:]]

    def multiply(self, matrices: Wide) -> Wide:
        """Model from node, of matrices that are parent from node: in place, and given back."""
        for places, parents in self._levels:
            matrices[places] = matrices[parents] @ matrices[places]
        return matrices
