"""Watches the library's folder on a thread of the loader: where its disk hangs, pictures are still loaded."""

from __future__ import annotations

import select
import threading
from pathlib import Path

from render.worlds.configured import World
from stage.assets.folder_watch import FolderWatch
from stage.assets.messages import FolderNews
from stage.assets.pipes import FolderPipe
from stage.config.findings import Findings
from stage.loading.world_files import world_in
from stage.run.terminal import print_notice
from stage.show.frame.inputs import Cause
from tracking.records import JOB_FAILURES

FILES_A_MESSAGE = 64
_LOOKS_EVERY_S = 0.1
_AGAIN_S = 1.0


class FolderThread:
    """Tells the core at `answers` what is new in `folder`; after `tell_all` from the beginning.

    It has a socket of its own: it tells of a file at once, however busy the machine and with it the loader is.
    """

    def __init__(self, folder: Path, answers: str, *, may_be_absent: bool = False) -> None:
        self._folder = folder
        self._may_be_absent = may_be_absent
        self._answers = answers
        self._anew = threading.Event()
        self._anew.set()
        threading.Thread(target=self._work, name="folder", daemon=True).start()

    def tell_all(self) -> None:
        """Somebody listens who knows of nothing yet."""
        self._anew.set()

    def _work(self) -> None:
        pipe = FolderPipe(self._answers)
        while True:
            watch = FolderWatch(self._folder, world_of=described_world, may_be_absent=self._may_be_absent)
            try:
                self._watch(watch, pipe)
            except JOB_FAILURES as error:
                print_notice(f"{self._folder}: cannot be watched ({error}); trying again")
                self._anew.set()
                threading.Event().wait(_AGAIN_S)
            finally:
                watch.close()

    def _watch(self, watch: FolderWatch, pipe: FolderPipe) -> None:
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
            is_less = len(listed) + len(gone) < FILES_A_MESSAGE
            done = is_first and is_less and watch.looked
            if listed or gone or begins or done or state != told:
                news = FolderNews(
                    listed=listed,
                    gone=gone,
                    begins=begins,
                    whole=done,
                    missing=watch.missing,
                    left_out=watch.left_out,
                )
                if not pipe.tell(news):  # what is lost once has to be told from the beginning
                    self._anew.set()
                told, begins, is_first = state, False, is_first and not done
            if is_less:
                _wait(watch.descriptor)


def described_world(file: Path) -> World | Cause:
    """The world that a file describes, its pictures named as they are in the folder; or why it cannot be one."""
    findings = Findings(file.name)
    world = world_in(file, findings)
    fault = findings.first()
    if world is None and fault is not None:
        return Cause(code="library_world_broken", values={**fault.values, "file": file.name, "why": fault.code})
    assert world is not None
    return world


def _wait(descriptor: int | None) -> None:
    """Returns when the folder has changed, or after a moment."""
    if descriptor is None:
        threading.Event().wait(_LOOKS_EVERY_S)
    else:
        select.select([descriptor], [], [], _LOOKS_EVERY_S)
