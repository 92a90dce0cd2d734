"""The skies under which layers that follow the hour were shot. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from render.worlds.configured import World
from render.worlds.kinds import Layer
from render.worlds.sky.plan import SkyPlan
from stage.show.sky.planned import sky_at
from stage.values.shot_sky import shot_values
from stage.values.sky import PlaceValues


class ShotSkies:
    """The skies under which layers were shot; they are kept until the next frame, as place and date seldom change."""

    def __init__(self) -> None:
        self._place = PlaceValues()
        self._skies: list[tuple[Layer, SkyPlan]] = []

    def of(self, worlds: Iterable[World], place: PlaceValues) -> Mapping[str, SkyPlan]:
        """The sky of each layer that follows the hour, by the layer's key: on the place's date, at its own hour.

        What nobody has looked up, a name that is still one, counts as the clear sky.
        """
        following = [layer for world in worlds for layer in world.layers if layer.follows]
        known = self._skies if place == self._place else []
        self._skies = [(layer, _known(known, layer) or _sky(layer, place)) for layer in following]
        self._place = place
        return {layer.key or "": sky for layer, sky in self._skies}


def _known(skies: Iterable[tuple[Layer, SkyPlan]], layer: Layer) -> SkyPlan | None:
    return next((sky for shot, sky in skies if shot is layer), None)


def _sky(layer: Layer, place: PlaceValues) -> SkyPlan:
    shot = shot_values(layer.shot_sky if isinstance(layer.shot_sky, dict) else {}, layer.shot_hour)
    return sky_at(place, shot.hour, shot.sky)
