"""What the show knows of its worlds and of what is on air. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Literal

import msgspec

from render.worlds.configured import World
from render.worlds.shared.facts import DepthFacts, PictureFacts
from render.worlds.shared.records import PictureFile, asset_key
from stage.config.records import StageConfig
from stage.show.air.dissolve import Dissolve
from stage.show.air.film_state import FilmState, all_known, film_failure, films_of
from stage.show.air.library_state import LibraryState
from stage.show.frame.inputs import Asset, AssetExamined, AssetFailed, AssetGone, AssetProgress, AssetReady, Cause
from stage.values.parameters import Refusal
from tracking.records import Notebook

Standing = Literal["ready", "newer", "loading", "failed", "unloaded"]
"""How a world stands."""
_LONGEST_LIST = 400


class AssetState(Notebook):
    """One picture of a world: its SHA-256 once it is on the GPU, how much of it is read, or why it cannot be.

    `gpu_bytes`, `notes`, `facts`, `thumbnail` and `movements` are as the loader reported them, once it has `examined`
    the picture.
    """

    sha256: str = ""
    share: float = 0.0
    failed: Cause | None = None
    gpu_bytes: int = 0
    notes: tuple[Cause, ...] = ()
    facts: PictureFacts | None = None
    thumbnail: str = ""
    movements: tuple[str, ...] = ()
    examined: bool = False


class AirState(Notebook):
    """The worlds by key, and what is on air.

    `on_air` is the key of the world on air since `since_frame`; in a dissolve, which began then, it is the one that
    goes. `asked` is the key of the newest target. `assets` are pictures by asset key, `newer` those of newer content
    than what they show. `going` are the keys of worlds that are there no longer, but still on the walls. `placed` are
    the keys of layers whose pictures have decided where they start. `ahead` are the keys of worlds that the next cues
    put on air: they are loaded before, and stay. `films` are films by their files.
    """

    worlds: dict[str, World]
    on_air: str
    asked: str
    since_frame: int = 0
    dissolve: Dissolve | None = None
    assets: dict[str, AssetState] = msgspec.field(default_factory=dict)
    newer: dict[str, AssetState] = msgspec.field(default_factory=dict)
    going: list[str] = msgspec.field(default_factory=list)
    library: LibraryState = msgspec.field(default_factory=LibraryState)
    placed: list[str] = msgspec.field(default_factory=list)
    ahead: list[str] = msgspec.field(default_factory=list)
    films: dict[str, FilmState] = msgspec.field(default_factory=dict)


def pictures_of(world: World) -> tuple[PictureFile, ...]:
    """Every picture that a world needs, depth maps among them."""
    return tuple(picture for layer in world.layers for picture in layer.pictures())


def is_ready(air: AirState, key: str) -> bool:
    """Whether every picture of a world is on the GPU, and every film known."""
    world = air.worlds[key]
    return all_known(air.films, world) and all(asset_of(air, picture).sha256 for picture in pictures_of(world))


def failure_of(air: AirState, key: str) -> Cause | None:
    """Why a world cannot be read; None where it can, as far as is known."""
    causes = (asset_of(air, picture).failed for picture in pictures_of(air.worlds[key]))
    return next((cause for cause in causes if cause is not None), None) or film_failure(air.films, air.worlds[key])


def standing_of(air: AirState, key: str) -> Standing:
    """How a world stands: "newer" is shown while another version of a file is read, "unloaded" is wanted by nobody."""
    pictures = pictures_of(air.worlds[key])
    assets = [asset_of(air, picture) for picture in pictures]
    if key in air.library.full and air.library.files[air.library.full[key]].coming is not None:
        return "newer"
    if is_ready(air, key):
        is_read = any(asset.share < 1.0 for asset in assets) or _has_newer_film(air, key)
        return "newer" if is_read or any(_waits(air, picture) for picture in pictures) else "ready"
    if any(asset.share > 0.0 for asset in assets if not asset.sha256):
        return "loading"
    if failure_of(air, key) is not None:
        return "failed"
    return "loading" if key in (air.asked, air.on_air) else "unloaded"


def share_read(air: AirState, key: str) -> float:
    """How much of a world's pictures is read, 0 to 1; where newer content waits, of that."""
    pictures = pictures_of(air.worlds[key])
    assets = [_newest(air, picture) if _waits(air, picture) else asset_of(air, picture) for picture in pictures]
    shares = [asset.share for asset in assets] + [float(_is_known(air, film)) for film in films_of(air.worlds[key])]
    return sum(shares) / len(shares) if shares else 1.0


def try_again(air: AirState, key: str) -> None:
    """Forgets why a world could not be read: somebody asks for it, and its file may be another one now."""
    for picture in pictures_of(air.worlds[key]):
        asset = air.assets.get(picture.asset_key)
        if asset is not None:
            asset.failed = None
    for file in films_of(air.worlds[key]):
        if file in air.films:
            air.films[file].failed = None


