"""What light is measured of: a plan's scenes as they would be without what people draw over them, and what is drawn of
each, a wall or directions around, whose light is drawn LED by LED and summed in tiles.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

from render.colour.grade import graded_from_world
from render.colour.matrices import Matrix
from render.compose.air import AiredWorld, outer_look
from render.compose.marks import without_marks
from render.compose.scene import Scene
from render.compose.wall_pass import WallPicture
from render.gpu.layer_source import LayerSource
from render.plan.cards import CardPlan
from render.plan.frame import FramePlan

ROW_PX = 128
"""How wide the picture is that tiles are summed into."""
_PANORAMA = "panorama"


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


class LitScenes(NamedTuple):
    """The scenes of walls by name and the one around, the cards before them, and the grade."""

    walls: Mapping[str, Scene]
    around: Scene
    cards: tuple[CardPlan, ...]
    light_from_world: Matrix

    @property
    def has_skies(self) -> bool:
        """Whether anything else is on air than panoramas."""
        return any(layer.source.kind != _PANORAMA for world in self.around.worlds for layer in world.layers)


def lit_scenes(plan: FramePlan, worlds: tuple[AiredWorld, ...], weather: LayerSource | None) -> LitScenes:
    """The scenes of a plan whose worlds on the walls, and weather before them, are these."""
    around = Scene((), plan.outer.eye_m, worlds, weather=weather, outer_look=outer_look(plan))
    walls = {
        wall.name: around._replace(inners=tuple(without_marks(plan.inners[index]) for index in wall.inners))
        for wall in plan.walls
    }
    return LitScenes(walls, around, plan.outer.cards, graded_from_world(plan.grade))
