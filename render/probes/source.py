"""What light comes from: a wall, or directions around, whose light is drawn LED by LED and summed in tiles."""

from __future__ import annotations

import math
from typing import NamedTuple

from render.compose.wall_pass import WallPicture

ROW_PX = 128
"""How wide the picture is that tiles are summed into."""


class LitSource(NamedTuple):
    """The picture of its LEDs, its tiles and the LEDs in each, across and down; and how its light is bounded.

    `peak` is what a wall shows at most; `is_around` says that its LEDs are directions.
    """

    picture: WallPicture
    tiles: tuple[int, int]
    in_tile: tuple[int, int]
    least: float
    most: float
    peak: float
    is_around: bool = False

    @property
    def count(self) -> int:
        """How many tiles it has."""
        return self.tiles[0] * self.tiles[1]

    @property
    def rows(self) -> int:
        """Rows of the target that its tiles take."""
        return math.ceil(self.count / ROW_PX)
