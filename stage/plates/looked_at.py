"""How fine the films of a plan are looked at: what is finer is neither read nor uploaded. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from render.plan.frame import FramePlan
from render.worlds.plate.finest import Looks, WallReach, cells_of, finest_levels, looks_of
from render.worlds.shared.kept import Kept
from render.worlds.shared.media import MediaFacts
from stage.plates.wanted import film_layers
from tracking.records import Vec3


class LookedAt:
    """Of the LEDs of these walls; without walls, films are looked at as fine as they are."""

    def __init__(self, walls: Sequence[WallReach]) -> None:
        self._walls = walls
        self._looks: Kept[tuple[Vec3, ...], tuple[Looks, ...]] = Kept()

    def finest(self, plan: FramePlan, films: Mapping[str, MediaFacts]) -> dict[str, int]:
        """The finest level of each of the films in a plan that any LED looks at. One that is in no layer, or in one
        with another that is not known, is missing.
        """
        cells = cells_of((plan.outer.eye_m, *(inner.eye_m for inner in plan.inners)))
        looks = self._looks.get(cells, lambda _: looks_of(self._walls, cells))
        found: dict[str, int] = {}
        for layer, light in film_layers(plan):
            facts = [films[part.media] for part in light.parts if part.media in films]
            if len(facts) == len(light.parts):
                levels = finest_levels(light, layer, facts, looks)
                for part, level in zip(light.parts, levels, strict=True):
                    found[part.media] = min(level, found.get(part.media, level))
        return found
