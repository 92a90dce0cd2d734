"""Watches the folders of looks on a thread of the loader: a hostile or long file is parsed beside no frame."""

from __future__ import annotations

import select
import threading
from pathlib import Path

from stage.assets.look_watch import LookWatch
from stage.assets.messages import LookNews
from stage.assets.pipes import FolderPipe
from stage.loading.show_files import LOOKS
from stage.run.terminal import print_notice
from stage.show.frame.inputs import LookKind
from stage.show.looks.file_names import TAKES
from tracking.records import JOB_FAILURES

LOOKS_A_MESSAGE = 16
_WAITS_S = 0.1
_AGAIN_S = 1.0


class LookThread:
    """Tells the core at `answers` of the looks in `folder`, of those of takes in it, and of the shipped ones.

    After `tell_all` it does so from the beginning. It has a socket of its own.
    """

    def __init__(self, folder: Path, answers: str) -> None:
        self._folders: dict[LookKind, Path] = {"shipped": LOOKS, "show": folder, "take": folder / TAKES}
        self._answers = answers
        self._anew: dict[LookKind, threading.Event] = {kind: threading.Event() for kind in self._folders}
        self.tell_all()
        threading.Thread(target=self._work, name="looks", daemon=True).start()

    def tell_all(self) -> None:
        """Somebody listens who knows of nothing yet."""
        for anew in self._anew.values():
            anew.set()

    def _work(self) -> None:
        pipe = FolderPipe(self._answers)
        while True:
            watches = {kind: LookWatch(folder) for kind, folder in self._folders.items()}
            try:
                while True:
                    has_more = [self._tell(kind, watch, pipe) for kind, watch in watches.items()]
                    if not any(has_more):
                        _wait([watch.descriptor for watch in watches.values()])
            except JOB_FAILURES as error:
                print_notice(f"{self._folders['show']}: cannot be watched ({error}); trying again")
                self.tell_all()
                threading.Event().wait(_AGAIN_S)
            finally:
                for watch in watches.values():
                    watch.close()

    def _tell(self, kind: LookKind, watch: LookWatch, pipe: FolderPipe) -> bool:
        """Tells what is new in one folder. Returns whether there is more."""
        left_out, pictures = watch.left_out, watch.pictures
        watch.step()
        begins = self._anew[kind].is_set()
        if begins:
            self._anew[kind].clear()
            watch.tell_all()
        listed, gone = watch.take_news(LOOKS_A_MESSAGE)
        has_more = len(listed) + len(gone) == LOOKS_A_MESSAGE
        has_pictures = begins or pictures != watch.pictures
        if has_pictures or listed or gone or left_out != watch.left_out:
            news = LookNews(
                kind=kind,
                listed=listed,
                gone=gone,
                begins=begins,
                more=has_more,
                left_out=watch.left_out,
                pictures=watch.pictures if has_pictures else None,
            )
            if not pipe.tell(news):  # what is lost once has to be told from the beginning
                self._anew[kind].set()
                threading.Event().wait(_WAITS_S)
        return has_more


def _wait(descriptors: list[int | None]) -> None:
    """Returns when a folder has changed, or after a moment."""
    told = [descriptor for descriptor in descriptors if descriptor is not None]
    if told:
        select.select(told, [], [], _WAITS_S)
    else:
        threading.Event().wait(_WAITS_S)
