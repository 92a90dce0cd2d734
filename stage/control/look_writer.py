"""Writes the files of looks on a small thread, so that the loop never opens one."""

from __future__ import annotations

import contextlib
import queue
import threading
from collections import deque
from pathlib import Path

from stage.config.world_writer import written
from stage.run.whole_files import put_whole
from stage.show.looks.file_names import picture_of
from stage.values.looks import Look, PackedLook
from tracking.records import JOB_FAILURES, Evolving
from tracking.system_faults import said_by_system

_PATIENCE_S = 0.5


class LookJob(Evolving):
    """Write a look into the file at `place`, seen from the folder of the looks; or without one, remove that file.

    What is removed leaves its picture to the look at `picture_for`, "" for none.
    """

    place: str
    name: str = ""
    look: PackedLook | None = None
    picture_for: str = ""


class LookResult(Evolving):
    """How a job ended: `found` is why it failed, "" where it did not."""

    job: LookJob
    found: str = ""


class LookWriter:
    """The thread, with a queue of jobs and a list of results. Whoever submits keeps the jobs few."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._jobs: queue.SimpleQueue[LookJob | None] = queue.SimpleQueue()
        self._results: deque[LookResult] = deque()
        self._thread = threading.Thread(target=self._work, name="looks", daemon=True)
        self._thread.start()

    def submit(self, job: LookJob) -> None:
        """Queues a job."""
        self._jobs.put(job)

    def results(self) -> list[LookResult]:
        """The jobs that were done since the last call."""
        return [self._results.popleft() for _ in range(len(self._results))]

    def close(self) -> None:
        """Finishes the queued jobs and ends the thread. A disk that hangs is given half a second."""
        self._jobs.put(None)
        self._thread.join(_PATIENCE_S)

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            try:
                self._do(job)
            except JOB_FAILURES as error:
                found = said_by_system(error)
                self._results.append(LookResult(job=job, found=found))
            else:
                self._results.append(LookResult(job=job))

    def _do(self, job: LookJob) -> None:
        file = self._folder / job.place
        if job.look is not None:
            file.parent.mkdir(parents=True, exist_ok=True)
            text = look_text(Look(name=job.name, values=job.look.values))
            put_whole(file, text.encode(), for_others=True)
            return
        picture = self._folder / picture_of(job.place)
        if job.picture_for:
            with contextlib.suppress(OSError):  # it may have none, and gets one with its next change
                picture.replace(self._folder / picture_of(job.picture_for))
        picture.unlink(missing_ok=True)
        file.unlink(missing_ok=True)


def look_text(look: Look) -> str:
    """The content of a look's file: its name, and a line for each value."""
    lines = (f"{written(path)} = {written(value)}\n" for path, value in look.values.items())
    return f"name = {written(look.name)}\n\n[values]\n{''.join(lines)}"
