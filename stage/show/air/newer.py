"""New content of a file while its world is on the walls: it waits beside the old one until it is asked for. Pure."""

from __future__ import annotations

from collections.abc import Container, Iterator

from stage.show.air.films import take_newer_of
from stage.show.air.library_state import ListedFile
from stage.show.air.state import AirState, AssetState, asset_of, pictures_of
from stage.show.frame.inputs import Cause


def note_version(air: AirState, file: str, version: str, walls: Container[str]) -> None:
    """A file has new content. A world off the walls takes it at once; one on the walls keeps what it shows."""
    library, listed = air.library, air.library.files[file]
    if version == listed.version:
        return
    library.note_change()
    listed.version, listed.again, listed.held = version, False, False
    for key in _assets_of(air.newer, file):
        del air.newer[key]
    if version == listed.seen:
        library.newer = [other for other in library.newer if other != file]
    elif not _is_shown(air, file, walls):
        _take_over(air, file, listed)
    elif file not in library.newer:
        library.newer.append(file)


def hold_back(air: AirState) -> None:
    """While a take records: what waits now never comes by itself, not even after the take."""
    for file in air.library.newer:
        listed = air.library.files.get(file)
        if listed is not None and not listed.held:
            listed.held = True
            air.library.note_change()


def take_over_newer(air: AirState, walls: Container[str], *, follow: bool) -> None:
    """Once a frame: shows newer content that was asked for; with `follow` any that is not held back."""
    for file in tuple(air.library.newer):
        listed = air.library.files.get(file)
        if listed is None:
            air.library.newer.remove(file)
            air.library.note_change()
            continue
        if listed.coming is not None:
            continue
        if not _is_shown(air, file, walls):
            _take_over(air, file, listed)
            continue
        needed = tuple(_needed(air, file, walls))
        if not all(key in air.newer and air.newer[key].sha256 for key in needed):
            continue
        is_same = all(key in air.assets and air.assets[key].sha256 == air.newer[key].sha256 for key in needed)
        if is_same or listed.again or (follow and not listed.held):
            _take_over(air, file, listed)


def ask_for_newer(air: AirState, key: str) -> bool:
    """Somebody asks for a world that is on air: its newer content is wanted too. Returns whether there is any."""
    files = {picture.file: None for picture in pictures_of(air.worlds[key])} | {air.library.full.get(key, ""): None}
    newer = [file for file in files if file in air.library.newer]
    for file in newer:
        air.library.files[file].again = True
        air.library.note_change()
    return take_newer_of(air, key) or bool(newer)


def is_newer_ready(air: AirState, key: str) -> bool:
    """Whether all newer content of a world's pictures is on the GPU."""
    file = air.library.full.get(key)
    coming = None if file is None else air.library.files[file].coming
    if coming is not None and not all(asset_of(air, picture).sha256 for picture in pictures_of(coming)):
        return False
    waiting = (picture for picture in pictures_of(air.worlds[key]) if picture.file in air.library.newer)
    return all(air.newer.get(picture.asset_key, AssetState()).sha256 for picture in waiting)


def newer_failure(air: AirState, key: str) -> Cause | None:
    """Why newer content of a world's pictures cannot be read; None where it can, or there is none."""
    if not air.library.newer:
        return None
    assets = (air.newer.get(picture.asset_key) for picture in pictures_of(air.worlds[key]))
    return next((asset.failed for asset in assets if asset is not None and asset.failed is not None), None)


def _take_over(air: AirState, file: str, listed: ListedFile) -> None:
    """The newest content is what worlds show, or wait for, from now on."""
    air.library.note_change()
    listed.seen = listed.shown = listed.version
    listed.again = listed.held = False
    for key in _assets_of(air.assets, file):
        del air.assets[key]
    for key in _assets_of(air.newer, file):
        air.assets[key] = air.newer.pop(key)
    air.library.newer = [other for other in air.library.newer if other != file]


def _is_shown(air: AirState, file: str, walls: Container[str]) -> bool:
    return any(True for _ in _needed(air, file, walls))


def _needed(air: AirState, file: str, walls: Container[str]) -> Iterator[str]:
    """The asset keys by which worlds on the walls show a file."""
    for key, world in air.worlds.items():
        if key in walls:
            yield from (picture.asset_key for picture in pictures_of(world) if picture.file == file)


def _assets_of(assets: dict[str, AssetState], file: str) -> list[str]:
    return [key for key in assets if key.partition("\n")[0] == file]
