"""The light of all walls and of the world around, in tiles: drawn by the walls' own pass at few LEDs, then summed.

What walls show beside the picture, patterns and marks, is not in it.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

import moderngl
import msgspec
import numpy as np
from numpy.typing import NDArray

from calibration.walls import PlaneShape, Wall
from render.colour.grade import NITS_AT_ONE, PQ_FULL_SCALE_NITS, REC709_FROM_ACESCG
from render.colour.matrices import inverse, multiply
from render.compose.seen_edges import EveryForm
from render.compose.wall_pass import WallPasses, WallPicture
from render.gpu.passes import Pass, Textures, Uniform
from render.probes.directions import directions_around
from render.probes.scenes import LitScenes
from render.probes.wall_grid import WallGrid
from render.probes.weights import AROUND_TILES

Array = NDArray[np.float64]

_ROW_PX = 128
_KIND = "f4"
_AROUND_M = 1e5
_OVERLAP = 3.5
"""How many steps between directions what is seen along each is wide, so that nothing small falls between them."""
_ANY_LIGHT = 1e30
_UNIFORMS = ("tiles", "in_tile", "first_row", "row_px", "least", "most")
_ACESCG_FROM_REC709 = np.array(inverse(REC709_FROM_ACESCG))


class Wanted(NamedTuple):
    """What is summed besides the light that is shown: what is above the walls' peak, and where it comes from."""

    above: bool
    brightest: bool


class Tiles(NamedTuple):
    """The mean light (ACEScg) of each tile of all walls and of the world around: as shown, and what is above the peak.

    `moments` are of the tiles around: the mean of directions times luminance, and of luminance (tiles, 4).
    """

    shown: Array
    above: Array | None
    moments: Array | None


class _Source(NamedTuple):
    picture: WallPicture
    tiles: tuple[int, int]
    in_tile: tuple[int, int]
    least: float
    most: float
    peak: float

    @property
    def rows(self) -> int:
        """Rows of the target that its tiles take."""
        return math.ceil(self.tiles[0] * self.tiles[1] / _ROW_PX)