def _is_known(air: AirState, file: str) -> bool:
    return file in air.films and air.films[file].facts is not None


def _has_newer_film(air: AirState, key: str) -> bool:
    return any(file in air.films and air.films[file].newer is not None for file in films_of(air.worlds[key]))


def new_air_state(config: StageConfig, active: str) -> AirState:
    """The worlds of a configuration, with the one that is called `active` on air; else the configured first one."""
    worlds = {world.key or "": world for world in config.all_worlds()}
    named = next((key for key, world in worlds.items() if world.name == active), None)
    on_air = named or config.first_world().key or ""
    return AirState(worlds=worlds, on_air=on_air, asked=on_air)


def key_named(air: AirState, name: str) -> str | None:
    """The key of the world that is called `name`."""
    return next((key for key, world in air.worlds.items() if world.name == name), None)


def ready_assets(air: AirState) -> dict[str, str]:
    """SHA-256 of every picture on the GPU by its asset key."""
    return {key: asset.sha256 for key, asset in air.assets.items() if asset.sha256}


def known_depths(air: AirState) -> dict[str, DepthFacts]:
    """What is known of depth maps by their asset keys."""
    facts = ((key, asset.facts) for key, asset in air.assets.items())
    return {key: found.depth for key, found in facts if found is not None and found.depth is not None}


def asset_of(air: AirState, picture: PictureFile) -> AssetState:
    """What is known of a picture."""
    return air.assets.get(picture.asset_key) or AssetState()


def _newest(air: AirState, picture: PictureFile) -> AssetState:
    return air.newer.get(picture.asset_key) or AssetState()


def _waits(air: AirState, picture: PictureFile) -> bool:
    """Whether newer content of a picture waits, or is read."""
    return picture.file in air.library.newer and _newest(air, picture).failed is None


def shown_version(air: AirState, file: str) -> str:
    """The version of a file that worlds show or wait for, "" where the library knows no such file."""
    listed = air.library.files.get(file)
    return "" if listed is None else listed.shown


def worlds_needed(air: AirState) -> Iterator[World]:
    """Every world whose pictures may be asked for: those that stand ready, and what they are described as since."""
    yield from air.worlds.values()
    for file in air.library.newer:
        coming = air.library.files[file].coming
        if coming is not None:
            yield coming


def note_asset(air: AirState, observation: Asset) -> None:
    """Remembers what a loader reports of a picture, as long as some world needs it.

    Why it could not be read stands while it is read again: it may fail once more.
    """
    key = asset_key(observation.file, observation.colour_space)
    if not any(picture.asset_key == key for world in worlds_needed(air) for picture in pictures_of(world)):
        return
    if observation.version == shown_version(air, observation.file):
        asset = air.assets.setdefault(key, AssetState())
    elif observation.file in air.library.newer and observation.version == air.library.files[observation.file].version:
        asset = air.newer.setdefault(key, AssetState())
    else:
        return
    asset.examined = asset.examined or isinstance(observation, AssetReady | AssetExamined)
    match observation:
        case AssetReady():
            asset.sha256, asset.share, asset.failed = observation.sha256, 1.0, None
            asset.gpu_bytes, asset.movements = observation.gpu_bytes, observation.movements
            asset.notes, asset.facts, asset.thumbnail = observation.notes, observation.facts, observation.thumbnail
        case AssetExamined():
            asset.notes, asset.facts, asset.thumbnail = observation.notes, observation.facts, observation.thumbnail
        case AssetProgress(share=share):
            asset.share = share
        case AssetFailed(cause=cause):
            asset.share = 1.0 if asset.sha256 else 0.0
            asset.failed = Cause(code=cause.code, values={"file": observation.file, **cause.values})
        case AssetGone():
            asset.sha256, asset.share, asset.gpu_bytes = "", 0.0, 0


def worlds_on_air(air: AirState) -> Iterator[World]:
    """The world on air, and in a dissolve the one that comes."""
    yield air.worlds[air.on_air]
    if air.dissolve is not None:
        yield air.worlds[air.dissolve.coming]


def key_called(air: AirState, name: str) -> str | None:
    """The key of the world that is called `name`, in any Unicode form, or that has this key."""
    alike = unicodedata.normalize("NFC", name)
    for key, world in air.worlds.items():
        if unicodedata.normalize("NFC", world.name) == alike:
            return key
    return name if name in air.worlds else None


def no_world(air: AirState, name: str) -> Refusal:
    """The refusal of a name that no world has."""
    names = ", ".join(world.name for world in air.worlds.values())
    return Refusal(code="unknown_path", reason="no_world", values={"found": name, "worlds": names[:_LONGEST_LIST]})
