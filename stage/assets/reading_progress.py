"""How far a picture has been read, on a terminal."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


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
