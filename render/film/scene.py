"""The lit walls as the film camera sees them: which wall is nearest along each ray, and what its LEDs show there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from calibration.rasters.meshes import Mesh
from calibration.walls import ArcShape, MeshShape, PlaneShape, Wall
from render.film.mesh_surface import MeshSurface
from render.film.surfaces import ArcSurface, Array, FlatSurface, Mask, Surface

Picture = npt.NDArray[np.float32]
NO_WALL = -1


class Sight(NamedTuple):
    """What (n) rays see. `wall` is the index of a wall, `NO_WALL` for dark surroundings and the backs of walls.

    `column` and `row` count LED centres from 0 at the upper left; `distance` is in lengths of the ray.
    """

    wall: npt.NDArray[np.int64]
    column: Array
    row: Array
    distance: Array

    def of(self, at: npt.NDArray[np.int64]) -> Sight:
        """The rays at these indices."""
        return Sight(self.wall[at], self.column[at], self.row[at], self.distance[at])


@dataclass(frozen=True)
class FilmWall:
    """One wall in front of the film camera."""

    name: str
    columns: int
    rows: int
    surface: Surface


def film_wall(wall: Wall, mesh: Mesh | None = None) -> FilmWall:
    """A wall for the film camera. Raises ValueError for a mesh wall without its mesh."""
    columns, rows = wall.resolution_px
    match wall.shape:
        case PlaneShape():
            surface: Surface = FlatSurface(wall.shape)
        case ArcShape():
            surface = ArcSurface(wall.shape)
        case MeshShape():
            if mesh is None:
                raise ValueError(f"wall {wall.name}: found no mesh, expected {wall.shape.file}")
            surface = MeshSurface(wall.shape, mesh)
    return FilmWall(wall.name, columns, rows, surface)


def look(walls: tuple[FilmWall, ...], eye_m: Array, rays: Array) -> Sight:
    """What each ray (n, 3) from `eye_m` sees. Nearer walls hide those behind them, also with their backs."""
    count = len(rays)
    seen = np.full(count, NO_WALL, dtype=np.int64)
    column, row, nearest = np.zeros(count), np.zeros(count), np.full(count, np.inf)
    for index, wall in enumerate(walls):
        meeting = wall.surface.meet(eye_m, rays)
        nearer = meeting.distance < nearest
        nearest = np.where(nearer, meeting.distance, nearest)
        seen[nearer] = np.where(meeting.lit[nearer], index, NO_WALL)
        column[nearer] = meeting.across[nearer] * wall.columns - 0.5
        row[nearer] = meeting.down[nearer] * wall.rows - 0.5
    return Sight(seen, column, row, nearest)


class Reading(NamedTuple):
    """Light (n, 3) read from a wall; `whole` where there were four LEDs around the place, not at the wall's rim."""

    light: Array
    whole: Mask


def read_leds(picture: Picture, column: Array, row: Array) -> Reading:
    """Light at places of a raster (rows, columns, 3): bilinear between LED centres, the border LED beyond them.

    A place beside an LED that shows nothing at all (0, 0, 0) is not whole: meshes have no LED there.
    """
    rows, columns = picture.shape[:2]
    flat = picture.reshape(rows * columns, 3)
    left = np.clip(np.floor(column), 0, max(columns - 2, 0)).astype(np.int64)
    top = np.clip(np.floor(row), 0, max(rows - 2, 0)).astype(np.int64)
    right_share = np.clip(column - left, 0, 1)
    lower_share = np.clip(row - top, 0, 1)
    step_right, step_down = min(1, columns - 1), columns * min(1, rows - 1)
    first = top * columns + left
    whole = (column >= 0) & (column <= columns - 1) & (row >= 0) & (row <= rows - 1)
    light = np.zeros((len(column), 3))
    for step, share in (
        (0, (1 - right_share) * (1 - lower_share)),
        (step_right, right_share * (1 - lower_share)),
        (step_down, (1 - right_share) * lower_share),
        (step_right + step_down, right_share * lower_share),
    ):
        led = np.take(flat, first + step, axis=0)
        whole &= (led[:, 0] != 0) | (led[:, 1] != 0) | (led[:, 2] != 0)
        light += led * share[:, None]
    return Reading(light, whole)


def read_walls(walls: tuple[FilmWall, ...], pictures: Mapping[str, Picture], sight: Sight) -> Reading:
    """The light of everything seen; black where there is no lit wall or no picture of it."""
    light = np.zeros((len(sight.wall), 3))
    whole = np.zeros(len(sight.wall), dtype=np.bool_)
    for index, wall in enumerate(walls):
        at = np.flatnonzero(sight.wall == index)
        if at.size and wall.name in pictures:
            light[at], whole[at] = read_leds(pictures[wall.name], sight.column[at], sight.row[at])
    return Reading(light, whole)
