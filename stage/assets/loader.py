"""The loader process: `python -m stage.assets.loader`. It loads what the core wants, one picture at a time.

It opens none of the users' files itself: its decoder does, and may be killed by any of them.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from stage.assets.cue_thread import CueThread
from stage.assets.decoding import DecoderProcess
from stage.assets.examinations import Examinations
from stage.assets.folder_thread import FolderThread
from stage.assets.kept_pictures import KeptPictures
from stage.assets.look_thread import LookThread
from stage.assets.messages import (
    Examine,
    Examined,
    ExaminedFilm,
    FromDecoder,
    Load,
    Loaded,
    LoaderHere,
    LoadFailed,
    Loading,
    Look,
    Seen,
    SeenFile,
    Wanted,
    WantedPicture,
)
from stage.assets.pipes import LoaderPipes
from stage.run.events import AliveEvent, print_event
from stage.run.realtime import die_with_parent, keep_loaded, work_in_background
from stage.show.frame.inputs import Cause

LOOK_AGAIN_S = 1.0
TELL_EVERY_S = 0.02
ALIVE_EVERY_S = 1.0
TICK_S = 0.05
MOST_DEATHS = 2
"""So many decoders may die of a picture before it is refused."""


class Asked:
    """A picture that is wanted: what is known of it. `tried` is the file that was refused, `seen` what a look found."""

    def __init__(self, picture: WantedPicture) -> None:
        self.picture = picture
        self.is_done = False
        self.failed: LoadFailed | None = None
        self.seen: SeenFile | None = None
        self.look_at_s = 0.0
        self.deaths = 0


class Loader:
    """Works off the newest list of wishes, in its order. `tell` takes what the core should know.

    A file that cannot be loaded is looked at again every second. Once another one has stood still between two looks,
    since it may be copied at that moment, it is tried again.
    """

    def __init__(
        self,
        decoder: DecoderProcess,
        tell: Callable[[Loaded | LoadFailed | Loading | Examined | ExaminedFilm], object],
        clock_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._decoder = decoder
        self._tell = tell
        self._clock_s = clock_s
        self._session = ""
        self._asked: list[Asked] = []
        self._examinations = Examinations()
        self._told_s = -TELL_EVERY_S

    def take(self, wanted: Wanted) -> None:
        """The core's wishes take the place of the earlier ones. What is being loaded and is not first waits."""
        self._examinations.take(wanted.examine, is_new_core=wanted.session != self._session)
        known = {} if wanted.session != self._session else {asked.picture: asked for asked in self._asked}
        self._session = wanted.session
        self._asked = [known.get(picture) or Asked(picture) for picture in wanted.pictures]
        for asked in self._asked:
            asked.is_done = False
            if asked.picture in wanted.again:
                asked.failed, asked.deaths = None, 0
        job, following = self._decoder.job, self._next_load()
        is_over = isinstance(job, Load) and (following is None or job.picture != following.picture)
        if is_over or (isinstance(job, Examine) and not job.picture.is_film and following is not None):
            self._decoder.renew()

    def step(self) -> None:
        """Passes on what the decoder has said, and gives it work."""
        examined = self._examined
        for answer in self._decoder.answers():
            if isinstance(answer, Seen) and answer.picture.is_film:
                self._examinations.note_seen(answer)
            elif examined is None:
                self._note(answer)
            elif isinstance(answer, Examined | ExaminedFilm | LoadFailed) and self._examinations.end(answer):
                self._tell(answer)
        if self._decoder.has_failed():
            self._note_death()
        if self._decoder.job is None:
            self._begin()

    def _begin(self) -> None:
        following, listed = self._next_load(), self._examinations.following()
        if listed is not None and listed.is_film:  # it takes a second, and until then the film is black
            self._decoder.begin(Examine(picture=listed))
            return
        if following is not None:
            self._decoder.begin(Load(picture=following.picture))
            return
        now_s = self._clock_s()
        due = [asked for asked in self._asked if asked.failed is not None and now_s >= asked.look_at_s]
        if due:
            due[0].look_at_s = now_s + LOOK_AGAIN_S
            self._decoder.begin(Look(picture=due[0].picture))
        elif listed is not None:
            self._decoder.begin(Examine(picture=listed))
        elif (film := self._examinations.due(now_s)) is not None:
            self._decoder.begin(Look(picture=film))

    @property
    def _examined(self) -> WantedPicture | None:
        job = self._decoder.job
        return job.picture if isinstance(job, Examine) else None

    def _next_load(self) -> Asked | None:
        return next((asked for asked in self._asked if not asked.is_done and asked.failed is None), None)

    def _note(self, answer: FromDecoder) -> None:
        asked = next((one for one in self._asked if one.picture == answer.picture), None)
        if asked is None:
            return
        match answer:
            case Loading():
                is_news = answer.size is not None or answer.rows is None
                if is_news or self._clock_s() - self._told_s >= TELL_EVERY_S:
                    self._told_s = self._clock_s()
                    self._tell(answer)
            case Loaded():
                asked.is_done = True
                self._tell(answer)
            case LoadFailed():
                self._fail(asked, answer)
            case Seen(seen=seen):
                self._look(asked, seen)

    def _fail(self, asked: Asked, failure: LoadFailed) -> None:
        asked.failed = failure
        asked.seen, asked.look_at_s = failure.seen, self._clock_s() + LOOK_AGAIN_S
        self._tell(failure)

    def _look(self, asked: Asked, seen: SeenFile | None) -> None:
        """Loads another file that has stood still since the last look, or the same one if it was not at fault."""
        if asked.failed is None:  # somebody has asked for it anew meanwhile
            return
        if seen is None and asked.failed.cause.code != "asset_absent":
            asked.seen = None
            self._fail(asked, _failed(asked, "asset_absent"))
        may_load = asked.failed.cause.code in {"asset_no_disk_room", "asset_not_kept"} or seen != asked.failed.seen
        if seen is not None and seen == asked.seen and may_load:
            asked.failed, asked.deaths = None, 0
        asked.seen = seen

    def _note_death(self) -> None:
        job, examined = self._decoder.job, self._examined
        self._decoder.renew()
        if examined is not None:
            self._tell(self._examinations.note_death(examined))
            return
        asked = next((one for one in self._asked if job is not None and one.picture == job.picture), None)
        if asked is None:
            return
        asked.deaths += 1
        if isinstance(job, Load) and asked.deaths >= MOST_DEATHS:
            self._fail(asked, _failed(asked, "asset_kills_decoder"))


