"""The library's folder in the fold: its files come, change, are renamed and go, and their worlds with them. Pure."""

from __future__ import annotations

from collections.abc import Container
from typing import NamedTuple

import msgspec

from render.worlds.configured import World, scene_world
from render.worlds.model.record import is_model_path
from stage.show.air.described import (
    described_like,
    is_picture_of_others,
    may_replace,
    own_picture,
    replace_world,
    with_file_called,
)
from stage.show.air.library_names import TakenNames, call_anew, free_last_twin
from stage.show.air.library_state import ListedFile
from stage.show.air.listing import offer_names, withdraw_world
from stage.show.air.newer import hold_back, note_version, take_over_newer
from stage.show.air.shelf import (
    MOST_FRESH,
    dismiss_full,
    remember,
    room_for_worlds,
    set_out,
    set_out_fresh,
    world_of,
)
from stage.show.air.state import AirState, asset_of, pictures_of
from stage.show.frame.inputs import Condition, LibraryFile, LibraryGone, LibraryListed
from stage.show.values.controls import Controls


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
            _update(shelf, taken, known, found)
    _tidy(shelf)


def forget_files(shelf: Shelf, gone: LibraryGone) -> list[Condition]:
    """Files that are there no longer. Returns what health says of worlds that were waited for."""
    taken = TakenNames(shelf.air)
    said = [_forget(shelf, taken, file) for file in gone.files if file in shelf.air.library.files]
    _tidy(shelf)
    return [condition for condition in said if condition is not None]


def _add(shelf: Shelf, taken: TakenNames, found: LibraryFile, *, first: bool) -> None:
    air, library, cause = shelf.air, shelf.air.library, found.cause
    picture = own_picture(air, found)
    if picture is not None:
        _take_place(shelf, taken, picture, found)
        return
    is_described = taken.describes(found.file, found.stem, found.suffix)
    is_configured = not is_described and is_picture_of_others(air, found.file)
    twins = () if cause is not None or is_described or is_configured else taken.twins_of(found.stem)
    for twin in twins:
        call_anew(shelf.air, shelf.controls, taken, twin, alone=False)
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
        depth=found.depth,
    )
    if is_described or is_configured:
        listed.key, listed.shown = "", "" if is_configured else found.version
    elif found.world is not None:
        listed.world = taken.keyed(found.world, name, listed.key)
    elif is_model_path(found.file) and cause is None:
        listed.world = taken.keyed(scene_world(found.file, name, listed.key), name, listed.key)
    library.files[found.file] = listed
    taken.add(found.file, listed)
    has_room = len(library.full) + len(library.fresh) < room_for_worlds(air)
    if listed.key and cause is None and (has_room or not first):
        library.fresh = [*library.fresh[1 - MOST_FRESH :], found.file]


def _take_place(shelf: Shelf, taken: TakenNames, picture: str, found: LibraryFile) -> None:
    """The file of a world comes that is named after a picture: it describes that picture's world from now on."""
    library, before = shelf.air.library, shelf.air.library.files[picture]
    assert found.world is not None
    taken.remove(picture, before)
    like = world_of(picture, before)
    listed = msgspec.structs.replace(
        before, stem=found.stem, suffix=found.suffix, version=found.version, seen=found.version, shown=found.version
    )
    listed.world = described_like(taken, found.world, like)
    library.files[found.file], before.key, before.world = listed, "", None
    taken.add(found.file, listed)
    library.fresh = [found.file if file == picture else file for file in library.fresh]
    if picture in library.remembered:
        library.remembered[found.file] = library.remembered.pop(picture)
    if listed.key in library.full:
        library.full[listed.key] = found.file
        world, listed.world = listed.world, like
        _describe(shelf, found.file, listed, world)


def _update(shelf: Shelf, taken: TakenNames, known: ListedFile, found: LibraryFile) -> None:
    """A file that is known: whole again with other content, or back before its world was left."""
    library = shelf.air.library
    known.changed_s, known.cause = found.changed_s, found.cause
    if known.gone:
        known.gone = False
        library.leaving = [file for file in library.leaving if file != found.file]
        shelf.air.going = [key for key in shelf.air.going if key != known.key]
    has_other_depth, known.depth = known.depth != found.depth, found.depth
    if has_other_depth and known.key in library.full:
        _describe(shelf, found.file, known, world_of(found.file, msgspec.structs.replace(known, world=None)))
    if found.world is None or known.world is None:
        note_version(shelf.air, found.file, found.version, shelf.walls)
        return
    known.version = known.seen = known.shown = found.version
    _describe(shelf, found.file, known, described_like(taken, found.world, known.world))


def _describe(shelf: Shelf, file: str, listed: ListedFile, world: World) -> None:
    """A file describes its world in another way: it is like that at once, or waits until it is asked for or left."""
    air = shelf.air
    air.library.note_change()
    if listed.key in air.library.full and not may_replace(air, shelf.controls, world, shelf.walls):
        listed.coming, listed.again, listed.held = world, False, False
        air.library.newer = [*(other for other in air.library.newer if other != file), file]
        return
    listed.world, listed.coming = world, None
    air.library.newer = [other for other in air.library.newer if other != file]
    if listed.key in air.library.full:
        replace_world(air, shelf.controls, world)


