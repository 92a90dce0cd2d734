"""The library's folder in the fold: its files come, change, are renamed and go, and their worlds with them. Pure."""

from __future__ import annotations

from collections.abc import Container
from typing import NamedTuple

import msgspec

from stage.show.air.library_names import TakenNames
from stage.show.air.library_state import ListedFile
from stage.show.air.listing import offer_names, withdraw_world
from stage.show.air.newer import note_version, take_over_newer
from stage.show.air.shelf import MOST_FRESH, dismiss_full, remember, room_for_worlds, set_out, set_out_fresh
from stage.show.air.state import AirState, pictures_of
from stage.show.frame.inputs import Condition, LibraryFile, LibraryFolder, LibraryGone, LibraryListed
from stage.show.values.controls import Controls
from stage.values.stage_wide import ACTIVE_WORLD


class Shelf(NamedTuple):
    """What changes of the library work on. `walls` are the keys of the worlds on the walls."""

    air: AirState
    controls: Controls
    walls: Container[str]
    frame: int


def list_files(shelf: Shelf, listed: LibraryListed) -> None:
    """Files that are whole: each a world with a name and a key of its own, or why it is none."""
    taken = TakenNames(shelf.air)
    for found in listed.files:
        if found.was in shelf.air.library.files and found.file not in shelf.air.library.files:
            _rename(shelf, taken, found)
        known = shelf.air.library.files.get(found.file)
        if known is not None and (known.cause is None) != (found.cause is None):
            _forget(shelf, taken, found.file)
            known = shelf.air.library.files.get(found.file)
        if known is None:
            _add(shelf, taken, found, first=listed.first)
        else:
            _update(shelf, known, found)
    _tidy(shelf)


def forget_files(shelf: Shelf, gone: LibraryGone) -> list[Condition]:
    """Files that are there no longer. Returns what health says of worlds that were waited for."""
    taken = TakenNames(shelf.air)
    said = [_forget(shelf, taken, file) for file in gone.files if file in shelf.air.library.files]
    _tidy(shelf)
    return [condition for condition in said if condition is not None]


def note_folder(air: AirState, folder: LibraryFolder) -> None:
    """How the folder stands. One that is away takes no world with it: it may come back."""
    air.library.missing, air.library.left_out = folder.missing, folder.left_out


def _add(shelf: Shelf, taken: TakenNames, found: LibraryFile, *, first: bool) -> None:
    air = shelf.air
    library, cause = air.library, found.cause
    twins = taken.twins_of(found.stem) if cause is None else ()
    for twin in twins:
        _call_anew(shelf, taken, twin, alone=False)
    name = taken.name_for(found.file, found.stem, found.suffix, alone=cause is None and not twins)
    before = library.remembered.get(found.file)
    listed = ListedFile(
        key=taken.new_key(name) if before is None or before.key in air.worlds else before.key,
        name=name,
        stem=found.stem,
        suffix=found.suffix,
        version=found.version,
        seen=found.version,
        shown=found.version,
        changed_s=found.changed_s,
        asked=shelf.frame,
        cause=cause,
    )
    if _is_picture_of_others(air, found.file):
        listed.key, listed.shown = "", ""
    elif found.world is not None:
        listed.world = taken.keyed(found.world, name, listed.key)
    library.files[found.file] = listed
    taken.add(found.file, listed)
    has_room = len(library.full) + len(library.fresh) < room_for_worlds(air)
    if listed.key and cause is None and (has_room or not first):
        library.fresh = [*library.fresh[1 - MOST_FRESH :], found.file]


def _update(shelf: Shelf, known: ListedFile, found: LibraryFile) -> None:
    """A file that is known: whole again with other content, or back before its world was left."""
    library = shelf.air.library
    known.changed_s, known.cause = found.changed_s, found.cause
    if known.gone:
        known.gone = False
        library.leaving = [file for file in library.leaving if file != found.file]
        shelf.air.going = [key for key in shelf.air.going if key != known.key]
    note_version(shelf.air, found.file, found.version, shelf.walls)


