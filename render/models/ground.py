"""What figures of a crowd stand on: those triangles of a model that look upwards, found by where they are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from render.models.faults import ModelError
from render.models.model import Model
from render.models.pose import Posing
from render.worlds.shared.model_values import FARTHEST_M

MOST_GROUND = 100_000
"""So many triangles may look upwards."""
_LEAST_UP = 0.5
"""Of a normal of unit length: ground is at most 60 degrees steep."""
SAME_M = 1e-5
"""Surfaces that are no farther apart than this are one."""
_LEAST_AREA_M2 = 1e-8
_MOST_NAMED = 10
_MOST_CELLS = 256
_ENTRIES = 8
Wide = NDArray[np.float64]
Places = NDArray[np.intp]


def ground_of(model: Model, name: str | None) -> Ground:
    """The triangles of a model, or of a node or mesh of this name and what hangs on it, that look upwards.

    Raises ModelError where there are none or too many, or no such node.
    """
    where = "nodes" if name is None else f"nodes {name!r}"
    whole = list(_triangles(model, _named(model, name)))
    corners = np.concatenate(whole) if whole else np.zeros((0, 3, 3), np.float32)
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    size = np.linalg.norm(across, axis=1)
    is_up = (size > 2.0 * _LEAST_AREA_M2) & (across[:, 1] >= _LEAST_UP * size)
    found = corners[is_up]
    if not len(found):
        raise ModelError("model_ground_none", where, found=len(corners))
    if len(found) > MOST_GROUND:
        raise ModelError("model_ground_many", where, found=len(found), most=MOST_GROUND)
    if not (np.abs(found) <= FARTHEST_M).all():
        raise ModelError("model_ground_far", where, most=FARTHEST_M)
    return _ground(found)


def _named(model: Model, name: str | None) -> list[int]:
    """The nodes of this name or whose mesh has it, and all below them. Raises ModelError where there is none."""
    chosen: list[int] = []
    known = set()
    for number, node in enumerate(model.nodes):
        names = {node.name, "" if node.mesh is None else model.meshes[node.mesh].name}
        if name is None or name in names or node.parent in known:
            chosen.append(number)
            known.add(number)
    if not chosen and name is not None:
        standing = dict.fromkeys(node.name for node in model.nodes if node.name and node.mesh is not None)
        listed = ", ".join(one[:60] for one in list(standing)[:_MOST_NAMED]) or "-"
        raise ModelError("model_ground_unnamed", "nodes", found=name[:60], expected=listed)
    return chosen


def _triangles(model: Model, nodes: list[int]) -> Iterator[Wide]:
    """Their corners at rest, (n, 3, 3), counter-clockwise seen from outside. What bends is no ground."""
    placed = Posing(model).at(None, 0.0).nodes.astype(np.float64)
    total = 0
    for number in nodes:
        node = model.nodes[number]
        if node.mesh is None or node.skin is not None:
            continue
        copies = placed[number][None] if node.instances is None else placed[number] @ node.instances.astype(np.float64)
        for part in model.meshes[node.mesh].parts:
            total += len(copies) * len(part.triangles)
            if total > 20 * MOST_GROUND:
                raise ModelError("model_ground_many", f"nodes[{number}]", found=total, most=20 * MOST_GROUND)
            here = part.positions.astype(np.float64)
            for matrix in copies:
                corners = (here @ matrix[:3, :3].T + matrix[:3, 3])[part.triangles.astype(np.intp)]
                yield corners[:, ::-1] if np.linalg.det(matrix[:3, :3]) < 0.0 else corners


class Ground(NamedTuple):
    """Triangles to stand on, in metres to the right, ahead and up of the crowd's origin.

    `corners`: (n, 3, 3); `rises`: how far up each goes a metre to the right, and ahead, (n, 2). Those that a cell of a
    grid meets, whose corner is `low_m` and whose side `cell_m`, are `members` from `starts` of the cell on.
    """

    corners: Wide
    rises: Wide
    low_m: Wide
    cell_m: Wide
    cells: tuple[int, int]
    starts: Places
    members: Places

    def height(self, triangle: Places, places: Wide) -> Wide:
        """How high the planes of triangles are at places (n, 2)."""
        first = self.corners[triangle, 0]
        return np.asarray(first[:, 2] + ((places - first[:, :2]) * self.rises[triangle]).sum(axis=1))

    def in_cells(self, places: Wide) -> tuple[Places, Places]:
        """Every triangle in the cell of each place: pairs of the place's number and the triangle."""
        column, row = np.floor((places - self.low_m) / self.cell_m).astype(np.intp).T
        is_on = (column >= 0) & (row >= 0) & (column < self.cells[0]) & (row < self.cells[1])
        cells = np.where(is_on, row * self.cells[0] + column, 0)
        counts = np.where(is_on, self.starts[cells + 1] - self.starts[cells], 0)
        of = np.repeat(np.arange(len(places)), counts)
        within = np.arange(len(of)) - np.repeat(np.cumsum(counts) - counts, counts)
        return of, self.members[self.starts[cells[of]] + within]

    def until_next_cell(self, places: Wide, ways: Wide) -> Wide:
        """How far it is from each place along its way to the edge of its cell."""
        cells = np.floor((places - self.low_m) / self.cell_m)
        edges = self.low_m + (cells + (ways > 0.0)) * self.cell_m
        with np.errstate(divide="ignore", invalid="ignore"):
            until = np.where(ways != 0.0, (edges - places) / ways, np.inf)
        return np.asarray(until.min(axis=1))

    def crossed(self, triangle: Places, places: Wide, ways: Wide) -> tuple[Wide, Wide]:
        """From where to where along its way a place is above or below a triangle; nowhere if the first is larger."""
        corners = self.corners[triangle, :, :2]
        begins, ends = np.full(len(places), -np.inf), np.full(len(places), np.inf)
        for one, after in ((0, 1), (1, 2), (2, 0)):
            edge, to = corners[:, after] - corners[:, one], places - corners[:, one]
            inside = edge[:, 0] * to[:, 1] - edge[:, 1] * to[:, 0]
            turns = edge[:, 0] * ways[:, 1] - edge[:, 1] * ways[:, 0]
            with np.errstate(divide="ignore", invalid="ignore"):
                at = -inside / turns
            begins = np.where(turns > 0.0, np.maximum(begins, at), begins)
            ends = np.where(turns < 0.0, np.minimum(ends, at), ends)
            ends = np.where((turns == 0.0) & (inside < 0.0), -np.inf, ends)
        return begins, ends

    def below(self, places: Wide, heights: Wide, most_m: float) -> Places:
        """Of each place (n, 2) the triangle there whose height is nearest to one, and not farther off; else -1."""
        of, tried = self._covering(places)
        off = np.abs(self.height(tried, places[of]) - heights[of])
        order = np.lexsort((tried, -off, of))
        found = np.full(len(places), -1, np.intp)
        near = order[off[order] <= most_m]
        found[of[near]] = tried[near]  # the last one, which is the nearest, stays
        return found

    def is_free(self, places: Wide, heights: Wide, room_m: float) -> NDArray[np.bool_]:
        """Whether nothing that looks upwards lies above each place, up to so far."""
        of, tried = self._covering(places)
        above = self.height(tried, places[of]) - heights[of]
        free = np.ones(len(places), dtype=bool)
        free[of[(above > SAME_M) & (above < room_m)]] = False
        return free

    def _covering(self, places: Wide) -> tuple[Places, Places]:
        of, tried = self.in_cells(places)
        is_on = np.ones(len(of), dtype=bool)
        for one, after in ((0, 1), (1, 2), (2, 0)):
            first = self.corners[tried, one, :2]
            edge, to = self.corners[tried, after, :2] - first, places[of] - first
            is_on &= edge[:, 0] * to[:, 1] - edge[:, 1] * to[:, 0] >= 0.0
        return of[is_on], tried[is_on]


