"""Brings the configured world to the GPU before the first frame, with progress for the one who waits."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from render.pictures import load_panorama
from render.renderer import Renderer
from stage.config_files import LoadedConfig
from stage.inputs import AssetReady


def load_world(loaded: LoadedConfig, renderer: Renderer) -> tuple[AssetReady, ...]:
    """Reads and uploads what the world needs; returns what the show is to be told.

    Raises ConfigError where the file is missing or broken.
    """
    world = loaded.config.world
    if world.kind != "panorama" or world.file is None:
        return ()
    asset = load_asset(loaded.path_of(world.file), world.colour_space, renderer)
    return (AssetReady(file=world.file, sha256=asset),)


def load_asset(path: Path, colour_space: str | None, renderer: Renderer) -> str:
    """Reads one panorama and gives it to the renderer; returns the SHA-256 that plans name it by."""
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(f"Reading {path.name}", total=1.0)
        panorama = load_panorama(path, colour_space, lambda done: progress.update(task, completed=done))
    renderer.load_world(panorama.sha256, panorama.pixels)
    return panorama.sha256