def _rename(shelf: Shelf, taken: TakenNames, found: LibraryFile) -> None:
    """Another name for the same file: its world keeps its key, its values and its pictures."""
    air, library = shelf.air, shelf.air.library
    known = library.files.pop(found.was)
    if not known.key:  # configured worlds name their files, and this is none of theirs any more
        return
    taken.remove(found.was, known)
    _free_last_twin(shelf, taken, known.stem)
    known.stem, known.suffix = found.stem, found.suffix
    library.files[found.file] = known
    for files in (library.fresh, library.newer, library.leaving):
        files[:] = [found.file if file == found.was else file for file in files]
    for assets in (air.assets, air.newer):
        for key in [key for key in assets if key.partition("\n")[0] == found.was]:
            assets[found.file + key[len(found.was) :]] = assets.pop(key)
    if known.key in library.full:
        library.full[known.key] = found.file
        world = air.worlds[known.key]
        layers = tuple(
            msgspec.structs.replace(layer, file=found.file) if layer.file == found.was else layer
            for layer in world.layers
        )
        air.worlds[known.key] = msgspec.structs.replace(world, layers=layers)
    twins = taken.twins_of(found.stem)
    for twin in twins:
        _call_anew(shelf, taken, twin, alone=False)
    taken.add(found.file, known)
    _call_anew(shelf, taken, found.file, alone=not twins)


def _forget(shelf: Shelf, taken: TakenNames, file: str) -> Condition | None:
    """A file is gone. Its world goes too, or once it has left the walls."""
    air, library = shelf.air, shelf.air.library
    known, said = library.files[file], None
    if not known.key:  # configured worlds show it as long as they are there
        return None
    if known.key in library.full:
        said = withdraw_world(air, shelf.controls, known.key)
        if known.key in shelf.walls:
            known.gone = True
            library.leaving.append(file)
            return said
        dismiss_full(air, shelf.controls, file)
    elif known.cause is None:
        remember(air, file, {})
    del library.files[file]
    library.fresh = [fresh for fresh in library.fresh if fresh != file]
    taken.remove(file, known)
    _free_last_twin(shelf, taken, known.stem)
    return said


def _free_last_twin(shelf: Shelf, taken: TakenNames, stem: str) -> None:
    """The only file that is left of those that shared a stem is called by it alone."""
    twins = taken.twins_of(stem)
    if len(twins) == 1:
        _call_anew(shelf, taken, twins[0], alone=True)


def _call_anew(shelf: Shelf, taken: TakenNames, file: str, *, alone: bool) -> None:
    """Gives a file's world the name that it has beside the files that there are now."""
    air, known = shelf.air, shelf.air.library.files[file]
    name = taken.name_for(file, known.stem, known.suffix, alone=alone)
    if name == known.name or known.cause is not None:
        return
    before, known.name = known.name, name
    taken.call(file, before, name)
    if known.key not in air.library.full:
        return
    world = air.worlds[known.key]
    layers = tuple(
        msgspec.structs.replace(layer, name=name) if layer.name == before else layer for layer in world.layers
    )
    air.worlds[known.key] = msgspec.structs.replace(world, name=name, layers=layers)
    if shelf.controls.state.values.world.active == before:
        shelf.controls.assign(ACTIVE_WORLD, name, shelf.controls.state.dissolve_s)


def ask_for_world(shelf: Shelf, name: str) -> None:
    """Somebody asks for the world that is called `name`: it stands ready from now on, if it is the library's."""
    library = shelf.air.library
    if not library.files:
        return
    for file, listed in library.files.items():
        if listed.name == name and listed.key and listed.cause is None:
            listed.asked = shelf.frame
            set_out(shelf.air, shelf.controls, file, shelf.walls)
            library.fresh = [fresh for fresh in library.fresh if fresh != file]
            return


def tend_library(shelf: Shelf, *, recording: bool, follow: bool) -> None:
    """Once a frame: worlds whose files are gone go, new ones come, and newer content is shown where it is due."""
    library = shelf.air.library
    if library.leaving:
        _leave_gone(shelf.air, shelf.controls, shelf.walls)
    if library.fresh:
        set_out_fresh(shelf.air, shelf.controls, shelf.walls)
    if library.newer:
        take_over_newer(shelf.air, shelf.walls, recording=recording, follow=follow)


def _leave_gone(air: AirState, controls: Controls, walls: Container[str]) -> None:
    """Lets those files go whose worlds have left the walls."""
    left = [file for file in air.library.leaving if air.library.files[file].key not in walls]
    if not left:
        return
    for file in left:
        dismiss_full(air, controls, file)
        del air.library.files[file]
    air.library.leaving = [file for file in air.library.leaving if file not in left]
    offer_names(controls.tree, air)


def _tidy(shelf: Shelf) -> None:
    """What is to be known of all files together, after some have changed."""
    library = shelf.air.library
    refused = [listed.name for listed in library.files.values() if listed.cause is not None]
    library.refused, library.example = len(refused), refused[0] if refused else ""
    offer_names(shelf.controls.tree, shelf.air)


def _is_picture_of_others(air: AirState, file: str) -> bool:
    """Whether a world that is not the library's shows this file: then the file is no world beside it."""
    others = (world for key, world in air.worlds.items() if key not in air.library.full)
    return any(picture.file == file for world in others for picture in pictures_of(world))