def _ground(found: Wide) -> Ground:
    """Triangles in the axes of glTF as ground, sorted into a grid by where they are."""
    corners = np.ascontiguousarray((found * (1.0, 1.0, -1.0))[..., [0, 2, 1]])
    up = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    low, high = corners[..., :2].min(axis=1), corners[..., :2].max(axis=1)
    origin, size = low.min(axis=0), np.maximum(high.max(axis=0) - low.min(axis=0), 1e-6)
    side = int(min(_MOST_CELLS, max(1.0, np.sqrt(len(corners)))))
    while True:
        cell = size * (1.0 + 1e-9) / side
        first = np.floor((low - origin) / cell).astype(np.intp)
        spans = np.floor((high - origin) / cell).astype(np.intp) - first + 1
        counts = spans.prod(axis=1)
        if side == 1 or counts.sum() <= _ENTRIES * len(corners) + _MOST_CELLS:
            break
        side = max(1, side // 2)
    of = np.repeat(np.arange(len(corners)), counts)
    within = np.arange(len(of)) - np.repeat(np.cumsum(counts) - counts, counts)
    column = first[of, 0] + within % spans[of, 0]
    row = first[of, 1] + within // spans[of, 0]
    cells = row * side + column
    order = np.argsort(cells, kind="stable")
    starts = np.searchsorted(cells[order], np.arange(side * side + 1))
    return Ground(corners, -up[:, :2] / up[:, 2:], origin, cell, (side, side), starts, of[order])


def areas_m2(ground: Ground) -> Wide:
    """How large each triangle is."""
    first = ground.corners[:, 0]
    across = np.cross(ground.corners[:, 1] - first, ground.corners[:, 2] - first)
    return np.asarray(0.5 * np.linalg.norm(across, axis=1))
