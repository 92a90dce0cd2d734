"""The world around: directions as LEDs so far away that it makes no difference where on the stage they are seen from.

All tiles are looked at evenly, and some of them more closely: those around what is small and bright.
"""

from __future__ import annotations

import math

import moderngl
import numpy as np

from calibration.walls import PlaneShape, Wall
from render.compose.footprint import with_pitch
from render.compose.seen_edges import SeenEdges
from render.compose.variants import WallPasses
from render.compose.wall_pass import WallPicture
from render.probes.closer import Tiles, as_indices
from render.probes.directions import COLUMNS, ROWS, STEP, Array, directions_around, directions_in
from render.probes.sources import AroundSize, LitSource

KIND = "f4"
ACROSS = 8
"""Tiles in a row of the picture of those that are looked at more closely."""
_AROUND_M = 1e5
_ANY_LIGHT = 1e30
_CLOSELY = 3.0
"""How many steps wide what is seen along each of these is: so all texels of any panorama count alike."""
_SHAPE = PlaneShape(lower_left_m=(-1.0, 1.0, 0.0), lower_right_m=(1.0, 1.0, 0.0), upper_left_m=(-1.0, 1.0, 1.0))


class Around:
    """The world in directions; `peak` is what walls show at most."""

    def __init__(self, context: moderngl.Context, passes: WallPasses, peak: float, size: AroundSize) -> None:
        evenly = _places(directions_around(size.side), STEP / size.side)
        self.even = _source(context, passes, evenly, (COLUMNS, ROWS), peak)
        side, tiles = size.close_side, (ACROSS, math.ceil(size.most / ACROSS))
        self._side, self._pitch = side, _CLOSELY * STEP / side
        nowhere = np.full((tiles[1] * side, tiles[0] * side, 3), np.nan)
        self.close = _source(context, passes, _places(nowhere, self._pitch), tiles, peak)
        self.closely: Tiles = ()

    def look_at(self, tiles: Tiles) -> None:
        """Looks at these tiles more closely from now on."""
        picture, side = self.close.picture, self._side
        places = np.full((self.close.tile_count, side, side, 3), np.nan)
        places[: len(tiles)] = _AROUND_M * directions_in(as_indices(tiles), side)
        across, down = self.close.tiles
        rows = places.reshape(down, across, side, side, 3).swapaxes(1, 2).reshape(down * side, across * side, 3)
        pitch = np.full(rows.shape[:2], self._pitch * _AROUND_M)
        picture.positions.write(with_pitch(rows, pitch).tobytes())
        picture.edges = SeenEdges(rows, self._pitch * _AROUND_M)
        picture.cards.update(())
        self.closely = tiles


def _places(directions: Array, pitch_rad: float) -> tuple[Array, Array]:
    """Directions as LEDs, and how wide each of them is."""
    return _AROUND_M * directions, np.full(directions.shape[:2], _AROUND_M * pitch_rad)


def _source(
    context: moderngl.Context, passes: WallPasses, leds: tuple[Array, Array], tiles: tuple[int, int], peak: float
) -> LitSource:
    places, pitch = leds
    rows, columns = pitch.shape
    wall = Wall(name="around", resolution_px=(columns, rows), shape=_SHAPE)
    picture = WallPicture(context, wall, places, passes, KIND, pitch=pitch)
    in_tile = (columns // tiles[0], rows // tiles[1])
    return LitSource(picture, picture.thinned(places, pitch), tiles, in_tile, -_ANY_LIGHT, _ANY_LIGHT, peak)
