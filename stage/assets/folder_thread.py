"""Watches the library's folder on a thread of the loader: where its disk hangs, pictures are still loaded."""

from __future__ import annotations

import contextlib
import queue
import select
import threading
from collections.abc import Iterator
from pathlib import Path

from render.worlds.configured import World
from stage.assets.folder_watch import FolderWatch
from stage.assets.messages import FolderNews
from stage.loading.world_files import read_world_file
from stage.run.terminal import print_notice
from stage.show.frame.inputs import Cause
from tracking.records import JOB_FAILURES, ConfigError

FILES_A_MESSAGE = 64
_LOOKS_EVERY_S = 0.1
_QUEUED_MOST = 8
_LONGEST_TEXT = 1000


class FolderThread:
    """What is new in `folder`, for whoever calls `news`; after `tell_all` from the beginning."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._news: queue.Queue[FolderNews] = queue.Queue(_QUEUED_MOST)
        self._anew = threading.Event()
        self._asked = threading.Event()
        self._thread = threading.Thread(target=self._work, name="folder", daemon=True)
        self._thread.start()

    def tell_all(self) -> None:
        """Somebody listens who knows of nothing yet."""
        self._anew.set()
        self._asked.set()

    def news(self) -> Iterator[FolderNews]:
        """What is new since the last call. Never waits."""
        with contextlib.suppress(queue.Empty):
            while True:
                yield self._news.get_nowait()

    def _work(self) -> None:
        self._asked.wait()
        while True:
            try:
                self._watch(FolderWatch(self._folder, world_of=described_world))
            except JOB_FAILURES as error:
                print_notice(f"{self._folder}: cannot be watched ({error}); trying again")
                self._anew.set()
                threading.Event().wait(1.0)

    def _watch(self, watch: FolderWatch) -> None:
        try:
            told: tuple[object, int] | None = None
            begins = is_first = False
            while True:
                watch.step()
                if self._anew.is_set():
                    self._anew.clear()
                    watch.tell_all()
                    begins = is_first = True
                listed, gone = watch.take_news(FILES_A_MESSAGE)
                state = (watch.missing, watch.left_out)
                done = is_first and len(listed) + len(gone) < FILES_A_MESSAGE and watch.looked
                if listed or gone or begins or done or state != told:
                    self._news.put(
                        FolderNews(
                            listed=listed,
                            gone=gone,
                            begins=begins,
                            whole=done,
                            missing=watch.missing,
                            left_out=watch.left_out,
                        )
                    )
                    told, begins, is_first = state, False, is_first and not done
                if len(listed) + len(gone) < FILES_A_MESSAGE:
                    _wait(watch.descriptor)
        finally:
            watch.close()


def described_world(file: Path) -> World | Cause:
    """The world that a file describes, its pictures named as they are in the folder; or why it cannot be one."""
    try:
        return read_world_file(file)
    except ConfigError as error:
        found = "; ".join(finding.removeprefix(f"{file.name}: ") for finding in error.findings)
        return Cause(code="library_world_broken", values={"file": file.name, "found": found[:_LONGEST_TEXT]})


def _wait(descriptor: int | None) -> None:
    """Returns when the folder has changed, or after a moment."""
    if descriptor is None:
        threading.Event().wait(_LOOKS_EVERY_S)
    else:
        select.select([descriptor], [], [], _LOOKS_EVERY_S)
