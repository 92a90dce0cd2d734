"""A picture, or the world of a file, in the place of a configuration's worlds, as `--world FILE` has it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from render.assets.decode import decode_picture
from render.images.picture_hashes import depth_beside
from render.images.pictures import probe
from render.models.read import read_model
from render.worlds.configured import World, scene_world
from render.worlds.model.record import MODEL_SPACE, is_model_path
from render.worlds.panorama.record import PanoramaLayer
from render.worlds.shared.file_names import is_world_file
from stage.config.records import ONLY_WORLD
from stage.config.wording import world_rule
from stage.loading.files import LoadedConfig, load_config
from stage.loading.world_files import read_world_file, with_pictures_in
from tracking.records import ConfigError

OPTION = "--world"


def world_of(file: Path) -> World:
    """The world that a file describes, or that of one picture or 3D scene; files are relative to the caller's folder.

    Raises ConfigError where there is no such file, or it is neither.
    """
    if is_model_path(file.name):
        return _scene_of(file)
    if not is_world_file(file.name):
        return World(name=ONLY_WORLD, layers=(_panorama_of(file),))
    with _naming_option():
        world = read_world_file(file)
        return with_pictures_in(file.absolute().parent, world)


def _scene_of(file: Path) -> World:
    if not file.is_file():
        raise ConfigError(f"{OPTION}: {file}: cannot be read (No such file or directory); check the path")
    return scene_world(str(file.absolute()), ONLY_WORLD)


def _panorama_of(file: Path) -> PanoramaLayer:
    depth = depth_beside(file.absolute())
    layer = PanoramaLayer(file=str(file.absolute()), depth=None if depth is None else str(depth))
    for rule in layer.broken_rules():
        raise ConfigError(f"{OPTION}: {world_rule(rule)}, a 3D scene, or the file of a world, NAME.world.toml")
    with _naming_option():
        probe(file)
    return layer


def load_config_with_world(path: Path, world: Path | None) -> LoadedConfig:
    """A configuration file; with a `world`, what that file shows is the only one of the stage. Raises ConfigError."""
    if world is None:
        return load_config(path)
    only = world_of(world)
    loaded = load_config(path, world_may_be_absent=True)
    stage = msgspec.structs.replace(loaded.config.stage, world=None)
    config = msgspec.structs.replace(loaded.config, stage=stage, worlds=(only,), world=None)
    return LoadedConfig(config, loaded.text, loaded.directory, loaded.file)


def check_readable(file: Path) -> None:
    """Reads the pictures and scenes of a file, for those who do not draw it. Raises ConfigError where one is broken."""
    world = world_of(file)
    with _naming_option():
        for layer in world.layers:
            for picture in layer.pictures():
                if picture.colour_space == MODEL_SPACE:
                    read_model(Path(picture.file))
                else:
                    decode_picture(Path(picture.file), picture.colour_space)


@contextmanager
def _naming_option() -> Iterator[None]:
    try:
        yield
    except ConfigError as error:
        raise ConfigError(*(f"{OPTION}: {line}" for line in error.findings)) from error


@contextmanager
def naming_option(loaded: LoadedConfig, world: Path | None) -> Iterator[None]:
    """Names the option, and not the configuration's key, in what is found inside to be wrong with its picture."""
    try:
        yield
    except ConfigError as error:
        if world is None:
            raise
        place = f"{loaded.file}: worlds[0]."
        alone = "" if is_world_file(world.name) else "layers[0].file: "
        lines = (
            f"{OPTION}: {line.removeprefix(place).removeprefix(alone)}" if line.startswith(place) else line
            for line in error.findings
        )
        raise ConfigError(*lines) from error
