"""Watches one folder of looks: which files are whole there, which were changed by hand, and which are gone."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from stage.assets.folder_events import FolderEvents
from stage.assets.folder_files import FileNow, file_now
from stage.config.findings import Findings
from stage.loading.show_files import ENDING, look_in
from stage.show.frame.inputs import Cause, LookFile
from stage.show.looks.file_names import PICTURE_ENDING, picture_of
from stage.show.looks.shelf import MOST_LOOKS
from stage.values.looks import packed

STANDS_STILL_S = 1.0
"""A file that nobody said was closed is whole once it has stood still for so long."""
LOOKS_AGAIN_S = 10.0
"""How often a folder is looked through in case a change was missed."""
LOOKS_EVERY_S = 0.5
"""How often one is that tells of no changes, that is not there, or that has files which may not be whole."""


class _Waiting(NamedTuple):
    """A file that may not be whole yet: how it was, and since when it has stood like that."""

    now: FileNow
    since_s: float


class LookWatch:
    """What looks there are in a folder. `step` is called again and again; what it found is taken with `take_news`.

    Of too many files the newest count, and `left_out` says how many others there are. A folder that is not there is
    empty until it is; one that goes away takes no look with it. Times are of `clock_s`.
    """

    def __init__(self, folder: Path, *, notifies: bool = True, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._folder = folder
        self._events = FolderEvents(folder) if notifies else None
        self._clock_s = clock_s
        self._known: dict[str, FileNow] = {}
        self._closed: dict[str, None] = {}
        self._waiting: dict[str, _Waiting] = {}
        self._listed: dict[str, LookFile] = {}
        self._news: dict[str, LookFile | None] = {}
        self._look_at_s = 0.0
        self.left_out = 0
        self.pictures: tuple[str, ...] = ()
        """The files beside which there is a small picture."""
        self.looked = False
        """Whether the folder has been looked through once."""

    @property
    def descriptor(self) -> int | None:
        """Becomes readable when something has changed; None where the system does not tell."""
        return None if self._events is None else self._events.descriptor

    def step(self) -> None:
        """Follows what has changed since the last call."""
        for change in () if self._events is None else self._events.read():
            if not change.name or change.name.endswith((ENDING, PICTURE_ENDING)):
                self._look_at_s = 0.0
            if change.kind in ("whole", "moved_to"):
                self._closed[change.name] = None
        now_s = self._clock_s()
        if now_s >= self._look_at_s:
            self._look(now_s)

    def take_news(self, most: int) -> tuple[tuple[LookFile, ...], tuple[str, ...]]:
        """At most so many files that are new or changed, and the names of those that are gone."""
        listed, gone = [], []
        for name in [name for name, _ in zip(self._news, range(most), strict=False)]:
            file = self._news.pop(name)
            if file is None:
                gone.append(_shown(name))
            else:
                listed.append(file)
        return tuple(listed), tuple(gone)

    def tell_all(self) -> None:
        """Everything is news again."""
        self._news = dict(self._listed)

    def close(self) -> None:
        """Ends the watch."""
        if self._events is not None:
            self._events.close()

    def _look(self, now_s: float) -> None:
        """Looks through the folder, and reads what is whole and another file than before."""
        tells = self._events is not None and self._events.watch()
        found = self._files()
        is_first, self.looked = not self.looked, True
        if found is None:
            self._look_at_s = now_s + LOOKS_EVERY_S
            return
        self.left_out = max(0, len(found) - MOST_LOOKS)
        newest = sorted(found, key=lambda name: found[name].changed_ns)[-MOST_LOOKS:]
        for name in [name for name in self._known if name not in found]:
            del self._known[name]
            self._listed.pop(name, None)
            self._news[name] = None
        self._waiting = {name: waiting for name, waiting in self._waiting.items() if name in found}
        for name in newest:
            if self._known.get(name) != found[name] and self._is_whole(name, found[name], now_s, is_first=is_first):
                self._known[name] = found[name]
                self._listed[name] = self._news[name] = self._read(name, found[name])
        self._closed.clear()
        self._look_at_s = now_s + (LOOKS_AGAIN_S if tells and not self._waiting else LOOKS_EVERY_S)

    def _files(self) -> dict[str, FileNow] | None:
        """Every look's file; None where the folder cannot be read."""
        try:
            with os.scandir(self._folder) as entries:
                names = [entry.name for entry in entries]
        except OSError:
            return None
        pictures = [name for name in names if name.endswith(PICTURE_ENDING)]
        names = [name for name in names if _is_look(name)]
        self.pictures = tuple(name for name in names if _shown(name) == name and picture_of(name) in pictures)
        found = {name: file_now(self._folder, name) for name in names}
        return {name: now for name, now in found.items() if now is not None}

    def _is_whole(self, name: str, now: FileNow, now_s: float, *, is_first: bool) -> bool:
        """Whether nobody writes a file any more: it was closed or moved in, or it has stood still."""
        waiting = self._waiting.get(name)
        is_old = is_first and time.time() - now.changed_ns * 1e-9 > STANDS_STILL_S
        stands = waiting is not None and waiting.now == now and now_s - waiting.since_s >= STANDS_STILL_S
        if name in self._closed or is_old or stands:
            self._waiting.pop(name, None)
            return True
        if waiting is None or waiting.now != now:
            self._waiting[name] = _Waiting(now, now_s)
        return False

    def _read(self, name: str, now: FileNow) -> LookFile:
        code = self._fault(name, now)
        if code:
            return LookFile(file=_shown(name), cause=Cause(code=code))
        path = self._folder / name
        findings = Findings(str(path))
        look, fault = look_in(path, findings), findings.first()
        if fault is not None:
            return LookFile(file=name, cause=Cause(code=fault.code, values=fault.values))
        assert look is not None
        return LookFile(file=name, name=look.name, look=packed(look.values))

    def _fault(self, name: str, now: FileNow) -> str:
        """The code of what keeps a file from being read, whatever is in it; "" if nothing does."""
        if _shown(name) != name:
            return "look_name_not_text"
        if now.is_link:
            try:
                target, home = (self._folder / name).resolve(strict=True), self._folder.resolve()
            except (OSError, RuntimeError):
                return "file_link_nowhere"
            if not target.is_relative_to(home):
                return "file_link_out"
        return "" if now.is_file else "file_not_ordinary"


def _is_look(name: str) -> bool:
    return name.lower().endswith(ENDING) and not name.startswith((".", "~$"))


def _shown(name: str) -> str:
    """A file's name as it can be written anywhere (PEP 383)."""
    return name.encode(errors="backslashreplace").decode()
