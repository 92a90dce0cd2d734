"""The takes of a folder at a glance: of each file no more than its beginning is read."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import Literal

from stage.run.disk import free_bytes, nearest_folder
from stage.show.frame.inputs import Cause
from stage.takes.faults import UnreadableTakeError
from stage.takes.names import OPEN_SUFFIX, SUFFIX
from stage.takes.reader import TakeReader
from tracking.records import Evolving
from tracking.system_faults import said_by_system

MOST_LISTED = 256
_REMEMBERED = 1024


class ListedTake(Evolving):
    """A part of a take on disk: its file's name, what it is called, when it was begun and last written (`changed_s`,
    seconds since 1970).

    An "open" one is being written, or was left so by a machine that lost its power; "whole" is closed; "unreadable" is
    no take, and `error` says why. `seconds` is what passed from its beginning to its last byte.
    """

    file: str
    state: Literal["open", "whole", "unreadable"]
    bytes: int
    changed_s: float
    name: str = ""
    slate: str = ""
    part: int = 1
    gap: str = ""
    started: str = ""
    seconds: float = 0.0
    error: str = ""
    cause: Cause | None = None


class TakesFolder(Evolving):
    """The newest takes of a folder, how many files of takes there are, what they take, and what the disk has left."""

    folder: str
    takes: tuple[ListedTake, ...]
    total: int
    bytes: int
    free_bytes: int | None


class TakesListing:
    """Lists a folder again and again; of a file that has not changed, nothing is read again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[tuple[str, int, int], ListedTake] = {}

    def read(self) -> TakesFolder:
        """The folder as it is now; one that is not there has no takes."""
        found = [(path, status) for path in self._files() if (status := _status(path)) is not None]
        found.sort(key=lambda pair: pair[1].st_mtime_ns, reverse=True)
        return TakesFolder(
            folder=str(self._folder),
            takes=tuple(self._listed(path, status.st_size, status.st_mtime_ns) for path, status in found[:MOST_LISTED]),
            total=len(found),
            bytes=sum(status.st_size for _, status in found),
            free_bytes=_free(self._folder),
        )

    def _files(self) -> list[Path]:
        try:
            return [one for one in self._folder.iterdir() if one.name.endswith((SUFFIX, OPEN_SUFFIX))]
        except OSError:
            return []

    def _listed(self, path: Path, size: int, changed_ns: int) -> ListedTake:
        key = (path.name, size, changed_ns)
        if key not in self._known:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[key] = _listed(path, size, changed_ns * 1e-9)
        return self._known[key]


def _listed(path: Path, size: int, changed_s: float) -> ListedTake:
    try:
        part = TakeReader(path).part
    except (UnreadableTakeError, OSError) as error:
        cause = getattr(error, "cause", None) or Cause(code="take_not_opened", values={"found": said_by_system(error)})
        return ListedTake(
            file=path.name, state="unreadable", bytes=size, changed_s=changed_s, error=str(error), cause=cause
        )
    return ListedTake(
        file=path.name,
        state="open" if path.name.endswith(OPEN_SUFFIX) else "whole",
        bytes=size,
        changed_s=changed_s,
        name=part.name,
        slate=part.slate,
        part=part.part,
        gap=part.gap,
        cause=part.gap_cause,
        started=part.started,
        seconds=_seconds(part.started, changed_s),
    )


def _seconds(started: str, changed_s: float) -> float:
    """From the beginning that is written in a take to `changed_s`; 0 where it cannot be read or the clock was moved."""
    try:
        return max(0.0, changed_s - datetime.fromisoformat(started).timestamp())
    except (ValueError, OverflowError):
        return 0.0


def _status(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except OSError:
        return None


def _free(folder: Path) -> int | None:
    try:
        return free_bytes(nearest_folder(folder))
    except OSError:
        return None
