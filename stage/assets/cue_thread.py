"""Watches the file of the show's cues on a thread of the loader: a long or hostile one is parsed beside no frame."""

from __future__ import annotations

import hashlib
import threading
import time
from pathlib import Path

import msgspec

from stage.assets.messages import CueNews
from stage.assets.pipes import FolderPipe
from stage.config.findings import Findings
from stage.loading.show_files import cues_in
from stage.run.terminal import print_notice
from stage.run.whole_files import stamp_of
from stage.show.frame.inputs import Cause
from tracking.records import JOB_FAILURES
from tracking.sources.ordinary_files import leads_out

LOOKS_EVERY_S = 0.25
STANDS_STILL_S = 0.5
"""A file is whole once it has not been changed for so long."""


class CueWatch:
    """One file. `step` is called again and again, and returns what is new of it. Times are Unix times."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._told: tuple[int, ...] | None = None

    def tell_all(self) -> None:
        """What there is, is news again."""
        self._told = None

    def step(self, now_s: float) -> CueNews | None:
        """What is new of the file, once it is whole; None where nothing is."""
        stamp = stamp_of(self._file)
        if stamp == self._told or (stamp and abs(now_s - stamp[-1] * 1e-9) < STANDS_STILL_S):
            return None
        self._told = stamp
        if not stamp:
            return CueNews()
        if leads_out(self._file):
            return CueNews(stamp=stamp, fault=Cause(code="file_link_out"))
        findings = Findings(str(self._file))
        read, fault = cues_in(self._file, findings), findings.first()
        if fault is not None:
            return CueNews(stamp=stamp, fault=Cause(code=fault.code, values=fault.values))
        assert read is not None
        digest = hashlib.blake2b(msgspec.msgpack.encode(read.cues), digest_size=16).hexdigest()
        return CueNews(stamp=stamp, cues=read.cues, edition=read.edition, by_hand=read.by_hand, digest=digest)


class CueThread:
    """Tells the core at `answers` of the cues in `file`; after `tell_all` once more. It has a socket of its own."""

    def __init__(self, file: Path, answers: str) -> None:
        self._file = file
        self._answers = answers
        self._anew = threading.Event()
        threading.Thread(target=self._work, name="cues", daemon=True).start()

    def tell_all(self) -> None:
        """Somebody listens who knows of nothing yet."""
        self._anew.set()

    def _work(self) -> None:
        pipe, watch = FolderPipe(self._answers), CueWatch(self._file)
        while True:
            if self._anew.is_set():
                self._anew.clear()
                watch.tell_all()
            try:
                news = watch.step(time.time())
            except JOB_FAILURES as error:
                print_notice(f"{self._file}: cannot be watched ({error}); trying again")
                news = None
            if news is not None and not pipe.tell(news):  # what is lost once has to be told again
                self._anew.set()
            self._anew.wait(LOOKS_EVERY_S)
