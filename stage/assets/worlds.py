"""Loads the configured world onto the GPU at once, in this process, and shows progress on a terminal.

So do commands that draw by themselves; a running stage has a loader (`stage/assets/library.py`).
"""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from render.assets.decode import WorldPicture, decode_picture
from render.images.colour_spaces import ColourSpaces
from render.renderer import Renderer
from stage.config.findings import Findings
from stage.config.wording import about_named_file
from stage.loading.files import LoadedConfig
from stage.run.terminal import print_notice
from stage.show.frame.inputs import AssetReady
from stage.words.sentences import sentence
from tracking.records import ConfigError


def load_world(loaded: LoadedConfig, renderer: Renderer) -> tuple[AssetReady, ...]:
    """Reads and uploads the world's picture; returns the observations for the show.

    Raises ConfigError if the file is missing or broken.
    """
    needed = loaded.config.world.picture()
    findings = Findings(loaded.file)
    picture = read_world(loaded, findings)
    findings.refuse()
    if picture is None or needed is None:
        return ()
    colour_space = needed.colour_space or ""
    with loaded.naming_places():
        renderer.load_world(picture.sha256, picture.light(), colour_space)
    return (AssetReady(file=needed.file, sha256=picture.sha256, colour_space=colour_space),)


def check_colour_spaces(loaded: LoadedConfig, findings: Findings) -> None:
    """Reports every colour space of the world that does not exist."""
    for key, space in loaded.config.world.named_colour_spaces():
        try:
            ColourSpaces().check(space)
        except ConfigError as error:
            findings.report(f"world.{key}", str(error).removeprefix("world.colour_space: "))


def read_world(loaded: LoadedConfig, findings: Findings) -> WorldPicture | None:
    """The world's whole picture; None if it needs none or the file is faulty, which is reported in `findings`."""
    check_colour_spaces(loaded, findings)
    needed = loaded.config.world.picture()
    if needed is None or findings.is_unreliable("world.file", "world.kind"):
        return None
    path = loaded.path_of(needed.file)
    try:
        return _read(path, None if findings.is_unreliable("world.colour_space") else needed.colour_space)
    except ConfigError as error:
        findings.report("world.file", about_named_file(str(error), str(path), needed.file))
        return None


def _read(path: Path, colour_space: str | None) -> WorldPicture:
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(f"Reading {path.name}", total=1.0)
        picture = decode_picture(path, colour_space, lambda done: progress.update(task, completed=done))
    for finding in picture.findings:
        print_notice(sentence(finding.code, finding.values))
    return picture
