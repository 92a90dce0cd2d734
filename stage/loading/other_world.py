"""A panorama in the place of a configuration's worlds, as the option `--world FILE` has it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from render.assets.decode import decode_picture
from render.images.pictures import probe
from render.worlds.panorama.record import PanoramaLayer
from stage.config.wording import world_rule
from stage.loading.files import LoadedConfig, load_config
from tracking.records import ConfigError

OPTION = "--world"


def panorama_of(file: Path) -> PanoramaLayer:
    """The layer that shows a picture file, relative to the caller's folder.

    Raises ConfigError where there is no such file, or its header is not that of a picture that can be shown.
    """
    layer = PanoramaLayer(file=str(file.absolute()))
    for rule in layer.broken_rules():
        raise ConfigError(f"{OPTION}: {world_rule(rule)}")
    with _naming_option():
        probe(file)
    return layer


def load_config_with_world(path: Path, world: Path | None) -> LoadedConfig:
    """A configuration file; with a `world`, that panorama is the only one of the stage. Raises ConfigError."""
    if world is None:
        return load_config(path)
    layer = panorama_of(world)
    loaded = load_config(path, world_may_be_absent=True)
    stage = msgspec.structs.replace(loaded.config.stage, world=None)
    config = msgspec.structs.replace(loaded.config, stage=stage, worlds=(), world=layer)
    return LoadedConfig(config, loaded.text, loaded.directory, loaded.file)


def check_readable(file: Path) -> None:
    """Decodes a picture file, for those who do not draw it. Raises ConfigError where it cannot be read."""
    with _naming_option():
        decode_picture(file, None)


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
        key = f"{loaded.file}: world.file: "
        lines = (f"{OPTION}: {line.removeprefix(key)}" if line.startswith(key) else line for line in error.findings)
        raise ConfigError(*lines) from error
