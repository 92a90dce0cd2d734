"""Writes the file of the show's cues on a small thread, so that the loop never opens it."""

from __future__ import annotations

import threading
import time
from collections import deque
from pathlib import Path

from stage.config.cue_writer import head_of, pieces_of
from stage.run.whole_files import put_whole, stamp_of
from stage.values.cues import Cue
from tracking.records import JOB_FAILURES, Evolving
from tracking.system_faults import said_by_system

ASIDE = ".aside"
"""What a file is called that was changed by hand and not read before it had to be written."""
AGAIN_S = 2.0
_PATIENCE_S = 0.5
_BREATH_S = 0.0005
"""Between two cues: the loop needs the interpreter too."""


class CueJob(Evolving):
    """The list's edition `edition`, to be written in place of the content that has the stamp `over`, or of our own."""

    cues: tuple[Cue, ...]
    edition: int
    over: tuple[int, ...] = ()


class CueWritten(Evolving):
    """How a job ended: `found` is why it failed and is tried again; what somebody had written is in `aside`."""

    edition: int
    found: str = ""
    aside: str = ""


class CueWriter:
    """The thread. Only the newest edition counts: one that is replaced before it was written is not written at all."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._newest: CueJob | None = None
        self._results: deque[CueWritten] = deque()
        self._own: tuple[int, ...] = ()
        self._wake = threading.Event()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._work, name="cues", daemon=True)
        self._thread.start()

    def put(self, job: CueJob) -> None:
        """Hands over the newest edition. Never waits."""
        self._newest = job
        self._wake.set()

    def results(self) -> list[CueWritten]:
        """What was written, or could not be, since the last call."""
        return [self._results.popleft() for _ in range(len(self._results))]

    def close(self) -> None:
        """Writes what is new and ends the thread. A disk that hangs is given half a second."""
        self._ended.set()
        self._wake.set()
        self._thread.join(_PATIENCE_S)

    def _work(self) -> None:
        while not self._ended.is_set() or self._newest is not None:
            if self._newest is None:
                self._wake.wait()
                self._wake.clear()
            job, self._newest = self._newest, None
            if job is not None and not self._write(job) and not self._ended.wait(AGAIN_S):
                self._newest = self._newest or job

    def _write(self, job: CueJob) -> bool:
        try:
            pieces = []
            for piece in pieces_of(job.cues):
                pieces.append(piece)
                if not self._ended.is_set():
                    time.sleep(_BREATH_S)
            self._file.parent.mkdir(parents=True, exist_ok=True)
            aside = self._set_aside(job.over)
            content = (head_of(pieces, job.edition) + "".join(pieces)).encode()
            put_whole(self._file, content, for_others=True)
            self._own = stamp_of(self._file)
        except JOB_FAILURES as error:
            found = said_by_system(error)
            self._results.append(CueWritten(edition=job.edition, found=found))
            return False
        self._results.append(CueWritten(edition=job.edition, aside=aside))
        return True

    def _set_aside(self, over: tuple[int, ...]) -> str:
        """Keeps what somebody has written that was never read. Returns its name, "" where there is nothing to keep."""
        present = stamp_of(self._file)
        if not present or present in (over, self._own):
            return ""
        aside = self._file.with_name(f"{self._file.name}{ASIDE}")
        self._file.replace(aside)
        return aside.name
