"""What clients see of the worlds of a running show."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import msgspec

from render.worlds.configured import World
from render.worlds.model.record import ModelLayer
from render.worlds.shared.file_names import WORLD_ENDING, is_world_file
from render.worlds.sky.record import SkyLayer
from stage.config.records import StageConfig
from stage.control.view import LibraryWorld, WorldStatus
from stage.control.world_views import finding_of
from stage.live.plates_view import films_of_world
from stage.show.air.film_state import FilmState, films_of
from stage.show.air.newer import newer_failure
from stage.show.air.remark import Remark
from stage.show.air.remarks import world_remarks
from stage.show.air.shelf import shelved_world, world_of
from stage.show.air.sight import Sight
from stage.show.air.state import (
    AirState,
    AssetState,
    failure_of,
    key_called,
    no_world,
    pictures_of,
    share_read,
    standing_of,
)
from stage.show.frame.inputs import Cause
from stage.show.looks.capture import layer_keys
from stage.values.parameters import Refusal
from stage.values.stage_wide import ShowValues
from stage.words.sentences import sentence

_MIB = 2**20
_SHIPPED = Path(__file__).resolve().parents[2] / "hw_configs" / "worlds"
_STREET, _SKY = _SHIPPED / "built_in_street.jpg", _SHIPPED / "built_in_sky.jpg"


def world_statuses(
    air: AirState, values: ShowValues, sight: Sight, page: tuple[int, int]
) -> tuple[tuple[WorldStatus, ...], int]:
    """The worlds of a `page` (its first, and how many at most), and how many worlds there are.

    The stage's own come first, then those of the library's files.
    """
    first, most = page
    own = [key for key in air.worlds if key not in air.library.full]
    files = [file for file, listed in air.library.files.items() if listed.key]
    chosen = [*own, *files][first : first + most]
    number_of_own = len(own[first : first + most])
    statuses = (
        *(_of_world(air, values, sight, key) for key in chosen[:number_of_own]),
        *(_of_file(air, values, sight, file) for file in chosen[number_of_own:]),
    )
    return statuses, len(own) + len(files)


def _of_file(air: AirState, values: ShowValues, sight: Sight, file: str) -> WorldStatus:
    """A file of the library: a world that stands ready, one that is only offered by name, or why it is none."""
    listed, missing = air.library.files[file], air.library.missing
    if listed.key in air.library.full:
        return _of_world(air, values, sight, listed.key)
    cause = listed.cause or missing
    return WorldStatus(
        name=listed.name,
        key=listed.key,
        kind=_kind(world_of(file, listed)),
        state="unloaded" if cause is None else "failed",
        progress=0.0,
        reason=_reason(cause),
        cause=cause,
    )


def _of_world(air: AirState, values: ShowValues, sight: Sight, key: str) -> WorldStatus:
    """A world that stands ready, or may. One whose own file is broken has failed, though it may be on air as it was."""
    world, state = air.worlds[key], standing_of(air, key)
    pictures = pictures_of(world)
    assets = [air.assets.get(picture.asset_key) or AssetState() for picture in pictures]
    played = [air.films[film] for film in films_of(world) if film in air.films]
    known: tuple[AssetState | FilmState, ...] = (*assets, *played)
    notes = (Remark(note.code, note.values) for one in known for note in one.notes)
    file = air.library.full.get(key)
    away = air.library.missing if file is not None and state in ("unloaded", "failed") else None
    broken = None if file is None else air.library.files[file].cause
    failure = away or broken or failure_of(air, key)
    cause = failure or _newer(newer_failure(air, key))
    return WorldStatus(
        name=world.name,
        key=key,
        kind=_kind(world),
        state="failed" if away or broken else state,
        progress=share_read(air, key),
        reason=_reason(cause),
        cause=cause,
        gpu_mib=sum(asset.gpu_bytes for asset in assets) / _MIB,
        on_air=key in (air.on_air, "" if air.dissolve is None else air.dissolve.coming),
        thumbnail=next((one.thumbnail for one in known if one.thumbnail), None) or _built_in_picture(world),
        findings=tuple(map(finding_of, (*notes, *world_remarks(air, values, key, sight)))),
        source=world.source,
        ai_made=world.ai_made,
        licence=world.licence,
        films=films_of_world(air, world),
        layers=layer_keys(world),
    )


def _built_in_picture(world: World) -> str | None:
    """A shipped picture of what needs no file: the scene that is built in, or a sky with nothing before it."""
    if any(isinstance(layer, ModelLayer) and layer.scene == "street" for layer in world.layers):
        return str(_STREET)
    return str(_SKY) if all(isinstance(layer, SkyLayer) for layer in world.layers) else None


def _newer(cause: Cause | None) -> Cause | None:
    """Why the newer version of a world cannot be shown; the one on the walls can."""
    return None if cause is None else Cause(code="library_newer_unreadable", values={**cause.values, "why": cause.code})


def _reason(cause: Cause | None) -> str:
    return "" if cause is None else sentence(cause.code, cause.values)


def library_world(air: AirState, config: StageConfig, name: str) -> LibraryWorld | Refusal:
    """The world that is called `name`, as its file in the library has it; or why it has none."""
    called = key_called(air, name)
    world = shelved_world(air, name) if called is None else air.worlds[called]
    if world is None:
        return no_world(air, name)
    key = world.key or ""
    if key in {one.key for one in config.all_worlds()}:
        return Refusal(code="conflict", reason="world_configured", values={"world": world.name})
    return LibraryWorld(
        key=key,
        layer_keys=tuple(layer.key or "" for layer in world.layers),
        unplaced=tuple(layer.key or "" for layer in world.layers if layer.key not in air.placed),
        file=_file_of(air, world),
        plain=_plain(world),
    )


def _file_of(air: AirState, world: World) -> str:
    """The name of the file that describes a world, or would."""
    files = (file for file, listed in air.library.files.items() if listed.key == world.key and is_world_file(file))
    return PurePosixPath(next(files, f"{world.name}{WORLD_ENDING}")).name


def _plain(world: World) -> World:
    layers = tuple(
        msgspec.structs.replace(layer.with_files(lambda file: PurePosixPath(file).name), name="", key=None)
        for layer in world.layers
    )
    return msgspec.structs.replace(world, key=None, layers=layers)


def _kind(world: World) -> str:
    """The kinds of its layers, each once."""
    return ", ".join(dict.fromkeys(str(layer.__struct_config__.tag) for layer in world.layers))
