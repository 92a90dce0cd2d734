"""Files of worlds: NAME.world.toml, beside the pictures that it names."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import msgspec

from render.worlds.configured import World
from render.worlds.shared.file_names import WORLD_ENDING
from stage.config.file_faults import FileFault, file_fault
from stage.config.findings import Findings
from stage.config.world_reader import fault_of_name, read_world
from stage.loading.shot_skies import KEY, read_shot_skies_of_world
from stage.loading.texts import text_of
from tracking.sources.ordinary_files import leads_out
from tracking.system_faults import said_by_system

MOST_BYTES = 64 << 10


def read_world_file(path: Path) -> World:
    """The world that a file describes; it is called as the file is, unless the file says otherwise.

    Its pictures are named as they are in the file's folder, and may be absent. Raises ConfigError with all findings,
    each `NAME.world.toml: key: found, expected`, for what cannot be read, and for links that lead out of the folder.
    """
    findings = Findings(path.name)
    world = world_in(path, findings)
    findings.refuse()
    assert world is not None
    return world


def world_in(path: Path, findings: Findings) -> World | None:
    """The world that a file describes, as `read_world_file` has it; None where there are `findings`."""
    text = text_of(path, findings, MOST_BYTES, "a world's file")
    world = None if text is None else read_world(text, findings, name_of_world_file(path.name))
    if world is not None:
        _check_links(path.parent, world, findings)
    if world is None or findings.first() is not None:
        return None
    world = read_shot_skies_of_world(world, lambda file: path.parent / file, findings)
    return world if findings.first() is None else None


def name_of_world_file(file: str) -> str:
    """What the world of a file is called: the name without its ending, in Unicode's composed form."""
    return unicodedata.normalize("NFC", file.removesuffix(WORLD_ENDING))


def with_pictures_in(folder: Path, world: World) -> World:
    """The world with its pictures as they are named from outside their folder."""
    layers = tuple(layer.with_files(lambda file: str(folder / file)) for layer in world.layers)
    return msgspec.structs.replace(world, layers=layers)


def fault_of_place(path: Path, *, may_be_folder: bool = False) -> FileFault | None:
    """What keeps the file at a path from being a picture of its folder; None if nothing does, or there is none.

    A film may be a folder of numbered frames.
    """
    try:
        outside = leads_out(path)
        is_there, is_ordinary = path.exists(), path.is_file() or (may_be_folder and path.is_dir())
    except OSError as error:
        return file_fault("world_picture_unreadable", found=repr(path.name), said=said_by_system(error))
    if outside:
        return file_fault("world_picture_outside", found=repr(path.name))
    if is_there and not is_ordinary:
        return file_fault("world_picture_not_ordinary", found=repr(path.name))
    return None


def _check_links(folder: Path, world: World, findings: Findings) -> None:
    for index, layer in enumerate(world.layers):
        for key, file in layer.named_files():
            fault = fault_of_place(folder / file, may_be_folder=file in layer.films())
            if fault is not None:
                findings.report(f"layers[{index}].{key}", fault)
        look = layer.shot_sky
        if isinstance(look, str) and (fault_of_name(look) or fault_of_place(folder / look)):
            findings.report(f"layers[{index}].{KEY}", file_fault("shot_sky_elsewhere", found=repr(look)))
