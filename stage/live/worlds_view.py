"""What clients see of the worlds of a running show."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

import msgspec

from render.worlds.configured import World
from render.worlds.shared.file_names import WORLD_ENDING
from stage.config.records import StageConfig
from stage.control.view import LibraryWorld, WorldStatus
from stage.control.world_findings import finding_of
from stage.show.air.called import key_called, no_world
from stage.show.air.remark import Remark
from stage.show.air.remarks import world_remarks
from stage.show.air.sight import Sight
from stage.show.air.state import AirState, AssetState, failure_of, pictures_of, share_read, standing_of
from stage.values.parameters import Refusal
from stage.values.stage_wide import ShowValues
from stage.words.sentences import sentence

_MIB = 2**20


def world_statuses(air: AirState, values: ShowValues, sight: Sight) -> Iterator[WorldStatus]:
    """Every world, in the order in which they came."""
    shown = (air.on_air, "" if air.dissolve is None else air.dissolve.coming)
    for key, world in air.worlds.items():
        assets = [air.assets.get(picture.asset_key) or AssetState() for picture in pictures_of(world)]
        failure = failure_of(air, key)
        notes = (Remark(note.code, note.values) for asset in assets for note in asset.notes)
        yield WorldStatus(
            name=world.name,
            key=key,
            kind=_kind(world),
            state=standing_of(air, key),
            progress=share_read(air, key),
            reason="" if failure is None else sentence(failure.code, failure.values),
            gpu_mib=sum(asset.gpu_bytes for asset in assets) / _MIB,
            on_air=key in shown,
            thumbnail=next((asset.thumbnail for asset in assets if asset.thumbnail), None),
            findings=tuple(map(finding_of, (*notes, *world_remarks(air, values, key, sight)))),
            source=world.source,
            ai_made=world.ai_made,
            licence=world.licence,
        )


def library_world(air: AirState, config: StageConfig, name: str) -> LibraryWorld | Refusal:
    """The world that is called `name`, as its file in the library has it; or why it has none."""
    key = key_called(air, name)
    if key is None:
        return no_world(air, name)
    world = air.worlds[key]
    if key in {one.key for one in config.all_worlds()}:
        return Refusal(code="conflict", reason="world_configured", values={"world": world.name})
    return LibraryWorld(
        key=key,
        layer_keys=tuple(layer.key or "" for layer in world.layers),
        file=f"{world.name}{WORLD_ENDING}",
        plain=_plain(world),
    )


def _plain(world: World) -> World:
    layers = tuple(
        msgspec.structs.replace(
            layer, name="", key=None, **{key: PurePosixPath(file).name for key, file in layer.named_files()}
        )
        for layer in world.layers
    )
    return msgspec.structs.replace(world, key=None, layers=layers)


def _kind(world: World) -> str:
    """The kinds of its layers, each once."""
    return ", ".join(dict.fromkeys(str(layer.__struct_config__.tag) for layer in world.layers))
