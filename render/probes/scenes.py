"""What is measured of a plan: its walls and the world around as they would be without what people draw over them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from render.colour.grade import graded_from_world
from render.colour.matrices import Matrix
from render.compose.air import AiredWorld, outer_look
from render.compose.marks import without_marks
from render.compose.scene import Scene
from render.gpu.layer_source import LayerSource
from render.plan.cards import CardPlan
from render.plan.frame import FramePlan

_PANORAMA = "panorama"


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
