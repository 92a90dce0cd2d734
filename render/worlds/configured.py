"""A world as a configuration or a file names it: its layers, and what a crew declares of it. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Annotated, NamedTuple

import msgspec

from render.worlds.kinds import Layer
from render.worlds.model.record import ModelLayer, ModelPlan
from render.worlds.on_air import MOST_LAYERS, LayerPlan, WorldPlan
from render.worlds.plate.record import PlatePlan
from render.worlds.shared.facts import DepthFacts
from render.worlds.shared.keys import is_shown, key_of
from render.worlds.shared.records import NO_DEPTHS, BrokenRule, Key
from render.worlds.shared.values import LayerLight, LayerValues, WorldLook
from render.worlds.sky.plan import FollowPlan, SkyPlan
from render.worlds.sky.record import SkyLayer
from tracking.records import Scalar, Vec3

_NEUTRAL = LayerLight()
LONGEST_NAME = 100
MOST_WORLDS = 128
Text = Annotated[str, msgspec.Meta(max_length=1000)]


class Around(NamedTuple):
    """What a world finds around it in a frame.

    `ready` gives the SHA-256 of each picture on the GPU by its asset key. Flat layers are placed from `anchor_m`. `sky`
    is how the live sky is, None where no world on air shows or follows it; layers that do are brighter by
    `adapted_stops`. `shots` are the skies under which layers that follow it were shot, `played` what layers show that
    are films or scenes, each by their keys; `depths` is what is known of depth maps by their asset keys.
    """

    ready: Mapping[str, str]
    anchor_m: Vec3
    sky: SkyPlan | None = None
    adapted_stops: float = 0.0
    shots: Mapping[str, SkyPlan] = MappingProxyType({})
    played: Mapping[str, PlatePlan | ModelPlan] = MappingProxyType({})
    depths: Mapping[str, DepthFacts] = NO_DEPTHS


class World(WorldLook, forbid_unknown_fields=True):
    """A world with its layers, the farthest first.

    `name` is any text and is shown; `key` stands in paths, and is made of the name where it is not given. `source`,
    `ai_made` and `licence` are what the crew declares of its pictures; they are kept and shown, and change nothing.
    """

    name: str
    layers: Annotated[tuple[Layer, ...], msgspec.Meta(min_length=1, max_length=MOST_LAYERS)]
    key: Key | None = None
    source: Text = ""
    ai_made: bool | None = None
    licence: Text = ""

    @property
    def raw(self) -> bool:
        """Whether its light is a message that nothing may change."""
        return self.layers[0].raw

    @property
    def shows_sky(self) -> bool:
        """Whether the live sky is in it."""
        return any(layer.shows_sky for layer in self.layers)

    @property
    def knows_hour(self) -> bool:
        """Whether it looks different at another hour: it shows the live sky, or follows it."""
        return any(layer.shows_sky or layer.follows for layer in self.layers)

    def plan(self, looks: WorldLook, layers: Mapping[str, LayerValues], around: Around) -> WorldPlan:
        """This world in a frame. Its key and those of its layers are known; `layers` are values by key."""
        plans = tuple(_planned(layer, layers[layer.key or ""], looks, around) for layer in self.layers)
        return WorldPlan(key=self.key or "", layers=plans, exposure_stops=0.0 if self.raw else looks.exposure_stops)


def scene_world(file: str, name: str, key: str | None = None) -> World:
    """The world of a 3D scene's file: it stands on the stage's floor below the sky, which lights it."""
    layers = (SkyLayer(name=f"{name} sky"), ModelLayer(name=name, key=key, file=file))
    return World(name=name, key=key, layers=layers)


def _planned(layer: Layer, values: LayerValues, looks: WorldLook, around: Around) -> LayerPlan:
    """One layer in a frame. Raw light is only placed: nothing turns or changes it."""
    kept = {name: getattr(values, name) for name in LayerValues.__struct_fields__}
    is_flat = values.projection == "flat"
    if layer.raw:
        kept |= {name: getattr(_NEUTRAL, name) for name in LayerLight.__struct_fields__}
    if layer.raw and not is_flat:
        kept["turn_deg"] = 0.0
    else:
        kept["turn_deg"] = values.turn_deg + looks.turn_deg
    if layer.shows_sky:
        kept["exposure_stops"] = values.exposure_stops + around.adapted_stops
    light = around.played.get(layer.key or "") or layer.light(around.ready, around.sky, around.depths)
    following = _following(layer, values, around)
    if following is msgspec.UNSET:
        kept["follow"] = msgspec.UNSET
    if not getattr(light, "relief", None):
        kept["near_m"] = kept["far_m"] = msgspec.UNSET
    anchor_m = around.anchor_m if is_flat else msgspec.UNSET
    return LayerPlan(**kept, light=light, anchor_m=anchor_m, following=following)


def _following(layer: Layer, values: LayerValues, around: Around) -> FollowPlan | msgspec.UnsetType:
    """What a layer follows the hour by, as far as it does."""
    shot = around.shots.get(layer.key or "")
    if around.sky is None or shot is None or not layer.follows or values.follow == 0.0:
        return msgspec.UNSET
    return FollowPlan(now=around.sky, shot=shot, adapted_stops=around.adapted_stops)


def keyed(worlds: Iterable[World]) -> tuple[World, ...]:
    """The same worlds, each and each of its layers with a name and with the key that it has on this stage.

    A layer without a name has its world's, from the second on with its number.
    """
    worlds = tuple(worlds)
    taken = {world.key for world in worlds if world.key}
    layers_taken = {layer.key for world in worlds for layer in world.layers if layer.key}
    found = []
    for world in worlds:
        key = world.key or key_of(world.name, taken)
        taken.add(key)
        layers = []
        for number, layer in enumerate(world.layers, start=1):
            name = layer.name or (world.name if number == 1 else f"{world.name} {number}")
            layer_key = layer.key or key_of(name, layers_taken)
            layers_taken.add(layer_key)
            layers.append(msgspec.structs.replace(layer, name=name, key=layer_key))
        found.append(msgspec.structs.replace(world, key=key, layers=tuple(layers)))
    return tuple(found)


def broken_world_rules(worlds: Iterable[World]) -> Iterator[tuple[int, BrokenRule]]:
    """Every broken rule of some worlds, with the world's index; the rule's key is that inside the world."""
    names: dict[str, int] = {}
    keys: set[str] = set()
    layer_keys: set[str] = set()
    for index, world in enumerate(worlds):
        if not (0 < len(world.name) <= LONGEST_NAME and is_shown(world.name)):
            yield index, _rule("name", "world_name_not_text", found=world.name, most=LONGEST_NAME)
        if names.setdefault(unicodedata.normalize("NFC", world.name), index) != index:
            yield index, _rule("name", "world_name_again", found=world.name)
        yield from ((index, rule) for rule in _repeated("key", world.key, keys))
        for number, layer in enumerate(world.layers):
            where = f"layers[{number}]"
            if layer.raw and len(world.layers) > 1:
                kind = str(layer.__struct_config__.tag)
                yield index, _rule(f"{where}.kind", "raw_layer_not_alone", found=kind)
            if len(layer.name) > LONGEST_NAME or not is_shown(layer.name):
                yield index, _rule(f"{where}.name", "layer_name_not_text", most=LONGEST_NAME)
            yield from ((index, rule) for rule in _repeated(f"{where}.key", layer.key, layer_keys))
            for rule in layer.broken_rules():
                yield index, msgspec.structs.replace(rule, key=f"{where}.{rule.key}")


def _repeated(where: str, key: str | None, taken: set[str]) -> Iterator[BrokenRule]:
    if key is None:
        return
    if key in taken:
        yield _rule(where, "world_key_again", found=key)
    taken.add(key)


def _rule(key: str, code: str, **values: Scalar) -> BrokenRule:
    return BrokenRule(key=key, code=code, values=values)
