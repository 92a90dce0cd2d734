"""Where errors are: means over cells of the film frame and of each wall's raster."""

from __future__ import annotations

import numpy as np

from render.film.scene import FilmWall
from render.film.surfaces import Array
from stage.verify.judge import FilmView, Verdict
from stage.verify.settings import GRID

WALL_CELLS_ACROSS = 96


class CellMap:
    """Sums and counts over a raster of cells."""

    def __init__(self, columns: int, rows: int) -> None:
        self.columns, self.rows = columns, rows
        self.sums = np.zeros(columns * rows)
        self.counts = np.zeros(columns * rows, dtype=np.int64)

    def add(self, across: Array, down: Array, values: Array) -> None:
        """Adds `values` at places given as shares (0 to 1) of the raster."""
        column = np.clip((across * self.columns).astype(np.int64), 0, self.columns - 1)
        row = np.clip((down * self.rows).astype(np.int64), 0, self.rows - 1)
        cell = row * self.columns + column
        self.sums += np.bincount(cell, weights=values, minlength=len(self.sums))
        self.counts += np.bincount(cell, minlength=len(self.counts))

    def merge(self, other: CellMap) -> None:
        """Adds another raster of the same cells."""
        self.sums += other.sums
        self.counts += other.counts

    def means(self) -> Array:
        """Mean values (rows, columns); NaN in cells without a value."""
        empty = self.counts == 0
        means = np.where(empty, np.nan, self.sums / np.where(empty, 1, self.counts))
        return means.reshape(self.rows, self.columns)


class Maps:
    """The mean registration error of compared pixels, px, over the film frame and over each wall."""

    def __init__(self, walls: tuple[FilmWall, ...], resolution_px: tuple[int, int]) -> None:
        self._resolution_px = np.array(resolution_px, dtype=np.float64)
        self._walls = walls
        self.film = CellMap(*GRID)
        self.walls = {
            wall.name: CellMap(WALL_CELLS_ACROSS, max(1, round(WALL_CELLS_ACROSS * wall.rows / wall.columns)))
            for wall in walls
        }

    def add(self, view: FilmView, verdict: Verdict) -> None:
        """Adds the compared pixels of one photograph."""
        at = verdict.at[verdict.compared]
        place = view.pixels.positions_px[at] / self._resolution_px
        self.film.add(place[:, 0], place[:, 1], verdict.error_px)
        for index, wall in enumerate(self._walls):
            here = np.flatnonzero(view.sight.wall[at] == index)
            across = (view.sight.column[at[here]] + 0.5) / wall.columns
            down = (view.sight.row[at[here]] + 0.5) / wall.rows
            self.walls[wall.name].add(across, down, verdict.error_px[here])

    def merge(self, other: Maps) -> None:
        """Adds maps of the same walls and the same lens."""
        self.film.merge(other.film)
        for name, cells in self.walls.items():
            cells.merge(other.walls[name])

    @property
    def empty(self) -> bool:
        """Whether nothing was compared."""
        return not self.film.counts.any()
