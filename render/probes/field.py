"""The light of all walls and of the world around, in tiles: drawn by the walls' own pass at few LEDs, then summed.

What walls show beside the picture, patterns and marks, is not in it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

import moderngl
import msgspec
import numpy as np
from numpy.typing import NDArray

from calibration.walls import Wall
from render.colour.grade import NITS_AT_ONE, PQ_FULL_SCALE_NITS, REC709_FROM_ACESCG
from render.colour.matrices import inverse, multiply
from render.compose.scene import Scene
from render.compose.variants import WallPasses
from render.compose.wall_pass import WallPicture
from render.gpu.passes import Pass, Textures, Uniform
from render.probes.around import KIND, Around
from render.probes.closer import Tiles, as_indices
from render.probes.directions import directions_around
from render.probes.sources import ROW_PX, AroundSize, LitScenes, LitSource
from render.probes.wall_grid import WallGrid

Array = NDArray[np.float64]

_ANY_LIGHT = 1e30
_UNIFORMS = ("tiles", "in_tile", "first_row", "row_px", "least", "most")
_ACESCG_FROM_REC709 = np.array(inverse(REC709_FROM_ACESCG))
_SHOWN, _BARE = "light asked", "bare asked"
"""The light that is shown, and that of the world around without cards."""
_WORDS = ((), ("ABOVE",), ("AROUND",), ("AROUND", "ABOVE"), ("AROUND", "MOMENTS"))


class Wanted(NamedTuple):
    """What is summed besides the light that is shown: what is above the walls' peak, and the world without cards.

    `closely` are the tiles of the world that are looked at more closely.
    """

    above: bool
    bare: bool
    closely: Tiles = ()


class LitTiles(NamedTuple):
    """The mean light (ACEScg) of each tile of all walls and of the world around: as shown, and what is above the peak.

    `bare` is that of the world around without cards. `centres` (tiles, 3) are unit vectors to where the light of each
    of its tiles comes from in the mean.
    """

    shown: Array
    above: Array | None
    bare: Array
    centres: Array


class _Part(NamedTuple):
    source: LitSource
    words: tuple[str, ...]
    use: str


class LightField:
    """The light of a stage's `walls`, given with their grids, and of the world around it."""

    def __init__(
        self,
        context: moderngl.Context,
        walls: Mapping[str, tuple[Wall, WallGrid]],
        passes: WallPasses,
        around: AroundSize,
    ) -> None:
        self._walls = {name: _of_wall(context, wall, grid, passes) for name, (wall, grid) in walls.items()}
        peak = max((source.peak for source in self._walls.values()), default=_ANY_LIGHT)
        self._around = Around(context, passes, peak, around)
        self.middles = directions_around(1).reshape(-1, 3)
        self._passes: dict[tuple[str, ...], Pass] = {
            words: Pass(
                context,
                "probes/tiles.frag",
                uniforms=_UNIFORMS,
                textures=("light", "positions") if "AROUND" in words else ("light",),
                defines=words,
            )
            for words in _WORDS
        }

    @property
    def closely(self) -> Tiles:
        """The tiles of the world that are looked at more closely."""
        return self._around.closely

    def look_at(self, tiles: Tiles) -> None:
        """Looks at these tiles of the world more closely from now on."""
        self._around.look_at(tiles)

    def draw_light(self, lit: LitScenes, changed: Collection[str], *, around: bool, bare: bool) -> None:
        """Draws the light of those walls of the scenes that have `changed`, and where wanted what is around."""
        drawn = [(self._walls[name].picture, lit.walls[name], _SHOWN) for name in changed]
        if around:
            pictures = [self._around.even.picture] + [self._around.close.picture] * bool(self.closely)
            drawn += [(picture, lit.around, _BARE) for picture in pictures if bare]
            drawn += [(picture, lit.around, _SHOWN) for picture in pictures]
        _draw(drawn, lit)

    def warm_up(self, lit: LitScenes) -> None:
        """Draws a few LEDs' light of these scenes, in every form that it can have."""
        drawn = [(self._walls[name].few, scene, _SHOWN) for name, scene in lit.walls.items()]
        around = self._around.even.few
        drawn += [(around, lit.around, _BARE)] * bool(lit.cards) + [(around, lit.around, _SHOWN)]
        _draw(drawn, lit)

    def size_px(self, wanted: Wanted) -> tuple[int, int]:
        """The (width, height) of the picture that the tiles are summed into."""
        return ROW_PX, sum(part.source.rows for part, _ in self._parts(wanted))

    def draw_tiles(self, target: moderngl.Framebuffer, wanted: Wanted) -> None:
        """Sums the light that was drawn last into `target`, which has floats."""
        height = self.size_px(wanted)[1]
        for (source, words, use), first_row in self._parts(wanted):
            values: dict[str, Uniform] = {
                "tiles": source.tiles,
                "in_tile": source.in_tile,
                "first_row": first_row,
                "row_px": ROW_PX,
                "least": source.least,
                "most": source.peak if "ABOVE" in words else source.most,
            }
            textures: Textures = {"light": source.picture.target(use).texture, "positions": source.picture.positions}
            low, high = (2.0 * row / height - 1.0 for row in (first_row, first_row + source.rows))
            rows = np.array([(-1.0, low, 1.0, high)], np.float32)
            self._passes[words].draw(target, values, textures, rows)

    def tiles(self, pixels: bytearray, wanted: Wanted) -> LitTiles:
        """The light that was summed, from the floats of the picture that was read."""
        texels = np.frombuffer(pixels, np.float32).reshape(-1, 4)
        found = [
            texels[row * ROW_PX : row * ROW_PX + part.source.tile_count].astype(np.float64)
            for part, row in self._parts(wanted)
        ]
        shown = self._joined(found, wanted)
        above = self._joined(found, wanted) if wanted.above else None
        bare = self._joined(found, wanted, walls=0) if wanted.bare else shown[-len(self.middles) :]
        centres = self.middles
        if wanted.closely:
            centres = centres.copy()
            moments = found.pop(0)[: len(wanted.closely), :3]
            length = np.linalg.norm(moments, axis=1)
            lit = np.isfinite(length) & (length > 0.0)
            centres[as_indices(wanted.closely)[lit]] = moments[lit] / length[lit, None]
        return LitTiles(shown, above, bare, centres)

    def _joined(self, found: list[Array], wanted: Wanted, walls: int | None = None) -> Array:
        """The next light of so many walls, or all, and of the world: where it was looked at closely, that."""
        count = (len(self._walls) if walls is None else walls) + 1
        parts = [found.pop(0) for _ in range(count)]
        if wanted.closely:
            parts[-1][as_indices(wanted.closely)] = found.pop(0)[: len(wanted.closely)]
        return np.asarray(np.concatenate(parts)[:, :3] @ _ACESCG_FROM_REC709.T)

    def _parts(self, wanted: Wanted) -> Iterator[tuple[_Part, int]]:
        """What is summed, and the first row of the target that it takes, in the order in which `tiles` has them."""
        walls, world = self._walls.values(), [self._around.even] + [self._around.close] * bool(wanted.closely)
        parts: list[_Part] = []
        for words in ((), ("ABOVE",))[: 1 + wanted.above]:
            parts += [_Part(source, words, _SHOWN) for source in walls]
            parts += [_Part(source, ("AROUND", *words), _SHOWN) for source in world]
        if wanted.bare:
            parts += [_Part(source, ("AROUND",), _BARE) for source in world]
        if wanted.closely:
            parts.append(_Part(world[-1], ("AROUND", "MOMENTS"), _BARE if wanted.bare else _SHOWN))
        row = 0
        for part in parts:
            yield part, row
            row += part.source.rows


def _draw(drawn: Iterable[tuple[WallPicture, Scene, str]], lit: LitScenes) -> None:
    matrix = multiply(REC709_FROM_ACESCG, lit.light_from_world)
    for picture, scene, use in drawn:
        picture.cards.update(() if use == _BARE else lit.cards)
        picture.draw_light(picture.target(use), scene, matrix)


def _of_wall(context: moderngl.Context, wall: Wall, grid: WallGrid, passes: WallPasses) -> LitSource:
    rows, columns = grid.positions.shape[:2]
    asked = msgspec.structs.replace(wall, resolution_px=(columns, rows))
    picture = WallPicture(context, asked, grid.positions, passes, KIND, pitch=grid.pitch)
    most = wall.signal.peak_nits
    peak = (min(most, PQ_FULL_SCALE_NITS) if wall.signal.curve == "pq" else most) / NITS_AT_ONE
    few = picture.thinned(grid.positions, grid.pitch)
    return LitSource(picture, few, grid.tiles, grid.samples, 0.0, peak, peak)