class LightField:
    """The light of a stage's `walls`, given with their grids, and around it, in `around_px` squared directions."""

    def __init__(
        self, context: moderngl.Context, walls: Mapping[str, tuple[Wall, WallGrid]], passes: WallPasses, around_px: int
    ) -> None:
        self._sources = {name: _of_wall(context, wall, grid, passes) for name, (wall, grid) in walls.items()}
        peak = max((source.peak for source in self._sources.values()), default=_ANY_LIGHT)
        self._around = _around(context, passes, peak, around_px)
        self._all = (*self._sources.values(), self._around)
        self._passes: dict[tuple[str, ...], Pass] = {
            words: Pass(
                context,
                "probes/tiles.frag",
                uniforms=_UNIFORMS,
                textures=("light", "positions") if words == ("MOMENTS",) else ("light",),
                defines=words,
            )
            for words in ((), ("ABOVE",), ("MOMENTS",))
        }

    def draw_light(self, lit: LitScenes, changed: Collection[str], *, around: bool) -> None:
        """Draws the light of those walls of the scenes that have `changed`, and where wanted what is around."""
        matrix = multiply(REC709_FROM_ACESCG, lit.light_from_world)
        drawn = [(self._sources[name].picture, lit.walls[name]) for name in changed]
        drawn += [(self._around.picture, lit.around)] if around else []
        for picture, scene in drawn:
            picture.cards.update(lit.cards)
            picture.draw_light(picture.target("light asked"), scene, matrix)

    def warm_up(self, lit: LitScenes) -> None:
        """Draws the light of these scenes in every form that it can have."""
        every = [(source.picture, source.picture.edges) for source in self._all]
        for picture, _ in every:
            picture.edges = EveryForm()
        self.draw_light(lit, lit.walls, around=True)
        for picture, edges in every:
            picture.edges = edges

    def size_px(self, wanted: Wanted) -> tuple[int, int]:
        """The (width, height) of the picture that the tiles are summed into."""
        return _ROW_PX, sum(source.rows for source, _, _ in self._parts(wanted))

    def draw_tiles(self, target: moderngl.Framebuffer, wanted: Wanted) -> None:
        """Sums the light that was drawn last into `target`, which has floats."""
        height = self.size_px(wanted)[1]
        for source, words, first_row in self._parts(wanted):
            above = words == ("ABOVE",)
            values: dict[str, Uniform] = {
                "tiles": source.tiles,
                "in_tile": source.in_tile,
                "first_row": first_row,
                "row_px": _ROW_PX,
                "least": source.least,
                "most": source.peak if above else source.most,
            }
            textures: Textures = {
                "light": source.picture.target("light asked").texture,
                "positions": source.picture.positions,
            }
            low, high = (2.0 * row / height - 1.0 for row in (first_row, first_row + source.rows))
            rows = np.array([(-1.0, low, 1.0, high)], np.float32)
            self._passes[words].draw(target, values, textures, rows)

    def tiles(self, pixels: bytes, wanted: Wanted) -> Tiles:
        """The light that was summed, from the floats of the picture that was read."""
        texels = np.frombuffer(pixels, np.float32).astype(np.float64).reshape(-1, 4)
        found: dict[tuple[str, ...], list[Array]] = {(): [], ("ABOVE",): [], ("MOMENTS",): []}
        for source, words, first_row in self._parts(wanted):
            begin = first_row * _ROW_PX
            found[words].append(texels[begin : begin + source.tiles[0] * source.tiles[1]])
        shown = np.concatenate(found[()])[:, :3] @ _ACESCG_FROM_REC709.T
        above = np.concatenate(found["ABOVE",])[:, :3] @ _ACESCG_FROM_REC709.T if wanted.above else None
        return Tiles(shown, above, found["MOMENTS",][0] if wanted.brightest else None)

    def _parts(self, wanted: Wanted) -> Iterator[tuple[_Source, tuple[str, ...], int]]:
        """What is summed, how, and the first row of the target that it takes."""
        parts: list[tuple[_Source, tuple[str, ...]]] = [(source, ()) for source in self._all]
        parts += [(source, ("ABOVE",)) for source in self._all if wanted.above]
        parts += [(self._around, ("MOMENTS",))] * wanted.brightest
        row = 0
        for source, words in parts:
            yield source, words, row
            row += source.rows


def _of_wall(context: moderngl.Context, wall: Wall, grid: WallGrid, passes: WallPasses) -> _Source:
    rows, columns = grid.positions.shape[:2]
    asked = msgspec.structs.replace(wall, resolution_px=(columns, rows))
    picture = WallPicture(context, asked, grid.positions, passes, _KIND, pitch=grid.pitch)
    most = wall.signal.peak_nits
    peak = (min(most, PQ_FULL_SCALE_NITS) if wall.signal.curve == "pq" else most) / NITS_AT_ONE
    return _Source(picture, grid.tiles, grid.samples, 0.0, peak, peak)


def _around(context: moderngl.Context, passes: WallPasses, peak: float, around_px: int) -> _Source:
    """The world around as LEDs so far away that it makes no difference where on the stage they are seen from."""
    shape = PlaneShape(lower_left_m=(-1.0, 1.0, 0.0), lower_right_m=(1.0, 1.0, 0.0), upper_left_m=(-1.0, 1.0, 1.0))
    wall = Wall(name="around", resolution_px=(around_px, around_px), shape=shape)
    step = math.sqrt(4.0 * math.pi) / around_px
    pitch = np.full((around_px, around_px), _OVERLAP * step * _AROUND_M)
    picture = WallPicture(context, wall, _AROUND_M * directions_around(around_px), passes, _KIND, pitch=pitch)
    in_tile = around_px // AROUND_TILES
    return _Source(picture, (AROUND_TILES,) * 2, (in_tile,) * 2, -_ANY_LIGHT, _ANY_LIGHT, peak)
