"""Where a wall shows anything of a picture, its edges or the end of a moved horizon: nothing is spent elsewhere."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import partial
from itertools import combinations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from render.compose.regions import OUTER, SHARED, Tiles, WallTiles, balls_of, strips_of
from render.gpu.layer_source import LayerSource, Opening
from render.worlds.shared.kept import Kept
from tracking.records import Vec3

_BLOCKS = 16
"""A wall is taken in so many blocks along each side at most, each inside a ball."""
_CELL_M = 0.1
"""Eyes this close to one another are taken as one, so that an eye that moves seldom asks anew."""
_AROUND_CELL_M = 0.5 * math.sqrt(3.0) * _CELL_M
_FINE_CELL_M = 0.05
"""The same where it is told which tiles of a wall see a film: what two films share costs twice as much."""
_AROUND_FINE_M = 0.5 * math.sqrt(3.0) * _FINE_CELL_M
_FAR_ASIDE, _FAR_ROUND, _FAR_UP = 5.0, 2.5, 1.0
"""A tangent that a flat picture's edge has where it is at 79 degrees; edges of a sphere's part, in radians."""

Cell = tuple[int, int, int]
Edges = tuple[float, float, float, float]
Balls = tuple[NDArray[np.float64], NDArray[np.float64]]
"""The centres and the radii of balls."""


class Apart(NamedTuple):
    """Tiles of a wall in which each of some layers is alone, and all others; None for every tile. In those of `pairs`
    two are that can be drawn in one, with a source in place of that of the first.
    """

    alone: tuple[Tiles | None, ...]
    rest: Tiles | None
    pairs: tuple[tuple[int, LayerSource, Tiles | None], ...] = ()


class SeenEdges:
    """Which edges of pictures one wall can show.

    `positions` are its LEDs, (rows, columns, 3), NaN where there is none; `pitch_m` is how far they are apart at most.
    `tiles` is the wall in small squares; without it, `tiles` tells nothing apart.
    """

    def __init__(self, positions: NDArray[np.float64], pitch_m: float, tiles: WallTiles | None = None) -> None:
        rows, columns = (max(-(-side // _BLOCKS), 1) for side in positions.shape[:2])
        # A block that lacks LEDs reaches to the origin, and so sees edges.
        balls = [balls_of(strip) for strip in strips_of(positions, rows, columns)]
        self._centres = np.concatenate([centres for centres, _ in balls])
        self._radii = np.concatenate([radii for _, radii in balls]) + _AROUND_CELL_M + pitch_m
        self._wall_tiles = (
            None
            if tiles is None
            else (np.ascontiguousarray(tiles.corners.transpose(2, 1, 0)), tiles.bulges + _AROUND_FINE_M + pitch_m)
        )
        self._in_tiles: Kept[tuple[Opening, Cell], Tiles] = Kept()
        self._kept: Kept[tuple[Opening, Cell], bool] = Kept()
        self._outside: Kept[tuple[Opening, Cell], bool] = Kept()

    def source(self, source: LayerSource, eyes: Iterable[Vec3]) -> LayerSource:
        """What a pass needs of this layer where these eyes see the wall: without edges if none of them sees one."""
        if source.inside is None:
            return source
        opening, inside = source.inside
        return inside if all(self._is_inside(opening, _cell(eye)) for eye in eyes) else source

    def sees(self, source: LayerSource, eyes: Iterable[Vec3]) -> bool:
        """Whether the wall may show anything of this layer to one of these eyes."""
        opening = source.only_in
        if opening is None:
            return True
        return any(
            not self._outside.get((opening, cell), partial(self._is_outside, opening, cell))
            for cell in map(_cell, eyes)
        )

    def _is_outside(self, opening: Opening, cell: Cell, _spare: bool | None) -> bool:
        """Whether all of the wall is outside a flat opening, from anywhere in a cell."""
        return not _may_see(opening, cell, self._centres, self._radii).any()

    def tiles(self, source: LayerSource, eyes: Iterable[Vec3]) -> Tiles | None:
        """The tiles of the wall that may show anything of this layer to one of these eyes; None for all of them."""
        opening, tiles = source.only_in, self._wall_tiles
        if opening is None or tiles is None:
            return None
        cells = dict.fromkeys(_cell(eye, _FINE_CELL_M) for eye in eyes)
        seen = [self._in_tiles.get((opening, at), partial(_in_tiles, opening, at, tiles)) for at in cells]
        return np.asarray(np.logical_or.reduce(seen))

    def apart(self, sources: Sequence[LayerSource], eyes: Sequence[Vec3], owners: NDArray[np.int_]) -> Apart:
        """Where each of some layers is the only one that may show anything, and where several of them may. The first
        one also has the tiles in which none does, since it shows nothing there.

        `owners` are those of tiles, as `WallTiles.owners` has them; the first of the `eyes` is the outer one.
        """
        seen = [self._seen_by_owners(source, eyes, owners) for source in sources]
        known = [one for one in seen if one is not None]
        if not known or len(known) < len(seen):
            return Apart((None,) * len(seen), None)
        count = np.sum(known, axis=0)
        rest, nothing = count > 1, count == 0
        pairs = []
        for first, second in combinations(range(len(sources)), 2):
            both = sources[first].together_with(sources[second])
            together = known[first] & known[second] & (count == 2)
            if both is not None and together.any():
                pairs.append((first, both, together))
                rest &= ~together
        alone = (one & (count == 1) | nothing & (at == 0) for at, one in enumerate(known))
        return Apart(tuple(alone), rest, tuple(pairs))

    def _seen_by_owners(self, source: LayerSource, eyes: Sequence[Vec3], owners: NDArray[np.int_]) -> Tiles | None:
        """The tiles that may show anything of a layer to the eye that has each alone, or to any."""
        by_eyes = [tiles for eye in eyes if (tiles := self.tiles(source, (eye,))) is not None]
        if len(by_eyes) < len(eyes):
            return None
        alone = np.choose(np.maximum(owners - OUTER, 0), by_eyes)
        return np.where(owners == SHARED, np.logical_or.reduce(by_eyes), alone)

    def _is_inside(self, opening: Opening, cell: Cell) -> bool:
        return self._kept.get((opening, cell), lambda _: self._found_inside(opening, cell))

    def _found_inside(self, opening: Opening, cell: Cell) -> bool:
        """Whether all of the wall is inside the opening, from anywhere in a cell."""
        away = self._centres - _CELL_M * np.array(cell)
        length = np.linalg.norm(away, axis=1)
        if (length <= self._radii).any():
            return False
        half = np.arcsin(self._radii / length) + _parallax(opening, cell)
        if half.max() >= 0.5 * math.pi:
            return False
        towards = away / length[:, None] @ np.reshape(opening.layer_from_stage, (3, 3))
        if opening.is_flat:
            return bool((towards @ _inwards(opening.edges) >= np.sin(half)[:, None]).all())
        right, ahead, up = towards.T
        left_edge, bottom, right_edge, top = opening.edges
        rise = np.arcsin(np.clip(up, -1.0, 1.0))
        if (rise - half < bottom).any() or (rise + half > top).any():
            return False
        if left_edge < -math.pi and right_edge > math.pi:
            return True
        level = np.cos(rise)
        if (level <= np.sin(half)).any():
            return False
        turn, aside = np.arctan2(right, ahead), np.arcsin(np.sin(half) / level)
        return bool((turn - aside >= left_edge).all() and (turn + aside <= right_edge).all())


def _is_wide(opening: Opening) -> bool:
    """Whether nearly half of all directions show a flat picture, or nearly all of them a part of a sphere: one that
    ends at the sides and above, unlike whole ones of which a seam or a bend is left out.
    """
    _, _, right, top = opening.edges
    if opening.is_flat:
        return right > _FAR_ASIDE
    return _FAR_ROUND < right < math.pi and _FAR_UP < top < 0.5 * math.pi


class EveryForm:
    """Stands for the edges of a wall that is drawn so that its shaders are built: all are seen but those far aside.

    Inside the edges of pictures there are forms that nothing else is drawn in.
    """

    def source(self, source: LayerSource, _eyes: Iterable[Vec3]) -> LayerSource:
        """What a pass needs of this layer: without edges if those of a part of a picture are far aside."""
        if source.inside is None:
            return source
        opening, inside = source.inside
        return inside if _is_wide(opening) else source

    def sees(self, _source: LayerSource, _eyes: Iterable[Vec3]) -> bool:
        """Whether anything of a layer is shown: always."""
        return True

    def tiles(self, _source: LayerSource, _eyes: Iterable[Vec3]) -> None:
        """Where anything of a layer is shown: everywhere."""

    def apart(self, sources: Sequence[LayerSource], _eyes: Sequence[Vec3], _owners: NDArray[np.int_]) -> Apart:
        """Where layers are alone and where they are not: everywhere."""
        pairs = [(at, both, None) for at, source in enumerate(sources) for both in source.beside.values()]
        return Apart((None,) * len(sources), None, tuple(pairs[:1]))


def _in_tiles(opening: Opening, cell: Cell, tiles: Balls, _spare: Tiles | None) -> Tiles:
    """Which tiles are not wholly beyond one edge of a flat opening, from anywhere in a cell. `tiles` are their corners,
    (3, 4, n), and how far from what is between those LEDs may be, (n,).
    """
    corners, around = tiles
    away = corners - _FINE_CELL_M * np.array(cell)[:, None, None]
    length = np.sqrt((away * away).sum(axis=0))
    nearest = length.min(axis=0) - np.ptp(corners, axis=1).max(axis=0)
    is_away = nearest > around
    half = np.arcsin(np.minimum(around / np.maximum(nearest, 1e-9), 1.0)) + _parallax(opening, cell, _FINE_CELL_M)
    outwards = -(np.reshape(opening.layer_from_stage, (3, 3)) @ _inwards(opening.edges)).T
    beyond = (outwards @ away.reshape(3, -1)).reshape(4, *length.shape)
    is_outside = (beyond > np.sin(np.minimum(half, 0.5 * math.pi)) * length).all(axis=1).any(axis=0)
    seen: Tiles = ~(is_away & (half < 0.5 * math.pi) & is_outside)
    return seen


def _may_see(opening: Opening, cell: Cell, centres: NDArray[np.float64], radii: NDArray[np.float64]) -> Tiles:
    """Which balls are not wholly outside of a flat opening, from anywhere in a cell."""
    away = centres - _CELL_M * np.array(cell)
    length = np.linalg.norm(away, axis=1)
    is_away = length > radii
    half = np.arcsin(np.minimum(radii / np.maximum(length, 1e-9), 1.0)) + _parallax(opening, cell)
    towards = away / np.maximum(length, 1e-9)[:, None] @ np.reshape(opening.layer_from_stage, (3, 3))
    reach = np.sin(np.minimum(half, 0.5 * math.pi))
    is_outside = (towards @ _inwards(opening.edges) < -reach[:, None]).any(axis=1)
    seen: Tiles = ~(is_away & (half < 0.5 * math.pi) & is_outside)
    return seen


def _inwards(edges: Edges) -> NDArray[np.float64]:
    """Unit normals, inwards, of the planes through the viewpoint and each edge of a flat picture, (3, 4)."""
    left, bottom, right, top = edges
    normals = np.array([(1.0, -left, 0.0), (-1.0, right, 0.0), (0.0, -bottom, 1.0), (0.0, top, -1.0)])
    lengths: NDArray[np.float64] = np.linalg.norm(normals, axis=1)
    return (normals / lengths[:, None]).T


def _parallax(opening: Opening, cell: Cell, size_m: float = _CELL_M) -> float:
    """How far apart a light can be seen from the opening's viewpoint and from anywhere in a cell, radians."""
    apart = math.dist(opening.viewpoint_m, [size_m * step for step in cell]) + 0.5 * math.sqrt(3.0) * size_m
    if math.isinf(opening.nearest_m):
        return 0.0
    return math.asin(apart / opening.nearest_m) if apart < opening.nearest_m else math.pi


def _cell(eye_m: Vec3, size_m: float = _CELL_M) -> Cell:
    x, y, z = eye_m
    return (round(x / size_m), round(y / size_m), round(z / size_m))
