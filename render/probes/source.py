"""What light comes from: a wall, or directions around, whose light is drawn LED by LED and summed in tiles."""

from __future__ import annotations

import math
from typing import NamedTuple

from render.compose.wall_pass import WallPicture

ROW_PX = 128
"""How wide the picture is that tiles are summed into."""


class AroundSize(NamedTuple):
    """Of the world around: the side of the square of directions in each of its tiles, that in tiles that are looked at
    more closely, and how many of these there may be.
    """

    side: int
    close_side: int
    most: int


class LitSource(NamedTuple):
    """The picture of its LEDs, its tiles and the LEDs in each, across and down; and how its light is bounded.

    `few` is the picture of a few of its LEDs, on which its shaders are built. `peak` is what a wall shows at most.
    """

    picture: WallPicture
    few: WallPicture
    tiles: tuple[int, int]
    in_tile: tuple[int, int]
    least: float
    most: float
    peak: float

    @property
    def tile_count(self) -> int:
        """How many tiles it has."""
        return self.tiles[0] * self.tiles[1]

    @property
    def rows(self) -> int:
        """Rows of the target that its tiles take."""
        return math.ceil(self.tile_count / ROW_PX)
