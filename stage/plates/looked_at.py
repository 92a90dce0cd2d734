"""How fine the films of a plan are looked at: what is finer is neither read nor uploaded. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from render.plan.frame import FramePlan
from render.worlds.on_air import LayerPlan
from render.worlds.plate.finest import Looks, WallReach, cells_of, finest_levels, looks_of
from render.worlds.plate.record import PlatePlan
from render.worlds.shared.kept import Kept
from render.worlds.shared.media import MediaFacts
from stage.plates.wanted import film_layers
from tracking.records import Vec3

_Asked = tuple[LayerPlan, tuple[MediaFacts, ...], tuple[Looks, ...]]
"""What the finest levels of a layer's films follow from."""


class LookedAt:
    """Of the LEDs of these walls; without walls, films are looked at as fine as they are."""

    def __init__(self, walls: Sequence[WallReach]) -> None:
        self._walls = walls
        self._looks: Kept[tuple[Vec3, ...], tuple[Looks, ...]] = Kept()
        self._cells: tuple[Vec3, ...] = ()
        self._present: tuple[Looks, ...] = ()
        self._known: list[tuple[_Asked, tuple[int, ...]]] = []

    def finest(self, plan: FramePlan, films: Mapping[str, MediaFacts]) -> dict[str, int]:
        """The finest level of each of the films in a plan that any LED looks at. One that is in no layer, or in one
        with another that is not known, is missing.
        """
        cells = cells_of([plan.outer.eye_m, *[inner.eye_m for inner in plan.inners]])
        if cells != self._cells:
            self._cells, self._present = cells, self._looks.get(cells, lambda _: looks_of(self._walls, cells))
        found: dict[str, int] = {}
        before, self._known = self._known, []
        for layer, light in film_layers(plan):
            facts = tuple([films[part.media] for part in light.parts if part.media in films])
            if len(facts) == len(light.parts):
                levels = self._levels(light, (_standing(layer, light), facts, self._present), before)
                for part, level in zip(light.parts, levels, strict=True):
                    found[part.media] = min(level, found.get(part.media, level))
        return found

    def _levels(self, light: PlatePlan, asked: _Asked, before: list[tuple[_Asked, tuple[int, ...]]]) -> tuple[int, ...]:
        for known in before:
            if known[0] == asked:
                break
        else:
            layer, facts, looks = asked
            known = asked, finest_levels(light, layer, facts, looks)
        self._known.append(known)
        return known[1]


def _standing(layer: LayerPlan, light: PlatePlan) -> LayerPlan:
    """A layer as it is whichever frames its films show."""
    parts = [msgspec.structs.replace(part, frame=0, coming=msgspec.UNSET, share=msgspec.UNSET) for part in light.parts]
    return msgspec.structs.replace(layer, light=msgspec.structs.replace(light, parts=tuple(parts)))
