"""The names of takes on disk."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from stage.takes.records import TakePart
from tracking.records import Evolving

SUFFIX = ".mcap"
OPEN_SUFFIX = ".mcap.part"


class TakePaths(Evolving):
    """Where a take is while it is written, and once it is closed."""

    open: Path
    closed: Path


def stems(name: str, part: int) -> Iterator[str]:
    """File names without suffix, best first: a later part takes the next part number, a repeated take gets -2, -3."""
    if part > 1:
        yield from (f"{name}-part{number}" for number in range(part, part + 10_000))
        return
    yield name
    yield from (f"{name}-{number}" for number in range(2, 10_000))


def free_stem(name: str, part: int, taken: Callable[[str], bool]) -> str:
    """The first stem that is not taken.

    Raises:
        FileExistsError: ten thousand takes of this name exist.
    """
    for stem in stems(name, part):
        if not taken(stem):
            return stem
    raise FileExistsError(f"{name}: too many takes of this name, choose another")


def free_paths(directory: Path, part: TakePart) -> TakePaths:
    """Paths for a new take in `directory`: nothing that is there is ever overwritten. Raises FileExistsError."""
    suffixes = (SUFFIX, OPEN_SUFFIX)
    stem = free_stem(
        part.name, part.part, lambda stem: any(os.path.lexists(directory / (stem + suffix)) for suffix in suffixes)
    )
    return TakePaths(open=directory / (stem + OPEN_SUFFIX), closed=directory / (stem + SUFFIX))
