"""How fine the films of a plan are looked at: what is finer is neither read nor uploaded. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec

from render.plan.frame import FramePlan
from render.worlds.on_air import LayerPlan
from render.worlds.plate.finest import Looks, WallReach, cells_of, finest_levels, looks_of
from render.worlds.plate.record import PlatePlan
from render.worlds.shared.kept import Kept
from render.worlds.shared.media import MediaFacts
from stage.plates.wanted import film_layers
from tracking.records import Vec3


class _Asked(NamedTuple):
    """What the finest levels of a layer's films follow from."""

    layer: LayerPlan
    films: tuple[MediaFacts, ...]
    looks: tuple[Looks, ...]


class LookedAt:
    """Of the LEDs of these walls; without walls, films are looked at as fine as they are."""

    def __init__(self, walls: Sequence[WallReach]) -> None:
        self._walls = walls
        self._looks: Kept[tuple[Vec3, ...], tuple[Looks, ...]] = Kept()
        self._known: list[tuple[_Asked, tuple[int, ...]]] = []

    def finest(self, plan: FramePlan, films: Mapping[str, MediaFacts]) -> dict[str, int]:
        """The finest level of each of the films in a plan that any LED looks at. One that is in no layer, or in one
        with another that is not known, is missing.
        """
        cells = cells_of((plan.outer.eye_m, *(inner.eye_m for inner in plan.inners)))
        looks = self._looks.get(cells, lambda _: looks_of(self._walls, cells))
        found: dict[str, int] = {}
        before, self._known = self._known, []
        for layer, light in film_layers(plan):
            facts = tuple(films[part.media] for part in light.parts if part.media in films)
            if len(facts) == len(light.parts):
                asked = _Asked(_standing(layer, light), facts, looks)
                levels = next((known for one, known in before if one == asked), None)
                levels = finest_levels(light, layer, facts, looks) if levels is None else levels
                self._known.append((asked, levels))
                for part, level in zip(light.parts, levels, strict=True):
                    found[part.media] = min(level, found.get(part.media, level))
        return found


def _standing(layer: LayerPlan, light: PlatePlan) -> LayerPlan:
    """A layer as it is whichever frames its films show."""
    parts = tuple(
        msgspec.structs.replace(part, frame=0, coming=msgspec.UNSET, share=msgspec.UNSET) for part in light.parts
    )
    return msgspec.structs.replace(layer, light=msgspec.structs.replace(light, parts=parts))
