"""Which of the library's worlds stand ready with their values, and which are only offered by name. Pure.

There may be thousands of files. The newest stand ready; any other world does once somebody asks for it, and one that
nobody has touched, off the walls and the longest unasked, makes room for it.
"""

from __future__ import annotations

from collections.abc import Container, Mapping

import msgspec

from render.worlds.configured import MOST_WORLDS, World, scene_world
from render.worlds.kinds import Layer
from render.worlds.model.record import is_model_path
from render.worlds.panorama.record import PanoramaLayer
from render.worlds.plate.record import PlateLayer
from render.worlds.shared.formats import ENDINGS
from stage.config.starting_values import world_groups
from stage.show.air.library_state import ListedFile, Remembered
from stage.show.air.listing import dismiss
from stage.show.air.state import AirState
from stage.show.values.controls import Controls
from stage.values.parameters import Refusal, flat
from stage.values.tree import family_of
from tracking.settable import Value

MOST_FRESH = 128
"""So many new files may wait to stand ready; of more, the oldest wait to be asked for."""
FEWEST = 8
"""So many of the library's worlds stand ready, however many are configured."""
A_FRAME = 2
"""So many worlds come to stand ready in one frame: their values take their time."""
MOST_REMEMBERED = 256


def room_for_worlds(air: AirState) -> int:
    """How many of the library's worlds may stand ready."""
    return max(FEWEST, MOST_WORLDS - (len(air.worlds) - len(air.library.full)))


def set_out_fresh(air: AirState, controls: Controls, walls: Container[str]) -> None:
    """Once a frame: lets new worlds stand ready."""
    air.library.note_change()
    for file in air.library.fresh[:A_FRAME]:
        set_out(air, controls, file, walls)
    del air.library.fresh[:A_FRAME]


def set_out(air: AirState, controls: Controls, file: str, walls: Container[str]) -> None:
    """Lets a file's world stand ready with its values: those of its kind, and over them what is remembered of it."""
    library, listed = air.library, air.library.files[file]
    if listed.key in library.full:
        return
    library.note_change()
    _make_room(air, controls, walls)
    world = world_of(file, listed)
    library.full[listed.key] = file
    air.worlds[listed.key] = world
    for prefix, group in world_groups(world):
        controls.admit(prefix, group)
    before = library.remembered.pop(file, None)
    put_back(controls, {} if before is None else before.values)


def put_back(controls: Controls, values: Mapping[str, Value]) -> None:
    """Sets those of the values that there still are."""
    for path, value in values.items():
        if path in controls.tree and not isinstance(checked := controls.tree.check(path, value), Refusal):
            controls.assign(path, checked)


def world_of(file: str, listed: ListedFile) -> World:
    """The world of a file: what it describes, or the picture or scene that it is, or else the film."""
    if listed.world is not None:
        return msgspec.structs.replace(listed.world, name=listed.name)
    name, key = listed.name, listed.key
    if is_model_path(file):
        return scene_world(file, name, key)
    if file.lower().endswith(ENDINGS):
        layer: Layer = PanoramaLayer(name=name, key=key, file=file, depth=listed.depth or None)
    else:
        layer = PlateLayer(name=name, key=key, file=file)
    return World(name=listed.name, key=listed.key, layers=(layer,))


def shelved_world(air: AirState, name: str) -> World | None:
    """The world that is called `name` and is only offered by it; None where there is none."""
    for file, listed in air.library.files.items():
        if listed.name == name and listed.key and listed.cause is None:
            return world_of(file, listed)
    return None


def dismiss_full(air: AirState, controls: Controls, file: str) -> None:
    """Takes a file's world with its values away from those that stand ready, and remembers what was set of it."""
    listed = air.library.files[file]
    remember(air, file, values_set(controls, air.worlds[listed.key]))
    del air.library.full[listed.key]
    dismiss(air, controls, listed.key)


def remember(air: AirState, file: str, values: dict[str, Value]) -> None:
    """Keeps a file's key, and the values that were set of its world, for when it comes back."""
    air.library.note_change()
    remembered = air.library.remembered
    remembered.pop(file, None)
    remembered[file] = Remembered(key=air.library.files[file].key, values=values)
    while len(remembered) > MOST_REMEMBERED:
        without = (other for other, kept in remembered.items() if not kept.values)
        del remembered[next(without, next(iter(remembered)))]


def values_set(controls: Controls, world: World) -> dict[str, Value]:
    """The values of a world that are not as it came, by path."""
    found: dict[str, Value] = {}
    for prefix, group in world_groups(world):
        for path, start in flat(prefix, group):
            value = controls.target_of(path)
            if value != start:
                found[path] = value
    return found


def _make_room(air: AirState, controls: Controls, walls: Container[str]) -> None:
    """Puts worlds back on the shelf until there is room for one more."""
    library = air.library
    while len(library.full) >= room_for_worlds(air):
        kept = (air.asked, *air.going, *air.ahead)
        keys = [key for key in library.full if key not in walls and key not in kept]
        keys.sort(key=lambda key: library.files[library.full[key]].asked)
        untouched = (key for key in keys if not _is_touched(controls, air.worlds[key]))
        key = next(untouched, next(iter(keys), None))
        if key is None:
            return
        dismiss_full(air, controls, library.full[key])


def _is_touched(controls: Controls, world: World) -> bool:
    values = controls.state.values
    for prefix, group in world_groups(world):
        family, key = family_of(prefix, group)
        if getattr(values, family)[key] != group:
            return True
    return False
