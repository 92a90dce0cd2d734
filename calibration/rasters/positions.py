"""The positions of LEDs: of all pixel centres, and the sparse surface that the planner needs.

Runs when a wall is loaded, never in the step.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from calibration.rasters.meshes import Mesh
from calibration.rasters.uv_raster import rasterise
from calibration.walls import ArcShape, MeshShape, PlaneShape, Wall, WallSurface
from tracking.records import FARTHEST_M, ConfigError, Vec3

Array = npt.NDArray[np.float64]

MAX_WALL_PIXELS = 1 << 26
CLOSEST_LEDS_M = 1e-6
"""LEDs closer than this mean a wall in the wrong unit. Float32 could not keep them apart."""
_BLOCK_NUMBERS = 60_000
_GRID_COLUMNS = 9
_GRID_ROWS = 5
_PATCH_NODES = {PlaneShape: (5, 9), ArcShape: (5, 33), MeshShape: (33, 33)}


def wall_positions(wall: Wall, mesh: Mesh | None = None) -> Array:
    """Stage positions in metres of a wall's pixel centres, (rows, columns, xyz), row 0 the top; NaN if there is no LED.

    Planes and arcs are exact, meshes exact at pixel centres. `mesh` is used for mesh walls only, which need it.
    Raises ConfigError for shapes without area and for meshes that cannot be a wall.
    """
    columns, rows = wall.resolution_px
    if columns * rows > MAX_WALL_PIXELS:
        raise ConfigError(
            f"{_key(wall)}resolution_px: found {columns} x {rows}, expected at most {MAX_WALL_PIXELS} pixels"
        )
    match wall.shape:
        case PlaneShape():
            return _plane_positions(wall, wall.shape, columns, rows)
        case ArcShape():
            return _arc_positions(wall.shape, columns, rows)
        case MeshShape():
            if mesh is None:
                raise ConfigError(
                    f"{_key(wall)}shape.file: found no mesh loaded, expected {wall.shape.file!r} to be read first"
                )
            _refuse_far(wall, wall.shape, mesh)
            return _mesh_positions(wall.shape, rasterise(mesh, columns, rows))


def _key(wall: Wall) -> str:
    return f"walls.{wall.name}."


def _plane_positions(wall: Wall, shape: PlaneShape, columns: int, rows: int) -> Array:
    corner, across, upward = _plane_axes(shape)
    if not np.linalg.norm(np.cross(across, upward)) > 1e-9:
        raise ConfigError(f"{_key(wall)}shape: found three corners in one line, expected a rectangle or parallelogram")
    x = (np.arange(columns) + 0.5) / columns
    y = 1.0 - (np.arange(rows) + 0.5) / rows
    return np.asarray(corner + x[None, :, None] * across + y[:, None, None] * upward)


def _plane_axes(shape: PlaneShape) -> tuple[Array, Array, Array]:
    """The lower left corner, the lower edge to the right, and the left edge upwards."""
    corner = np.array(shape.lower_left_m, dtype=np.float64)
    return corner, np.array(shape.lower_right_m) - corner, np.array(shape.upper_left_m) - corner


def _arc_positions(shape: ArcShape, columns: int, rows: int) -> Array:
    sweep, turn = math.radians(shape.sweep_deg), math.radians(shape.turn_deg)
    angle = ((np.arange(columns) + 0.5) / columns - 0.5) * sweep - turn
    positions = np.empty((rows, columns, 3))
    positions[..., 0] = shape.base_m[0] + shape.radius_m * np.sin(angle)
    positions[..., 1] = shape.base_m[1] + shape.radius_m * np.cos(angle)
    height = (1.0 - (np.arange(rows) + 0.5) / rows) * shape.height_m
    positions[..., 2] = shape.base_m[2] + height[:, None]
    return positions


def _refuse_far(wall: Wall, shape: MeshShape, mesh: Mesh) -> None:
    farthest = float(np.abs(mesh.points).max()) * shape.scale
    if not farthest <= FARTHEST_M:
        raise ConfigError(
            f"{_key(wall)}shape: found a corner {farthest:g} m from the stage's origin, expected at most "
            f"{FARTHEST_M:g}: measure from an origin on the stage, and check scale"
        )


def _mesh_positions(shape: MeshShape, positions: Array) -> Array:
    """Scale to metres and turn to the stage's axes. In a file with Y up, -Z is the stage's +Y."""
    if shape.up == "y":
        positions = np.stack([positions[..., 0], -positions[..., 2], positions[..., 1]], axis=-1)
    return positions * shape.scale


def wall_surface(wall: Wall, positions: Array) -> WallSurface:
    """The wall surface for the planner: up to 9 x 5 of its LEDs with normals towards the viewer, edges included.

    `pixel_pitch_m` is the smallest distance between neighbouring LEDs, or 1.0 if there is only one LED. Raises
    ConfigError if a mesh covers no LED with neighbours, or if LEDs are too close together.
    """
    pitch = _pixel_pitch(positions)
    if pitch < CLOSEST_LEDS_M:
        raise ConfigError(
            f"{_key(wall)}shape: found LEDs {pitch:g} m apart, expected at least {CLOSEST_LEDS_M:g}: give metres"
        )
    samples = [sample for cell in _cells(positions) if (sample := _sample(wall, positions, *cell)) is not None]
    if not samples:
        raise ConfigError(f"{_key(wall)}shape: found too few covered pixels, expected a mesh over at least 2 x 2 LEDs")
    patches, reach = _patches(_triangles(wall, positions), np.array([point for point, _ in samples]))
    return WallSurface(
        name=wall.name,
        points_m=tuple(_plain(point) for point, _ in samples),
        normals=tuple(_plain(normal) for _, normal in samples),
        pixel_pitch_m=pitch,
        patches_m=patches,
        reach_m=reach,
    )


def _triangles(wall: Wall, positions: Array) -> Array:
    """Triangles (n, 3 corners, xyz) between LEDs of a coarse raster, which is finer for curved walls."""
    rows, columns = _PATCH_NODES[type(wall.shape)]
    grid = positions[np.ix_(_nodes(positions.shape[0], rows), _nodes(positions.shape[1], columns))]
    upper_left, upper_right = grid[:-1, :-1], grid[:-1, 1:]
    lower_left, lower_right = grid[1:, :-1], grid[1:, 1:]
    halves = ((upper_left, lower_left, lower_right), (upper_left, lower_right, upper_right))
    triangles = np.concatenate([np.stack(corners, axis=2).reshape(-1, 3, 3) for corners in halves])
    return np.asarray(triangles[np.isfinite(triangles).all(axis=(1, 2))])


def _patches(triangles: Array, points: Array) -> tuple[tuple[tuple[tuple[Vec3, Vec3, Vec3], ...], ...], float]:
    """The triangles nearest to each sample, and the greatest distance of a corner from its sample."""
    nearest = np.linalg.norm(triangles.mean(axis=1)[:, None] - points, axis=2).argmin(axis=1)
    reach = np.linalg.norm(triangles - points[nearest][:, None], axis=2)
    groups = tuple(
        tuple((_plain(a), _plain(b), _plain(c)) for a, b, c in triangles[nearest == sample])
        for sample in range(len(points))
    )
    return groups, float(reach.max(initial=0.0))


def _cells(positions: Array) -> list[tuple[int, int]]:
    """Row and column of the sampled LEDs: grid nodes, or the pixel with an LED closest to the node."""
    rows = _nodes(positions.shape[0], _GRID_ROWS)
    columns = _nodes(positions.shape[1], _GRID_COLUMNS)
    nearest = (_nearest_lit(positions, row, column) for row in rows for column in columns)
    return list(dict.fromkeys(cell for cell in nearest if cell is not None))


def _nodes(count: int, wanted: int) -> list[int]:
    return sorted({round(k * (count - 1) / (wanted - 1)) for k in range(wanted)})


def _nearest_lit(positions: Array, row: int, column: int) -> tuple[int, int] | None:
    if np.isfinite(positions[row, column, 0]):
        return row, column
    reach_rows = positions.shape[0] // (2 * (_GRID_ROWS - 1)) + 1
    reach_columns = positions.shape[1] // (2 * (_GRID_COLUMNS - 1)) + 1
    top, left = max(0, row - reach_rows), max(0, column - reach_columns)
    window = positions[top : row + reach_rows + 1, left : column + reach_columns + 1, 0]
    lit = np.argwhere(np.isfinite(window))
    if lit.size == 0:
        return None
    away = ((lit - np.array([row - top, column - left])) ** 2).sum(axis=1)
    nearest = lit[int(away.argmin())]
    return int(nearest[0]) + top, int(nearest[1]) + left


def _sample(wall: Wall, positions: Array, row: int, column: int) -> tuple[Array, Array] | None:
    """A point of the wall and its normal; None if a mesh has no neighbours from which to compute the normal."""
    point: Array = positions[row, column]
    match wall.shape:
        case PlaneShape():
            _, across, upward = _plane_axes(wall.shape)
            normal = np.cross(across, upward)
        case ArcShape():
            base = wall.shape.base_m
            normal = np.array([base[0] - point[0], base[1] - point[1], 0.0])
        case MeshShape():
            across = _difference(positions[row], column)
            downward = _difference(positions[:, column], row)
            normal = -np.cross(across, downward)
    length = float(np.linalg.norm(normal))
    return (point, normal / length) if length > 0.0 else None


def _difference(line: Array, index: int) -> Array:
    """Step from the previous LED to the next along a row or column; NaN if neither neighbour exists."""
    before, after = line[max(index - 1, 0)], line[min(index + 1, len(line) - 1)]
    first = before if np.isfinite(before[0]) else line[index]
    second = after if np.isfinite(after[0]) else line[index]
    return np.asarray(second - first)


def _pixel_pitch(positions: Array) -> float:
    """In blocks of rows that fit into the processor's cache: then it takes a quarter of the time."""
    smallest = math.inf
    rows = max(1, _BLOCK_NUMBERS // positions[0].size)
    for first in range(0, positions.shape[0], rows):
        for axis, part in ((0, positions[first : first + rows + 1]), (1, positions[first : first + rows])):
            square = np.diff(part, axis=axis)
            square *= square
            whole = square[..., 0] + square[..., 1]
            whole += square[..., 2]
            smallest = min(smallest, float(np.fmin.reduce(whole, axis=None, initial=math.inf)))  # NaN covers no LED
    return math.sqrt(smallest) if math.isfinite(smallest) else 1.0


def _plain(vector: Array) -> Vec3:
    return (float(vector[0]), float(vector[1]), float(vector[2]))