def _failed(asked: Asked, code: str) -> LoadFailed:
    cause = Cause(code=code, values={"file": asked.picture.file})
    return LoadFailed(picture=asked.picture, cause=cause, seen=asked.seen)


def serve(
    pipes: LoaderPipes, folder: Path, ended: Callable[[], bool], told_anew: Callable[[], None] = lambda: None
) -> None:
    """Loads until `ended()` is true, and says every second that it is alive.

    `told_anew` is called where another core asks: it knows of nothing yet.
    """
    kept = KeptPictures(folder)
    kept.sweep()
    decoder = DecoderProcess(folder)
    loader = Loader(decoder, pipes.tell)
    session = ""
    pipes.tell(LoaderHere(instance=f"{os.getpid()}-{os.urandom(4).hex()}"))
    alive_s = 0.0
    try:
        while not ended():
            pipes.wait(TICK_S, decoder.descriptor)
            for wanted in pipes.receive():
                loader.take(wanted)
                kept.drop_others((*wanted.pictures, *wanted.there))
                if session not in ("", wanted.session):
                    told_anew()
                session = wanted.session
            loader.step()
            if time.monotonic() - alive_s >= ALIVE_EVERY_S:
                alive_s = time.monotonic()
                print_event(AliveEvent(name="loader"))
    finally:
        decoder.end()


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the loader until SIGTERM or SIGINT, or until the process that started it is gone."""
    die_with_parent()
    keep_loaded()
    parser = argparse.ArgumentParser(prog="loader", description="Loads the pictures of worlds for a running stage.")
    parser.add_argument("--wishes", required=True, help="where the core says what it wants (ZeroMQ URL)")
    parser.add_argument("--answers", required=True, help="where the core hears of it (ZeroMQ URL)")
    parser.add_argument("--folder", required=True, type=Path, help="folder for decoded pictures")
    parser.add_argument("--library", type=Path, help="folder in which pictures appear that are worlds then")
    parser.add_argument("--library-may-be-absent", action="store_true", help="it is empty until it is there")
    parser.add_argument("--looks", type=Path, help="folder of the show's looks")
    parser.add_argument("--parent", type=int, default=os.getppid(), help="process id to end with")
    parser.add_argument("--cues", type=Path, help="file of the show's cues")
    options = parser.parse_args(arguments)
    over = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: over.set())
    watch = (
        None
        if options.library is None
        else FolderThread(options.library, options.answers, may_be_absent=options.library_may_be_absent)
    )
    looks = None if options.looks is None else LookThread(options.looks, options.answers)
    cues = None if options.cues is None else CueThread(options.cues, options.answers)
    work_in_background()  # this thread alone: whoever watches the folder is as prompt as before
    options.folder.mkdir(parents=True, exist_ok=True)
    pipes = LoaderPipes(options.wishes, options.answers)

    def told_anew() -> None:
        for folder in (watch, looks, cues):
            if folder is not None:
                folder.tell_all()

    serve(pipes, options.folder, lambda: over.is_set() or os.getppid() != options.parent, told_anew)
    pipes.release()
    return 0


if __name__ == "__main__":
    sys.exit(main())
