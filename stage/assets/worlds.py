"""Brings the configured world to the GPU before the first frame, with progress for the one who waits."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from render.images.colour_spaces import ColourSpaces
from render.images.pictures import Panorama, load_panorama
from render.renderer import Renderer
from stage.assets.kept_world import KeptWorld
from stage.config.findings import Findings, about_file
from stage.loading.files import LoadedConfig
from stage.run.terminal import print_notice
from stage.show.frame.inputs import AssetReady
from tracking.records import ConfigError


def load_world(loaded: LoadedConfig, renderer: Renderer, kept: KeptWorld | None = None) -> tuple[AssetReady, ...]:
    """Reads and uploads what the world needs; returns what the show is to be told.

    What was decoded is kept in `kept` for a later start, and taken from there while the file stays as it is. Raises
    ConfigError where the file is missing or broken.
    """
    world = loaded.config.world
    picture = None
    if kept is not None and world.kind == "panorama" and world.file is not None:
        picture = kept.find(loaded.path_of(world.file), world.colour_space)
    if picture is None:
        findings = Findings(loaded.file)
        panorama = read_world(loaded, findings)
        findings.refuse()
        if panorama is None:
            return ()
        if kept is not None:
            kept.keep(panorama)
        picture = panorama.sha256, panorama.pixels
    sha256, pixels = picture
    with loaded.naming_places():
        renderer.load_world(sha256, pixels)
    return (AssetReady(file=str(world.file), sha256=sha256),)


def read_world(loaded: LoadedConfig, findings: Findings) -> Panorama | None:
    """The world's picture, whole; None where it needs none, or where it is wrong, which `findings` are told."""
    world, space = loaded.config.world, loaded.config.world.colour_space
    if space is not None:
        try:
            ColourSpaces().check(space)
        except ConfigError as error:
            findings.tell("world.colour_space", str(error).removeprefix("world.colour_space: "))
    if world.kind != "panorama" or world.file is None or findings.doubts("world.file", "world.kind"):
        return None
    path = loaded.path_of(world.file)
    try:
        return _read(path, None if findings.doubts("world.colour_space") else space)
    except ConfigError as error:
        findings.tell("world.file", about_file(str(error), str(path), world.file))
        return None


def _read(path: Path, colour_space: str | None) -> Panorama:
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(f"Reading {path.name}", total=1.0)
        panorama = load_panorama(path, colour_space, lambda done: progress.update(task, completed=done))
    if panorama.mended:
        told = f"mended {panorama.mended} bad samples in {path.name}: negative, absurd or not finite"
        print_notice(told)
    return panorama
