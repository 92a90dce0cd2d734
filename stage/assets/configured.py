"""What all who load configured worlds do: check that colour spaces exist, and show how far a picture has been read."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from stage.config.findings import Findings
from stage.loading.files import LoadedConfig
from tracking.records import ConfigError


def check_colour_spaces(loaded: LoadedConfig, findings: Findings) -> None:
    """Reports every colour space that does not exist. OpenColorIO is loaded only where one is named."""
    named = [
        (f"{key}.{name}", space)
        for key, layer in loaded.config.layers_by_place()
        for name, space in layer.named_colour_spaces()
    ]
    if not named:
        return
    known = importlib.import_module("render.images.colour_spaces").ColourSpaces()
    for key, space in named:
        try:
            known.check(space)
        except ConfigError as error:
            findings.report(key, str(error).removeprefix("world.colour_space: "))


@contextmanager
def reading_progress(name: str) -> Iterator[Callable[[float], None]]:
    """Takes the share of a file that has been read, 0 to 1, while the block lasts, and shows it where a person looks.

    Rich is loaded only there: the core has no use for it.
    """
    if not sys.stderr.isatty():
        yield lambda _share: None
        return
    console = importlib.import_module("rich.console").Console(stderr=True)
    with importlib.import_module("rich.progress").Progress(console=console, transient=True) as progress:
        task = progress.add_task(f"Reading {name}", total=1.0)
        yield lambda share: progress.update(task, completed=share)