def _describe_waiting(shelf: Shelf, *, follow: bool) -> None:
    """What waits to be like it is described since: it is, once it is left, or was asked for and can be shown whole."""
    air = shelf.air
    for file in tuple(air.library.newer):
        listed = air.library.files.get(file)
        if listed is None or listed.coming is None:
            continue
        is_whole = all(asset_of(air, picture).sha256 for picture in pictures_of(listed.coming))
        is_due = listed.again or (follow and not listed.held)
        if listed.key not in shelf.walls or (is_due and is_whole):
            _describe(shelf._replace(walls=()), file, listed, listed.coming)


def _rename(shelf: Shelf, taken: TakenNames, found: LibraryFile) -> None:
    """Another name for the same file: its world keeps its key, its values and its pictures."""
    air, library = shelf.air, shelf.air.library
    if taken.describes(found.file, found.stem, found.suffix):  # there is a world of that picture already
        _forget(shelf, taken, found.was)
        return
    known = library.files.pop(found.was)
    if not known.key:  # configured worlds name their files, and this is none of theirs any more
        return
    taken.remove(found.was, known)
    free_last_twin(shelf.air, shelf.controls, taken, known.stem)
    known.stem, known.suffix = found.stem, found.suffix
    if known.world is not None:
        known.world = with_file_called(known.world, found.was, found.file)
    library.files[found.file] = known
    for files in (library.fresh, library.newer, library.leaving):
        files[:] = [found.file if file == found.was else file for file in files]
    for assets in (air.assets, air.newer):
        for key in [key for key in assets if key.partition("\n")[0] == found.was]:
            assets[found.file + key[len(found.was) :]] = assets.pop(key)
    if found.was in air.films:
        air.films[found.file] = air.films.pop(found.was)
    if known.key in library.full:
        library.full[known.key] = found.file
        air.worlds[known.key] = with_file_called(air.worlds[known.key], found.was, found.file)
    twins = taken.twins_of(found.stem)
    for twin in twins:
        call_anew(shelf.air, shelf.controls, taken, twin, alone=False)
    taken.add(found.file, known)
    call_anew(shelf.air, shelf.controls, taken, found.file, alone=not twins)


def _forget(shelf: Shelf, taken: TakenNames, file: str) -> Condition | None:
    """A file is gone. Its world goes too, or once it has left the walls."""
    air, library = shelf.air, shelf.air.library
    known, said = library.files[file], None
    if not known.key:  # other worlds show it as long as they are there
        known.gone = True
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
    free_last_twin(shelf.air, shelf.controls, taken, known.stem)
    _free_picture(shelf, taken, file, known)
    return said


def _free_picture(shelf: Shelf, taken: TakenNames, file: str, described: ListedFile) -> None:
    """The picture of a world that nothing describes any more is a world of its own, with the same key."""
    library = shelf.air.library
    for picture in () if described.world is None else pictures_of(described.world):
        known = library.files.get(picture.file)
        if known is None or known.key or is_picture_of_others(shelf.air, picture.file):
            continue
        if taken.describes(picture.file, known.stem, known.suffix):  # another file does
            continue
        del library.files[picture.file]
        if file in library.remembered:
            library.remembered[picture.file] = library.remembered.pop(file)
        if not known.gone:
            about = {name: getattr(known, name) for name in ("stem", "suffix", "version", "changed_s", "cause")}
            _add(shelf, taken, LibraryFile(file=picture.file, **about), first=False)


def ask_for_world(shelf: Shelf, name: str) -> None:
    """Somebody asks for the world that is called `name`: it stands ready from now on, if it is the library's."""
    library = shelf.air.library
    for file, listed in library.files.items():
        if listed.name == name and listed.key and listed.cause is None:
            listed.asked = shelf.frame
            library.note_change()
            set_out(shelf.air, shelf.controls, file, shelf.walls)
            library.fresh = [fresh for fresh in library.fresh if fresh != file]
            return


def tend_library(shelf: Shelf, *, recording: bool, follow: bool) -> None:
    """Once a frame: worlds whose files are gone go, new ones come, and newer content is shown where it is due."""
    library = shelf.air.library
    if library.leaving:
        _leave_gone(shelf)
    if library.fresh:
        set_out_fresh(shelf.air, shelf.controls, shelf.walls)
    if library.newer:
        if recording:
            hold_back(shelf.air)
        _describe_waiting(shelf, follow=follow)
        take_over_newer(shelf.air, shelf.walls, follow=follow)


def _leave_gone(shelf: Shelf) -> None:
    """Lets those files go whose worlds have left the walls."""
    air = shelf.air
    left = [file for file in air.library.leaving if air.library.files[file].key not in shelf.walls]
    if not left:
        return
    air.library.leaving = [file for file in air.library.leaving if file not in left]
    taken = TakenNames(air)
    for file in left:
        dismiss_full(air, shelf.controls, file)
        gone = air.library.files.pop(file)
        taken.remove(file, gone)
        free_last_twin(shelf.air, shelf.controls, taken, gone.stem)
        _free_picture(shelf, taken, file, gone)
    offer_names(shelf.controls.tree, air)


def _tidy(shelf: Shelf) -> None:
    """What is to be known of all files together, after some have changed."""
    library = shelf.air.library
    library.note_change()
    refused = [listed.name for listed in library.files.values() if listed.cause is not None]
    library.refused, library.example = len(refused), refused[0] if refused else ""
    offer_names(shelf.controls.tree, shelf.air)
