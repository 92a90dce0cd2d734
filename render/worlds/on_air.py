"""What is on air, in a plan: a world of up to four layers, and in a dissolve the one that comes. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator

import msgspec

from render.views.limits import Impossible, impossible_values, inside, is_in_reach
from render.worlds.kinds import LightPlan
from render.worlds.shared.placed import PlacedLayer
from render.worlds.shared.surfaces import Surface
from render.worlds.shared.values import LayerValues
from render.worlds.sky.plan import FollowPlan, impossible_following
from tracking.records import Evolving, Vec3

MOST_LAYERS = 4
_MOST_STOPS = 12.0
_MOST_LAYER_STOPS = 12.0 + 32.0
"""A layer's own exposure, and what is given back to it of the day's change of light."""
_MOST_TURN_DEG = 720.0
"""A layer's turn and its world's together."""


class LayerPlan(PlacedLayer):
    """One layer in a frame: where its light comes from, and what is done to that light.

    `turn_deg` and `exposure_stops` are sums, which may be beyond what people can set of each part. `following` says
    what it follows the hour by, UNSET where it does not; `follow` how far, UNSET for all the way.
    Without a depth map `near_m` and `far_m` are UNSET.
    """

    turn_deg: float = 0.0
    exposure_stops: float = 0.0
    follow: float | msgspec.UnsetType = msgspec.UNSET  # type: ignore[assignment]  # takes from before it have none
    near_m: float | msgspec.UnsetType = msgspec.UNSET  # type: ignore[assignment]
    far_m: float | msgspec.UnsetType = msgspec.UNSET  # type: ignore[assignment]
    light: LightPlan
    following: FollowPlan | msgspec.UnsetType = msgspec.UNSET

    @property
    def follows_by(self) -> float:
        """How far it follows the hour, where it does: 0 not at all, 1 all the way."""
        return 1.0 if self.follow is msgspec.UNSET else self.follow

    @property
    def is_plain(self) -> bool:
        """Whether nothing is done to its light but its grade and its turn."""
        return not self.is_mended and self.following is msgspec.UNSET


class WorldPlan(Evolving):
    """One world in a frame: its layers, the farthest first, and its exposure. `key` says which world it is."""

    key: str
    layers: tuple[LayerPlan, ...]
    exposure_stops: float = 0.0

    @property
    def raw(self) -> bool:
        """Whether the light is a message that nothing may change. Such a layer is the only one of its world."""
        return self.layers[0].light.raw

    def assets(self) -> tuple[tuple[str, str], ...]:
        """SHA-256 and colour space of every picture that the drawing needs."""
        return tuple(asset for layer in self.layers for asset in layer.light.assets())

    def is_ready(self) -> bool:
        """Whether everything that the drawing needs is there."""
        return all(layer.light.is_ready() for layer in self.layers)


class AirPlan(Evolving):
    """What is on air: `world`, and in a dissolve `coming` with its `share` (0 to 1) of the light.

    Both are mixed in scene-linear light, each after its own exposure, before the grade over everything.
    """

    world: WorldPlan
    coming: WorldPlan | None = None
    share: float = 0.0

    @property
    def worlds(self) -> tuple[WorldPlan, ...]:
        """Every world of which anything is drawn."""
        return (self.world,) if self.coming is None else (self.world, self.coming)

    @property
    def raw(self) -> bool:
        """Whether the light is a message: such a world is never in a dissolve."""
        return self.world.raw

    @property
    def only_layer(self) -> LayerPlan | None:
        """The layer that is all there is on air, opaque and plain; None where more is to be done."""
        layer = self.world.layers[0]
        alone = self.coming is None and len(self.world.layers) == 1
        return layer if alone and layer.opacity == 1.0 and layer.is_plain else None

    def assets(self) -> tuple[tuple[str, str], ...]:
        """SHA-256 and colour space of every picture that the drawing needs, each once."""
        return tuple(dict.fromkeys(asset for world in self.worlds for asset in world.assets()))

    def is_ready(self) -> bool:
        """Whether everything that the drawing needs is there."""
        return all(world.is_ready() for world in self.worlds)

    def sphere_m(self) -> float | None:
        """Radius of the one sphere that all light comes from, 0.0 at infinity; None where layers differ."""
        spheres = {layer.light.sphere_m(layer.surface()): None for world in self.worlds for layer in world.layers}
        return next(iter(spheres)) if len(spheres) == 1 else None

    def shows_same_as(self, other: object) -> bool:
        """Whether a picture drawn of `other`, on air in an earlier frame, still shows this.

        Mixed light comes from several distances, of which a picture holds one: it is drawn anew in each frame.
        """
        layer = self.only_layer
        if layer is None or not isinstance(other, AirPlan):
            return False
        before = other.only_layer
        alike = before is not None and layer.light.shows_same_as(before.light)
        return alike and _treatment(self) == _treatment(other)

    def nearest_m(self, eye_m: Vec3) -> float:
        """Distance from an eye to the nearest light; inf at infinity."""
        return min((surface.nearest_m(eye_m) for surface in self._surfaces()), default=math.inf)

    def reach(self, eye_m: Vec3, ray: Vec3) -> float:
        """How many lengths of `ray` it is from an eye to the nearest light that the ray meets; inf at infinity."""
        return min((surface.reach(eye_m, ray) for surface in self._surfaces()), default=math.inf)

    def _surfaces(self) -> Iterator[Surface]:
        return (layer.light.carrier(layer.surface()) for world in self.worlds for layer in world.layers)


def _treatment(air: AirPlan) -> tuple[object, ...]:
    """What is done to the light of the first layer, and where it is."""
    layer = air.world.layers[0]
    return (air.world.exposure_stops, layer.anchor_m, *(getattr(layer, name) for name in LayerValues.__struct_fields__))


def impossible_air(air: AirPlan) -> Iterator[Impossible]:
    """What cannot be drawn of what is on air."""
    if not 0.0 <= air.share <= 1.0:
        yield Impossible("share", air.share, "0 to 1")
    for name, world in (("world", air.world), ("coming", air.coming)):
        if world is not None:
            yield from inside(name, _impossible_world(world))
    if air.coming is not None and any(world.raw for world in air.worlds):
        yield Impossible("coming", air.coming.key, "no dissolve from or to a world of raw light")


def _impossible_world(world: WorldPlan) -> Iterator[Impossible]:
    if not 1 <= len(world.layers) <= MOST_LAYERS:
        yield Impossible("layers", len(world.layers), f"1 to {MOST_LAYERS} layers")
        return
    if len(world.layers) > 1 and any(layer.light.raw for layer in world.layers):
        yield Impossible("layers", len(world.layers), "raw light alone")
    if not abs(world.exposure_stops) <= _MOST_STOPS:
        yield Impossible("exposure_stops", world.exposure_stops, f"-{_MOST_STOPS:g} to {_MOST_STOPS:g} stops")
    for index, layer in enumerate(world.layers):
        yield from inside(f"layers[{index}]", _impossible_layer(layer))


def _impossible_layer(layer: LayerPlan) -> Iterator[Impossible]:
    yield from impossible_values(layer)
    if not abs(layer.turn_deg) <= _MOST_TURN_DEG:
        yield Impossible("turn_deg", layer.turn_deg, f"-{_MOST_TURN_DEG:g} to {_MOST_TURN_DEG:g} deg")
    if not abs(layer.exposure_stops) <= _MOST_LAYER_STOPS:
        most = f"-{_MOST_LAYER_STOPS:g} to {_MOST_LAYER_STOPS:g} stops"
        yield Impossible("exposure_stops", layer.exposure_stops, most)
    if layer.anchor_m is not msgspec.UNSET and not is_in_reach(layer.anchor_m):
        yield Impossible("anchor_m", layer.anchor_m, "a place on the stage")
    yield from inside("light", layer.light.impossible())
    if layer.following is not msgspec.UNSET:
        yield from inside("following", impossible_following(layer.following))
