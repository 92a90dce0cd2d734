"""What clients see of the worlds of a running show."""

from __future__ import annotations

from collections.abc import Iterator

from render.worlds.configured import World
from stage.control.view import WorldStatus
from stage.show.air.state import AirState, AssetState, failure_of, pictures_of, share_read, standing_of
from stage.words.sentences import sentence

_MIB = 2**20


def world_statuses(air: AirState) -> Iterator[WorldStatus]:
    """Every world, in the order in which they came."""
    shown = (air.on_air, "" if air.dissolve is None else air.dissolve.coming)
    for key, world in air.worlds.items():
        assets = [air.assets.get(picture.asset_key) or AssetState() for picture in pictures_of(world)]
        failure = failure_of(air, key)
        notes = [note for asset in assets for note in asset.notes]
        yield WorldStatus(
            name=world.name,
            key=key,
            kind=_kind(world),
            state=standing_of(air, key),
            progress=share_read(air, key),
            reason="" if failure is None else sentence(failure.code, failure.values),
            gpu_mib=sum(asset.gpu_bytes for asset in assets) / _MIB,
            on_air=key in shown,
            findings=tuple(sentence(note.code, note.values) for note in notes),
            source=world.source,
            ai_made=world.ai_made,
            licence=world.licence,
        )


def _kind(world: World) -> str:
    """The kinds of its layers, each once."""
    return ", ".join(dict.fromkeys(str(layer.__struct_config__.tag) for layer in world.layers))
