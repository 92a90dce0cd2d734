"""The skies under which layers that follow the hour were shot. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from render.worlds.configured import World
from render.worlds.kinds import Layer
from render.worlds.sky.plan import SkyPlan
from stage.show.sky.planned import sky_at
from stage.values.shot_sky import shot_values
from stage.values.sky import PlaceValues


def shots_of(worlds: Iterable[World], place: PlaceValues) -> Mapping[str, SkyPlan]:
    """The sky of each layer that follows the hour, by the layer's key: on the place's date, at its own hour.

    What nobody has looked up, a name that is still one, counts as the clear sky.
    """
    following = (layer for world in worlds for layer in world.layers if layer.follows)
    return {layer.key or "": _sky(layer, place) for layer in following}


def _sky(layer: Layer, place: PlaceValues) -> SkyPlan:
    shot = shot_values(layer.shot_sky if isinstance(layer.shot_sky, dict) else {}, layer.shot_hour)
    return sky_at(place, shot.hour, shot.sky)
