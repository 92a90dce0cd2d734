"""The positions of LED pixels on a mesh: rasterises its triangles in UV, exact at pixel centres."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from calibration.rasters.meshes import Mesh
from tracking.records import ConfigError

Array = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]

_EDGE_PX = 1e-3
"""Centres this far outside still count. Files print UVs with six digits, which moves edges by about as much."""
_OVERLAP_PX = 1e-2
"""A centre this far inside two triangles means that two places claim the same LED."""
_CHUNK = 2_000_000


def rasterise(mesh: Mesh, columns: int, rows: int) -> Array:
    """Positions (rows, columns, xyz) in the mesh's own axes; NaN if no triangle covers the pixel's centre.

    Barycentric coordinates are affine in UV, so every position is exact. Raises ConfigError, with file and lines, if
    two triangles cover the same pixel, or if none covers any.
    """
    corners = _corners_px(mesh, columns, rows)
    edges = _edge_functions(corners)
    positions = np.full((rows * columns, 3), np.nan)
    rim = np.full(rows * columns, -1, dtype=np.int64)
    inner = np.full(rows * columns, -1, dtype=np.int64)
    for triangle, row, column in _covered(corners, edges, columns, rows):
        line = edges[triangle]
        distance = line[..., 0] * column[:, None] + line[..., 1] * row[:, None] + line[..., 2]
        inside = distance.min(axis=1) >= _OVERLAP_PX
        pixel = row * columns + column
        rim[pixel[~inside]] = triangle[~inside]
        _claim(mesh, inner, pixel[inside], triangle[inside], columns)
    owner = np.where(inner >= 0, inner, rim)
    covered = np.flatnonzero(owner >= 0)
    if covered.size == 0:
        raise ConfigError(f"{mesh.file}: found no triangle over any of {columns} x {rows} pixels, expected UVs of 0..1")
    for part in np.array_split(covered, covered.size // _CHUNK + 1):
        chosen = owner[part]
        positions[part] = _positions(mesh, corners[chosen], chosen, part % columns, part // columns)
    return positions.reshape(rows, columns, 3)


def _corners_px(mesh: Mesh, columns: int, rows: int) -> Array:
    """UVs as (column, row), with pixel centres at whole numbers and row 0 at the top."""
    size = np.array([columns, rows], dtype=np.float64)
    flipped = np.stack([mesh.uvs[..., 0], 1.0 - mesh.uvs[..., 1]], axis=-1)
    scaled: Array = flipped * size - 0.5
    return scaled


def _edge_functions(corners: Array) -> Array:
    """(n, 3 edges, (a, b, c)): a x + b y + c is the distance in pixels from each edge, + inside."""
    start, end = corners, np.roll(corners, -1, axis=1)
    a, b = start[..., 1] - end[..., 1], end[..., 0] - start[..., 0]
    length = np.maximum(np.hypot(a, b), 1e-300)
    c = -(a * start[..., 0] + b * start[..., 1])
    side, ahead = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    turn = np.sign(side[:, 0] * ahead[:, 1] - side[:, 1] * ahead[:, 0])
    lines: Array = np.stack([a, b, c], axis=-1) * (turn[:, None] / length)[..., None]
    return lines


def _covered(corners: Array, edges: Array, columns: int, rows: int) -> Iterator[tuple[Indices, Indices, Indices]]:
    """Triangle, row and column of every covered centre, in bounded chunks."""
    first = np.maximum(np.ceil(corners[..., 1].min(axis=1) - _EDGE_PX), 0).astype(np.int64)
    last = np.minimum(np.floor(corners[..., 1].max(axis=1) + _EDGE_PX), rows - 1).astype(np.int64)
    for triangle, row in _expand(first, last):
        left, right = _row_spans(corners[triangle], edges[triangle], row, columns)
        for span, column in _expand(left, right):
            yield triangle[span], row[span], column


def _row_spans(corners: Array, edges: Array, row: Indices, columns: int) -> tuple[Indices, Indices]:
    """First and last column that a triangle covers in one row; last < first if it covers none."""
    a, rest = edges[..., 0], edges[..., 1] * row[:, None] + edges[..., 2] + _EDGE_PX
    with np.errstate(divide="ignore", invalid="ignore"):
        bound = -rest / a
    left = np.where(a > 0.0, bound, -np.inf).max(axis=1)
    right = np.where(a < 0.0, bound, np.inf).min(axis=1)
    missed = ((a == 0.0) & (rest < 0.0)).any(axis=1)
    left = np.maximum(np.maximum(left, corners[..., 0].min(axis=1) - _EDGE_PX), 0.0)
    right = np.minimum(np.minimum(right, corners[..., 0].max(axis=1) + _EDGE_PX), columns - 1.0)
    right = np.where(missed, -1.0, np.maximum(right, -1.0))
    return np.ceil(np.minimum(left, columns)).astype(np.int64), np.floor(right).astype(np.int64)


def _expand(first: Indices, last: Indices) -> Iterator[tuple[Indices, Indices]]:
    """Every (index, value) with first[index] <= value <= last[index], in chunks of about `_CHUNK`."""
    counts = np.maximum(last - first + 1, 0)
    ends = np.cumsum(counts)
    begin = 0
    while begin < counts.size:
        done = int(ends[begin - 1]) if begin else 0
        end = max(begin + 1, int(np.searchsorted(ends, done + _CHUNK, side="right")))
        part = counts[begin:end]
        index = np.repeat(np.arange(begin, end), part)
        within = np.arange(index.size) - np.repeat(np.cumsum(part) - part, part)
        yield index, first[index] + within
        begin = end


def _claim(mesh: Mesh, inner: Indices, pixel: Indices, triangle: Indices, columns: int) -> None:
    """Note the owner of each pixel. Two owners are an error that names both faces."""
    earlier = inner[pixel]
    inner[pixel] = triangle
    clash = np.flatnonzero((inner[pixel] != triangle) | (earlier >= 0))
    if clash.size == 0:
        return
    place = int(pixel[clash[0]])
    other = int(earlier[clash[0]]) if earlier[clash[0]] >= 0 else int(inner[place])
    lines = sorted((int(mesh.lines[other]), int(mesh.lines[int(triangle[clash[0]])])))
    raise ConfigError(
        f"{mesh.file}:{lines[1]}: found UVs that overlap those of line {lines[0]} at column {place % columns}, "
        f"row {place // columns}, expected each LED pixel on one face only"
    )


def _positions(mesh: Mesh, corners: Array, triangle: Indices, column: Indices, row: Indices) -> Array:
    """Barycentric interpolation from each triangle's first corner."""
    origin = corners[:, 0]
    side, ahead = corners[:, 1] - origin, corners[:, 2] - origin
    x, y = column - origin[:, 0], row - origin[:, 1]
    area = side[:, 0] * ahead[:, 1] - side[:, 1] * ahead[:, 0]
    second = (x * ahead[:, 1] - ahead[:, 0] * y) / area
    third = (side[:, 0] * y - x * side[:, 1]) / area
    points = mesh.points[triangle]
    return np.asarray(
        points[:, 0] + second[:, None] * (points[:, 1] - points[:, 0]) + third[:, None] * (points[:, 2] - points[:, 0])
    )
