"""Worlds that come and go while the show runs: their values come into the tree and go with them. Pure.

So do the library's worlds of an earlier run, for a new show that continues with their values.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from render.worlds.configured import MOST_WORLDS, World, broken_world_rules
from stage.config.records import StageConfig
from stage.config.starting_values import world_groups
from stage.show.air.films import forget_unneeded_films
from stage.show.air.library_names import TakenNames
from stage.show.air.library_state import LibraryState
from stage.show.air.state import AirState, key_named, pictures_of
from stage.show.frame.inputs import Condition
from stage.show.values.controls import Controls
from stage.values.stage_wide import ACTIVE_WORLD, ShowValues
from stage.values.tree import ParameterTree, put_group
from tracking.records import Scalar


def follow_worlds(tree: ParameterTree, config: StageConfig, air: AirState) -> None:
    """Makes the tree of a configuration that of a show whose worlds have come and gone since."""
    configured = {world.key or "": world for world in config.all_worlds()}
    for key, world in configured.items():
        if key not in air.worlds:
            _dismiss_from(tree, world)
    for key, world in air.worlds.items():
        if key not in configured:
            for prefix, group in world_groups(world):
                tree.admit(prefix, group)
    offer_names(tree, air)


def list_world(air: AirState, controls: Controls, world: World, kept: Iterable[str]) -> Condition | None:
    """Adds a world, whose values come into the tree. Returns what health says where it cannot be.

    One that is there already is left as it is. One with a key that is taken replaces it, unless that is on the walls:
    on air, in the dissolve, or one of those that frozen pictures have `kept`.
    """
    known = air.worlds.get(world.key or key_named(air, world.name) or "")
    if known is not None:
        key = known.key or ""
        if _is_as(known, world):
            air.going = [going for going in air.going if going != key]
            return None
        if key in on_walls(air, kept):
            return _left_out(world, "world_changed_on_air")
        dismiss(air, controls, key)
    if len(air.worlds) - len(air.library.full) >= MOST_WORLDS:
        return _left_out(world, "too_many_worlds", most=MOST_WORLDS)
    taken = TakenNames(air)
    for rule in (*(rule for _, rule in broken_world_rules((world,))), *taken.repeated(world)):
        return _left_out(world, "world_rule_broken", **{**rule.values, "key": rule.key, "cause": rule.code})
    added = taken.keyed(world, world.name, world.key or taken.new_key(world.name))
    air.worlds[added.key or ""] = added
    for prefix, group in world_groups(added):
        controls.admit(prefix, group)
    offer_names(controls.tree, air)
    return None


def withdraw_world(air: AirState, controls: Controls, key: str) -> Condition | None:
    """Takes a world away, as soon as it is on the walls no longer. Returns what health says where it was waited for."""
    if key not in air.worlds:
        return None
    if key not in air.going:
        air.going.append(key)
    dissolve = air.dissolve
    if key_named(air, controls.state.values.world.active) != key or key in on_walls(air, ()):
        return None
    stays = air.on_air if dissolve is None or dissolve.back else dissolve.coming
    controls.assign(ACTIVE_WORLD, air.worlds[stays].name)
    values = {"world": air.worlds[key].name, "on_air": air.worlds[stays].name}
    return Condition(code="world_withdrawn", severity="warning", values=dict(values), lasts=True)


def dismiss_gone(air: AirState, controls: Controls, kept: Iterable[str]) -> None:
    """Lets those worlds go that are there no longer and on the walls no longer; frozen pictures have `kept` theirs."""
    walls = on_walls(air, kept)
    for key in tuple(air.going):
        if key not in walls:
            dismiss(air, controls, key)


def dismiss(air: AirState, controls: Controls, key: str) -> None:
    """Takes a world away with its values, and what is known of pictures that only it needs."""
    world = air.worlds.pop(key)
    air.going = [going for going in air.going if going != key]
    for prefix, _ in world_groups(world):
        controls.dismiss(prefix)
    gone = [layer.key for layer in world.layers]
    air.placed = [placed for placed in air.placed if placed not in gone]
    needed = {picture.asset_key for other in air.worlds.values() for picture in pictures_of(other)}
    for picture in pictures_of(world):
        if picture.asset_key not in needed:
            air.assets.pop(picture.asset_key, None)
            air.newer.pop(picture.asset_key, None)
    forget_unneeded_films(air)
    offer_names(controls.tree, air)


def _dismiss_from(tree: ParameterTree, world: World) -> None:
    for prefix, _ in world_groups(world):
        tree.dismiss(prefix)


def offer_names(tree: ParameterTree, air: AirState) -> None:
    """Says which worlds can be put on air: the stage's own first, then all of the library."""
    library = air.library
    own = (world.name for key, world in air.worlds.items() if key not in library.full)
    listed = (file.name for file in library.files.values() if file.key and file.cause is None)
    tree.offer(ACTIVE_WORLD, (*own, *listed))


def on_walls(air: AirState, kept: Iterable[str]) -> tuple[str, ...]:
    """The keys of the worlds on the walls: on air, in the dissolve, and those that frozen pictures have `kept`."""
    coming = () if air.dissolve is None else (air.dissolve.coming,)
    return (air.on_air, *coming, *kept)


def _is_as(known: World, listed: World) -> bool:
    """Whether a world is the one that is known, which was given the names and keys that it did not have."""
    layers = [
        msgspec.structs.replace(layer, name=layer.name or was.name, key=layer.key or was.key)
        for layer, was in zip(listed.layers, known.layers, strict=False)
    ]
    whole = (*layers, *listed.layers[len(layers) :])
    return msgspec.structs.replace(listed, key=known.key, layers=whole) == known


def _left_out(world: World, why: str, **found: Scalar) -> Condition:
    values = {**found, "world": world.name[:100], "why": why}
    return Condition(code="world_left_out", severity="warning", values=values, lasts=True)


def carry_library(air: AirState, values: ShowValues, tree: ParameterTree, before: AirState) -> None:
    """Adds the worlds that stood ready in the library `before`, with the values that they come with.

    Those whose keys are taken by now are left out. What is in the folder today is told later.
    """
    library = before.library
    air.library = LibraryState(remembered=library.remembered)
    for key, file in library.full.items():
        world, listed = before.worlds.get(key), library.files.get(file)
        if world is None or listed is None or key in air.worlds or listed.key != key:
            continue
        groups = tuple(world_groups(world))
        if any(tree.under(prefix) for prefix, _ in groups):
            continue
        air.worlds[key] = world
        air.library.files[file], air.library.full[key] = listed, file
        listed.gone = False
        for prefix, group in groups:
            tree.admit(prefix, group)
            put_group(values, prefix, group)
    offer_names(tree, air)
