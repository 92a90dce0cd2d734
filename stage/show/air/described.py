"""Worlds that a file describes. One that is named after a picture takes its place: there is one world of both. Pure.

`street.world.toml` says how the world of `street.png` is placed and what it is made of. That world has one name and
one key, whichever of the two files comes first or goes first.
"""

from __future__ import annotations

from collections.abc import Container

import msgspec

from render.worlds.configured import World
from render.worlds.kinds import Layer
from render.worlds.shared.model_values import ModelValues
from render.worlds.shared.plate_values import PlateValues
from render.worlds.shared.values import LayerValues
from stage.config.starting_values import world_groups
from stage.show.air.library_names import TakenNames
from stage.show.air.shelf import put_back, values_set
from stage.show.air.state import AirState, pictures_of
from stage.show.frame.inputs import LibraryFile
from stage.show.values.controls import Controls
from stage.values.parameters import flat
from tracking.settable import declarations_of

_GROUPS = (LayerValues, PlateValues, ModelValues)
_SETTABLE = frozenset((*(declared.name for group in _GROUPS for declared in declarations_of(group)), "width_m"))


def own_picture(air: AirState, found: LibraryFile) -> str | None:
    """The picture in the folder that the file of a world is named after, where it is a world of its own so far."""
    for picture in () if found.world is None else pictures_of(found.world):
        listed = air.library.files.get(picture.file)
        if listed is not None and listed.key and listed.cause is None:
            names = (listed.stem, listed.name, listed.stem + listed.suffix)
            if any(found.stem.casefold() == name.casefold() for name in names):
                return picture.file
    return None


def is_picture_of_others(air: AirState, file: str) -> bool:
    """Whether a world that is not the library's shows this file: then the file is no world beside it."""
    others = [world for key, world in air.worlds.items() if key not in air.library.full]
    return any(picture.file == file for world in others for picture in pictures_of(world))


def with_file_called(world: World, was: str, file: str) -> World:
    """The world whose file `was` is called `file` since."""
    layers = tuple(layer.with_files(lambda name: file if name == was else name) for layer in world.layers)
    return msgspec.structs.replace(world, layers=layers)


def described_like(taken: TakenNames, world: World, before: World) -> World:
    """A world as it is described now, with the name and key that it had; layers of the same pictures keep theirs."""
    taken.release(before)
    keys = {layer.file: layer.key for layer in before.layers}
    layers = tuple(msgspec.structs.replace(layer, key=keys.pop(layer.file, layer.key)) for layer in world.layers)
    return taken.keyed(msgspec.structs.replace(world, layers=layers), before.name, before.key or "")


def may_replace(air: AirState, controls: Controls, world: World, walls: Container[str]) -> bool:
    """Whether a world can at once be as it is described: off the walls, or where nothing on them changes by it."""
    key = world.key or ""
    before = air.worlds[key]
    if key not in walls:
        return True
    if [_beside_values(layer) for layer in before.layers] != [_beside_values(layer) for layer in world.layers]:
        return False
    kept = values_set(controls, before)
    starts = (start for prefix, group in world_groups(world) for start in flat(prefix, group))
    return all(kept.get(path, start) == controls.target_of(path) for path, start in starts)


def _beside_values(layer: Layer) -> Layer:
    """What a layer is without what can be set of it, or says who it is."""
    return msgspec.structs.replace(
        layer, name="", key=None, **dict.fromkeys(_SETTABLE.intersection(layer.__struct_fields__))
    )


def replace_world(air: AirState, controls: Controls, world: World) -> None:
    """Lets a world that stands ready be as it is described now. Values that somebody has set stay as they are."""
    key = world.key or ""
    before = air.worlds[key]
    values = values_set(controls, before)
    for prefix, _ in world_groups(before):
        controls.dismiss(prefix)
    air.worlds[key] = world
    for prefix, group in world_groups(world):
        controls.admit(prefix, group)
    put_back(controls, values)
