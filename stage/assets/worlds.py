"""Loads the configured worlds onto the GPU at once, in this process, and shows progress on a terminal.

So do commands that draw by themselves; a running stage has a loader (`stage/assets/library.py`).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from render.assets.decode import WorldPicture, decode_picture
from render.worlds.model.record import MODEL_SPACE
from render.worlds.shared.records import PictureFile
from stage.assets.configured import check_colour_spaces, reading_progress
from stage.assets.films_and_scenes import told_movements
from stage.config.findings import Findings
from stage.config.wording import about_named_file
from stage.loading.files import LoadedConfig
from stage.run.terminal import print_notice
from stage.show.frame.inputs import AssetReady
from stage.words.sentences import sentence
from tracking.records import ConfigError

if TYPE_CHECKING:
    from render.renderer import Renderer
from typing import NamedTuple

from render.models.model import Model
from render.models.read import read_known_model


class ReadModel(NamedTuple):
    """A scene's file as the configuration names it, what it is known by, and what was read of it."""

    file: str
    sha256: str
    model: Model


def read_models(loaded: LoadedConfig, findings: Findings) -> Iterator[ReadModel]:
    """Every scene, each file once. Faults are reported in `findings`, by the key of the first layer that names it."""
    read: set[str] = set()
    for key, layer in loaded.config.layers_by_place():
        for needed in layer.pictures():
            if needed.colour_space != MODEL_SPACE or needed.file in read:
                continue
            if findings.is_unreliable(f"{key}.file", f"{key}.kind"):
                continue
            read.add(needed.file)
            path = loaded.path_of(needed.file)
            try:
                known = read_known_model(path)
                yield ReadModel(needed.file, known.sha256, known.model)
            except ConfigError as error:
                for found in error.findings:
                    findings.report(f"{key}.file", about_named_file(found, str(path), needed.file))


def load_worlds(loaded: LoadedConfig, renderer: Renderer) -> tuple[AssetReady, ...]:
    """Reads and uploads every picture and every 3D scene of every world; returns the observations for the show.

    Raises ConfigError with all findings where files are missing or broken.
    """
    findings, ready = Findings(loaded.file), []
    for _key, needed, picture in read_pictures(loaded, findings):
        file, colour_space = needed.file, needed.colour_space or ""
        with loaded.naming_places():
            renderer.load_world(picture.sha256, picture.light(), colour_space)
        ready.append(AssetReady(file=file, sha256=picture.sha256, colour_space=colour_space, facts=picture.facts))
    for one in read_models(loaded, findings):
        renderer.load_model(one.sha256, one.model)
        for note in one.model.notes:
            print_notice(sentence(note.code, {"file": one.file, **note.values}))
        movements = told_movements(one.model)
        ready.append(AssetReady(file=one.file, sha256=one.sha256, colour_space=MODEL_SPACE, movements=movements))
    findings.refuse()
    return tuple(ready)


def read_pictures(loaded: LoadedConfig, findings: Findings) -> Iterator[tuple[str, PictureFile, WorldPicture]]:
    """Every layer's picture and depth map, one at a time: the layer's key in the configuration, its file, and the
    picture.

    A picture that several layers share is read once, for the first of them. Faults are reported in `findings`.
    """
    check_colour_spaces(loaded, findings)
    read: set[str] = set()
    for key, layer in loaded.config.layers_by_place():
        for needed in (one for one in layer.pictures() if one.colour_space != MODEL_SPACE):
            name = f"{key}.file" if needed == layer.picture() else f"{key}.depth"
            if findings.is_unreliable(name, f"{key}.kind") or needed.asset_key in read:
                continue
            read.add(needed.asset_key)
            path = loaded.path_of(needed.file)
            is_named_well = name.endswith("depth") or not findings.is_unreliable(f"{key}.colour_space")
            try:
                picture = _read(path, needed.colour_space if is_named_well else None)
            except ConfigError as error:
                findings.report(name, about_named_file(str(error), str(path), needed.file))
                continue
            yield key, needed, picture


def _read(path: Path, colour_space: str | None) -> WorldPicture:
    with reading_progress(path.name) as show:
        picture = decode_picture(path, colour_space, show)
    for finding in picture.findings:
        print_notice(sentence(finding.code, finding.values))
    return picture
