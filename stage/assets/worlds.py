"""Loads the configured worlds onto the GPU at once, in this process, and shows progress on a terminal.

So do commands that draw by themselves; a running stage has a loader (`stage/assets/library.py`).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import Progress

from render.assets.decode import WorldPicture, decode_picture
from render.images.colour_spaces import ColourSpaces
from stage.config.findings import Findings
from stage.config.wording import about_named_file
from stage.loading.files import LoadedConfig
from stage.run.terminal import print_notice
from stage.show.frame.inputs import AssetReady
from stage.words.sentences import sentence
from tracking.records import ConfigError

if TYPE_CHECKING:
    from render.renderer import Renderer


def load_worlds(loaded: LoadedConfig, renderer: Renderer) -> tuple[AssetReady, ...]:
    """Reads and uploads every picture of every world; returns the observations for the show.

    Raises ConfigError with all findings where files are missing or broken.
    """
    findings, ready = Findings(loaded.file), []
    for key, file, picture in read_pictures(loaded, findings):
        colour_space = dict(loaded.config.layers_by_place())[key].colour_space or ""
        with loaded.naming_places():
            renderer.load_world(picture.sha256, picture.light(), colour_space)
        ready.append(AssetReady(file=file, sha256=picture.sha256, colour_space=colour_space, facts=picture.facts))
    findings.refuse()
    return tuple(ready)


def read_pictures(loaded: LoadedConfig, findings: Findings) -> Iterator[tuple[str, str, WorldPicture]]:
    """Every layer's picture, one at a time: the layer's key in the configuration, its file, and the picture.

    A picture that several layers share is read once, for the first of them. Faults are reported in `findings`.
    """
    check_colour_spaces(loaded, findings)
    read: set[str] = set()
    for key, layer in loaded.config.layers_by_place():
        needed = layer.picture()
        if needed is None or findings.is_unreliable(f"{key}.file", f"{key}.kind") or needed.asset_key in read:
            continue
        read.add(needed.asset_key)
        path = loaded.path_of(needed.file)
        try:
            picture = _read(path, None if findings.is_unreliable(f"{key}.colour_space") else needed.colour_space)
        except ConfigError as error:
            findings.report(f"{key}.file", about_named_file(str(error), str(path), needed.file))
            continue
        yield key, needed.file, picture


def check_colour_spaces(loaded: LoadedConfig, findings: Findings) -> None:
    """Reports every colour space that does not exist."""
    for key, layer in loaded.config.layers_by_place():
        for name, space in layer.named_colour_spaces():
            try:
                ColourSpaces().check(space)
            except ConfigError as error:
                findings.report(f"{key}.{name}", str(error).removeprefix("world.colour_space: "))


def _read(path: Path, colour_space: str | None) -> WorldPicture:
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(f"Reading {path.name}", total=1.0)
        picture = decode_picture(path, colour_space, lambda done: progress.update(task, completed=done))
    for finding in picture.findings:
        print_notice(sentence(finding.code, finding.values))
    return picture
