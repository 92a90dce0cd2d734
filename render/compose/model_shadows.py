"""The shadows of scenes around the outer eye, kept as long as nothing of them changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import moderngl

from render.compose.model_groups import PlacedGroup
from render.models.drawing import ModelPass, Tier
from render.models.light import ModelLight
from render.models.shadows import CASCADE_RADII_M, SunShadows
from tracking.records import Vec3

_SIZES: Mapping[Tier, tuple[int, tuple[float, ...]]] = {"low": (1024, (40.0,)), "full": (2048, CASCADE_RADII_M)}
"""Sides of the pictures of shadows, and how far from the outer eye they reach, in metres."""


@dataclass(slots=True, eq=False)
class KeptShadows:
    """The shadows of a scene around an eye, and what they were drawn of; `moments` are those of its crowds."""

    shadows: SunShadows
    key: tuple[object, ...] = ()
    moments: tuple[float, ...] = ()


class SceneShadows:
    """The shadows of all scenes of one stage, drawn by `models`."""

    def __init__(self, context: moderngl.Context, models: ModelPass, tier: Tier) -> None:
        self._context = context
        self._tier = tier
        self._pass = models
        self.kept: list[KeptShadows] = []

    def forget(self) -> None:
        """Draws them anew, because an asset has changed."""
        for one in self.kept:
            one.key = ()

    def of(
        self, group: PlacedGroup, casts: tuple[object, ...], light: ModelLight, eye_m: Vec3, spare: list[KeptShadows]
    ) -> SunShadows:
        """Those of a group, which follow from `casts` and the eye; takes them from the `spare` ones.

        Crowds throw some in the full tier: they move, so that a software renderer would draw shadows in every frame.
        """
        crowds = group.crowds if self._tier == "full" else ()
        key = (*casts, eye_m, *((one.crowd, one.stage_from_crowd.tobytes()) for one in crowds))
        moments = tuple(one.moment for one in crowds)
        found = next((one for one in spare if one.key == key), None) or next(iter(spare), None)
        if found is None:
            side_px, radii_m = _SIZES[self._tier]
            found = KeptShadows(SunShadows(self._context, side_px, radii_m))
            self.kept.append(found)
            spare.append(found)
        if (found.key, found.moments) != (key, moments):
            again = found.key == key
            self._pass.draw_shadows(found.shadows, group.models, light.sun_towards, eye_m, crowds=crowds, again=again)
            found.key, found.moments = key, moments
        spare.remove(found)
        return found.shadows

    def drop(self, spare: list[KeptShadows]) -> None:
        """Frees these."""
        for one in spare:
            self.kept.remove(one)
            one.shadows.release()
