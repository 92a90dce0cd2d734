"""The journal: a list that is written ahead. What a client was told has happened is in it before the client is told.

An entry is added by one write into the page cache, which the kernel keeps when the process dies. A thread puts it on
the disk every half second, makes the files that will be needed, and removes those that are not. Nothing else waits for
a disk: where there is no file to write to, the show goes on without the journal, and says so.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from itertools import count, takewhile
from pathlib import Path

from stage.run.journal_segment import JournalEntry, Segment, entries_in, packed, path_of, segments_in
from tracking.records import JOB_FAILURES
from tracking.system_faults import said_by_system

SYNC_S = 0.5
KEPT_S = 7 * 24 * 3600.0
KEPT_BYTES = 64 * 2**20
_MOST_BYTES = 2 * KEPT_BYTES
"""Beyond this even entries go that no state on the disk contains."""
_ENDS_WITHIN_S = 0.3


class Journal:
    """The journal in `folder`, for one writing process.

    `durable` says up to which number entries are contained in a state on the disk: those after it are not removed.
    `missed` counts entries that could not be added.
    """

    def __init__(self, folder: Path, durable: Callable[[], int], unix_s: Callable[[], float] = time.time) -> None:
        self._folder = folder
        self._durable = durable
        self._unix_s = unix_s
        self.problem = ""
        self.missed = 0
        self._full: list[Segment] = []
        self.newest = self._found = newest_number(folder)
        self._newest_in: dict[Path, int] = {}
        """The greatest number in each segment of this process that is full; those found here have lesser ones."""
        self._segment: Segment | None = None
        self._next: Segment | None = None
        self._work()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()

    @property
    def folder(self) -> Path:
        """Where its files are."""
        return self._folder

    def add(self, entries: list[tuple[int, bytes]]) -> bool:
        """Adds entries by number and content, all with one write. Never raises, never waits for a disk.

        False, and they are counted, where they could not be added.
        """
        segment = self._segment
        if segment is None or segment.is_full:
            segment = self._turn_over()
        if segment is None:
            self.missed += len(entries)
            return False
        try:
            segment.add(packed(entries))
        except OSError as error:
            self.problem = said_by_system(error)
            self._segment = None
            self._full.append(segment)
            self.missed += len(entries)
            return False
        self.newest = segment.newest = max(self.newest, *(number for number, _ in entries))
        return True

    def close(self) -> None:
        """Puts everything on the disk and ends the thread, unless the disk holds it up."""
        self._ended.set()
        self._thread.join(_ENDS_WITHIN_S)

    def _turn_over(self) -> Segment | None:
        """The next segment, if it is there; else the one that is full goes on."""
        if self._next is None:
            return self._segment
        if self._segment is not None:
            self._full.append(self._segment)
        self._segment, self._next = self._next, None
        return self._segment

    def _run(self) -> None:
        while not self._ended.wait(SYNC_S):
            self._work()
        self._end()

    def _work(self) -> None:
        try:
            self._keep()
        except JOB_FAILURES as error:
            self.problem = said_by_system(error)
        else:
            self.problem = ""

    def _keep(self) -> None:
        """What the thread does each time: closes what is full, syncs, and makes and removes files. Raises OSError."""
        while self._full:
            full = self._full.pop()
            self._newest_in[full.path] = full.newest
            full.close()
        segment = self._segment
        if segment is not None:
            segment.sync()
            if not segment.is_there():
                self._segment = None
                self._full.append(segment)
        spare = self._next
        if spare is not None and not spare.is_there():
            self._next = None
            spare.close()
        self._folder.mkdir(parents=True, exist_ok=True)
        if self._segment is None and self._next is None:
            self._segment = self._new_segment()
        if self._next is None:
            self._next = self._new_segment()
        self._trim()

    def _new_segment(self) -> Segment:
        there = segments_in(self._folder)
        return Segment(self._folder, there[-1] + 1 if there else 1)

    def _trim(self) -> None:
        """Removes the oldest segments that are too old or too much, if the state on the disk has what they have."""
        found = [(path, path.stat()) for path in (path_of(self._folder, one) for one in segments_in(self._folder))]
        in_use = {one.path for one in (self._segment, self._next, *self._full) if one is not None}
        total = sum(about.st_size for _, about in found)
        for path, about in found:
            is_old = about.st_mtime < self._unix_s() - KEPT_S
            is_contained = self._newest_in.get(path, self._found) <= self._durable() or total > _MOST_BYTES
            if path in in_use or not (is_old or total > KEPT_BYTES) or not is_contained:
                return
            path.unlink(missing_ok=True)
            self._newest_in.pop(path, None)
            total -= about.st_size

    def _end(self) -> None:
        spare, self._next = self._next, None
        ending = [one for one in (*self._full, self._segment) if one is not None]
        self._segment = None
        try:
            for segment in ending:
                segment.close()
            if spare is not None:
                spare.close()
                spare.path.unlink(missing_ok=True)
        except OSError as error:
            self.problem = said_by_system(error)


def newest_number(folder: Path) -> int:
    """The greatest number of an entry in the journal; 0 where there is none."""
    for index in reversed(_segments(folder)):
        numbers = [entry.number for entry in _entries(folder, index)]
        if any(numbers):
            return max(numbers)
    return 0


def entries_after(folder: Path, number: int) -> list[JournalEntry]:
    """The entries that follow `number` without a gap, in order: those that a state with `number` of them lacks."""
    found: dict[int, JournalEntry] = {}
    for index in reversed(_segments(folder)):
        numbered = {entry.number: entry for entry in _entries(folder, index) if entry.number}
        found |= {one: entry for one, entry in numbered.items() if one > number}
        if any(one <= number for one in numbered):
            break
    return [found[one] for one in takewhile(found.__contains__, count(number + 1))]


def entries_back(folder: Path, before: int | None = None) -> Iterator[JournalEntry]:
    """All entries, the newest first; with `before` only those whose place is less."""
    for index in reversed(_segments(folder)):
        if before is None or index << 32 < before:
            entries = [entry for entry in _entries(folder, index) if before is None or entry.place < before]
            yield from reversed(entries)


def _segments(folder: Path) -> list[int]:
    try:
        return segments_in(folder)
    except OSError:
        return []


def _entries(folder: Path, index: int) -> Iterator[JournalEntry]:
    try:
        yield from entries_in(folder, index)
    except (OSError, ValueError):
        return
