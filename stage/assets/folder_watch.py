"""Watches the library's folder: which files are whole there, which were replaced or renamed, and which are gone.

Where the system tells of changes (inotify), a file is whole once it was closed after writing, or moved in. Anywhere
else, as on network disks, it is once its size and time have stood still for a second.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from render.worlds.configured import World
from render.worlds.shared.file_names import is_depth, is_mask, is_world_file
from stage.assets.folder_events import FolderEvents
from stage.assets.folder_files import FileNow, fault_of, file_now, has_other_names, names_beside
from stage.assets.folder_names import described, is_listed, may_hold_frames
from stage.show.frame.inputs import Cause, LibraryFile
from tracking.system_faults import said_by_system

MOST_LISTED = 4096
"""So many files are listed; of more, the newest."""
STANDS_STILL_S = 1.0
LOOKS_EVERY_S = 0.5
"""How often a folder is looked through that tells of no changes, and one that is not there."""
LOOKS_AGAIN_S = 10.0
"""How often any other is, in case a change was missed."""
_LEFT_OPEN_S = 10.0
"""A file that was begun, and of which nothing more is heard, is whole after so long."""
_PAIRED_WITHIN_S = 0.3

WorldOf = Callable[[Path], World | Cause]
"""Reads a file that describes a world."""


class _Waiting(NamedTuple):
    """A file that may not be whole yet, how it was, and since when it has stood like that. `open` waits for its end."""

    now: FileNow
    since_s: float
    open: bool


class FolderWatch:
    """What there is in a folder. `step` is called again and again; what it found is taken with the `take_` methods.

    `world_of` reads files that describe a world; without it they are passed over. With `notifies` false the folder is
    looked through again and again. One that `may_be_absent` is empty until it is there. Times are of `clock_s`.
    """

    def __init__(
        self,
        folder: Path,
        *,
        world_of: WorldOf | None = None,
        notifies: bool = True,
        may_be_absent: bool = False,
        clock_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._folder = folder
        self._world_of = world_of
        self._may_be_absent = may_be_absent
        self._events = FolderEvents(folder) if notifies else None
        self._clock_s = clock_s
        self._there: tuple[int, int] | None = None
        self._home: tuple[int, int] | None = None
        """The folder in which the known files were, also while it is away."""
        self._known: dict[str, FileNow] = {}
        self._named: frozenset[str] = frozenset()
        """What the scenes of the last look name."""
        self._waiting: dict[str, _Waiting] = {}
        self._moved: dict[int, tuple[str, float]] = {}
        self._look_at_s = self._place_at_s = 0.0
        self._listed: dict[str, LibraryFile] = {}
        self._news: dict[str, LibraryFile | None] = {}
        self._told: dict[str, None] = {}
        self._was: dict[str, str] = {}
        self.missing: Cause | None = None
        self.left_out = 0
        self.looked = False
        """Whether the folder has been looked through once, or found missing."""

    @property
    def descriptor(self) -> int | None:
        """Becomes readable when something has changed; None where the system does not tell."""
        return None if self._events is None else self._events.descriptor

    def step(self) -> None:
        """Follows what has changed since the last call."""
        now_s = self._clock_s()
        for change in () if self._events is None else self._events.read():
            if change.name in self._named:
                self._look_at_s = 0.0
            if change.name and is_listed(change.name):
                self._follow(change.name, change.kind, change.cookie, now_s)
            elif not change.name or is_mask(change.name) or is_depth(change.name):
                self._look_at_s = 0.0
            elif may_hold_frames(change.name) and (self._folder / change.name).is_dir():
                self._look_at_s = min(self._look_at_s, now_s + STANDS_STILL_S)
        for cookie, (name, since_s) in tuple(self._moved.items()):
            if now_s - since_s >= _PAIRED_WITHIN_S:
                del self._moved[cookie]
                if file_now(self._folder, name) is None:  # renamed to and fro at once it is there again
                    self._note_gone(name)
        self._settle(now_s)
        if now_s >= self._look_at_s or self._is_another(now_s):
            self._look(now_s)

    def take_news(self, most: int) -> tuple[tuple[LibraryFile, ...], tuple[str, ...]]:
        """At most so many files that are new, changed or renamed, and the names of those that are gone."""
        listed, gone = [], []
        for name in [name for name, _ in zip(self._news, range(most), strict=False)]:
            file, was = self._news.pop(name), self._was.pop(name, "")
            if file is None:
                self._told.pop(name, None)
                gone.append(described(name).file)
            else:
                self._told[name] = None
                listed.append(msgspec.structs.replace(file, was=described(was).file if was else ""))
        return tuple(listed), tuple(gone)

    def tell_all(self) -> None:
        """Everything is news again, the newest files first."""
        newest = sorted(self._listed.items(), key=lambda item: -item[1].changed_s)
        self._told.clear()
        self._was.clear()
        self._news = dict(newest)

    def close(self) -> None:
        """Ends the watch."""
        if self._events is not None:
            self._events.close()

    def _follow(self, name: str, kind: str, cookie: int, now_s: float) -> None:
        """One change that the system told of."""
        if kind == "moved_from":
            self._moved[cookie] = (name, now_s)
            self._waiting.pop(name, None)
            return
        if kind == "gone":
            self._waiting.pop(name, None)
            self._note_gone(name)
            return
        found = file_now(self._folder, name)
        if found is None:
            return
        was, _ = self._moved.pop(cookie, ("", 0.0)) if kind == "moved_to" else ("", 0.0)
        if was and was not in self._known:  # renamed twice at once: nobody saw the name between
            was = self._left_name(found)
        if kind == "begun" and not found.is_link and not has_other_names(self._folder / name):
            self._waiting[name] = _Waiting(found, now_s, open=True)
        elif kind == "touched":
            if name not in self._waiting and self._known.get(name) != found:
                self._waiting[name] = _Waiting(found, now_s, open=False)
        else:
            self._note_whole(name, found, was)

    def _left_name(self, found: FileNow) -> str:
        """The name under which this same file was known, where there is none of that name any more; "" if none."""
        names = (name for name, now in self._known.items() if now == found)
        return next((name for name in names if file_now(self._folder, name) is None), "")

    def _settle(self, now_s: float) -> None:
        """Lists what has stood still for long enough."""
        for name, waiting in tuple(self._waiting.items()):
            if now_s - waiting.since_s < (_LEFT_OPEN_S if waiting.open else STANDS_STILL_S):
                continue
            found = file_now(self._folder, name)
            if found is None:
                del self._waiting[name]
            elif found == waiting.now:
                self._note_whole(name, found)
            else:
                self._waiting[name] = _Waiting(found, now_s, waiting.open)

    def _is_another(self, now_s: float) -> bool:
        """Whether another folder is at the path, where a disk was mounted, say: nothing in the old one tells of it."""
        if now_s < self._place_at_s:
            return False
        self._place_at_s = now_s + LOOKS_EVERY_S
        try:
            about = self._folder.stat()
        except OSError:
            return self._there is not None
        return (about.st_dev, about.st_ino) != self._there

    def _look(self, now_s: float) -> None:
        """Looks through the whole folder."""
        try:
            about = self._folder.stat()
            found = dict(self._files())
        except OSError as error:
            if isinstance(error, FileNotFoundError) and self._may_be_absent and not self._known:
                self._there, self.looked, self._look_at_s = None, True, now_s + LOOKS_EVERY_S
            else:
                self._note_missing("cannot_open", now_s, found=said_by_system(error))
            return
        place = (about.st_dev, about.st_ino)
        if self._home not in (None, place) and not found and self._known:
            self._note_missing("library_emptied", now_s)
            return
        is_first = place != self._there
        tells = self._events is not None and self._events.watch()
        self._there = self._home = place
        self.missing, self.looked = None, True
        self._look_at_s = now_s + (LOOKS_AGAIN_S if tells else LOOKS_EVERY_S)
        self._named = names_beside(self._folder, found)
        newest = sorted(found, key=lambda name: -found[name].changed_ns)
        self.left_out = max(0, len(newest) - MOST_LISTED)
        gone = {now: name for name, now in self._known.items() if name not in found}
        for name in newest[:MOST_LISTED]:
            self._note_seen(name, found[name], gone, now_s, is_first=is_first)
        for name in [name for name in self._known if name not in found]:
            self._note_gone(name)

    def _note_seen(self, name: str, now: FileNow, gone: dict[FileNow, str], now_s: float, *, is_first: bool) -> None:
        """One file of a look: known, whole for long, under another name, or perhaps not whole yet."""
        if self._known.get(name) == now:
            return
        if name not in self._known and now in gone:
            self._note_whole(name, now, gone.pop(now))
        elif is_first and time.time() - now.changed_ns * 1e-9 > 2.0 * STANDS_STILL_S:
            self._note_whole(name, now)
        elif name not in self._waiting:
            self._waiting[name] = _Waiting(now, now_s, open=False)

    def _files(self) -> Iterator[tuple[str, FileNow]]:
        """Every file that is listed, or named as one that failed. Raises OSError where the folder cannot be read."""
        with os.scandir(self._folder) as entries:
            for entry in entries:
                is_named = is_listed(entry.name) or (may_hold_frames(entry.name) and entry.is_dir())
                if is_named and (found := file_now(self._folder, entry.name)) is not None:
                    yield entry.name, found

    def _note_whole(self, name: str, now: FileNow, was: str = "") -> None:
        """A file is whole: it is news if it is another one than before, or has another name than it had."""
        self._waiting.pop(name, None)
        replaced = self._known.get(name)
        moved = was != "" and self._known.pop(was, None) is not None
        if replaced == now and not moved:
            return
        self._known[name] = now
        told = self._taken_off(was) if moved else ""
        self._told.pop(told, None)
        file = self._read(name, now)
        if told and (replaced is not None or file is None):
            self._news[told] = None
        elif told:
            self._was[name] = told
        if file is not None:
            self._listed[name] = self._news[name] = file

    def _read(self, name: str, now: FileNow) -> LibraryFile | None:
        """What the list says of a file; None for one that describes a world, where nobody reads those."""
        file = described(name)
        if is_world_file(name.lower()) and self._world_of is None:
            return None
        cause = file.cause or fault_of(self._folder, name, now)
        world = None
        if cause is None and is_world_file(name.lower()) and self._world_of is not None:
            read = self._world_of(self._folder / name)
            world, cause = (read, None) if isinstance(read, World) else (None, read)
        changed_s = now.changed_ns // 1_000_000_000
        about = {"version": now.version, "changed_s": changed_s, "cause": cause, "world": world}
        return msgspec.structs.replace(file, **about, depth=now.depth)

    def _note_gone(self, name: str) -> None:
        if self._known.pop(name, None) is not None:
            told = self._taken_off(name)
            if told:
                self._news[told] = None

    def _taken_off(self, name: str) -> str:
        """Takes a file off the list. Returns the name that others know it by, "" where they do not."""
        self._listed.pop(name, None)
        self._news.pop(name, None)
        was = self._was.pop(name, "")
        if was:
            return was
        return name if name in self._told else ""

    def _note_missing(self, why: str, now_s: float, **values: str) -> None:
        """The folder is away. What was in it stays listed: it may come back."""
        if self._events is not None:
            self._events.unwatch()
        self._waiting.clear()
        self._moved.clear()
        self._there, self.looked = None, True
        self.missing = Cause(code="library_missing", values={**values, "folder": str(self._folder), "why": why})
        self._look_at_s = now_s + LOOKS_EVERY_S
