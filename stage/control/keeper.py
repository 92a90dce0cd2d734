"""The keeper of saved values: a small thread that reads and writes their files, so that the loop never opens one."""

from __future__ import annotations

import queue
import threading
from collections import deque
from pathlib import Path

import msgspec

from stage.control.log_reading import LogJob, LogPage
from stage.control.requests import LoadRequest
from stage.control.saved_values import SavedValues
from stage.control.value_places import ValuePlaces, keep_placement, keep_values, kept_values
from stage.control.world_saving import WorldJob, write_world
from stage.gate.who import Who, local_client
from stage.values.parameters import Refusal
from tracking.records import JOB_FAILURES, Evolving
from tracking.settable import Role, Value
from tracking.system_faults import said_by_system

_MOST_WAITING_JOBS = 16
_PATIENCE_S = 0.5
NO_LIBRARY = Refusal(code="conflict", reason="no_library")


class KeeperJob(Evolving):
    """Write `values` under `name`, or read them if `values` is None. `sender`, `id` and `role` say for whom, `asked`
    which request wants them read, and `who` gave it. With `lights` they are the placement of the stage lights, and take
    the place of what is saved of that.
    """

    sender: str
    id: str | int
    role: Role
    name: str
    values: dict[str, Value] | None = None
    asked: LoadRequest | None = None
    lights: bool = False
    who: Who = local_client()


class KeeperResult(Evolving):
    """How a job ended: the values that were written or read and how many were written, the log, or a refusal."""

    job: KeeperJob | WorldJob | LogJob
    values: dict[str, Value] = msgspec.field(default_factory=dict)
    count: int = 0
    refusal: Refusal | None = None
    log: LogPage | None = None


class Keeper:
    """The thread, with a bounded queue of jobs and a list of results. `library` is the folder of the worlds' files.

    One that `makes_library` makes that folder for the first file.
    """

    def __init__(
        self, places: ValuePlaces, stage: str, library: Path | None = None, *, makes_library: bool = False
    ) -> None:
        self._places = places
        self._makes_library = makes_library
        self._stage = stage
        self._library = library
        self._jobs: queue.Queue[KeeperJob | WorldJob | LogJob | None] = queue.Queue(_MOST_WAITING_JOBS)
        self._results: deque[KeeperResult] = deque()
        self._thread = threading.Thread(target=self._work, name="saved values", daemon=True)
        self._thread.start()

    def submit(self, job: KeeperJob | WorldJob | LogJob) -> bool:
        """Queues a job; False if too many wait already."""
        try:
            self._jobs.put_nowait(job)
        except queue.Full:
            return False
        return True

    def results(self) -> list[KeeperResult]:
        """The jobs that were finished since the last call."""
        return [self._results.popleft() for _ in range(len(self._results))]

    def close(self) -> None:
        """Finishes the queued jobs and ends the thread. A disk that hangs is given half a second."""
        try:
            self._jobs.put(None, timeout=_PATIENCE_S)
        except queue.Full:
            return
        self._thread.join(_PATIENCE_S)

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            if isinstance(job, LogJob):
                self._results.append(KeeperResult(job=job, log=job.read()))
            else:
                self._results.append(self._finish(job) if isinstance(job, KeeperJob) else self._write_world(job))

    def _write_world(self, job: WorldJob) -> KeeperResult:
        if self._library is None:
            return KeeperResult(job=job, refusal=NO_LIBRARY)
        try:
            if self._makes_library:
                self._library.mkdir(parents=True, exist_ok=True)
            done = write_world(self._library, job)
        except JOB_FAILURES as error:
            values = {"file": job.name, "found": said_by_system(error)}
            return KeeperResult(job=job, refusal=Refusal(code="conflict", reason="file_unusable", values=dict(values)))
        return KeeperResult(job=job, refusal=done) if isinstance(done, Refusal) else KeeperResult(job=job, count=done)

    def _finish(self, job: KeeperJob) -> KeeperResult:
        try:
            if job.values is None:
                return KeeperResult(job=job, values=kept_values(self._places, job.name).values)
            keep = keep_placement if job.lights else keep_values
            keep(self._places, job.name, SavedValues(stage=self._stage, values=job.values))
        except FileNotFoundError:
            refusal = Refusal(code="unknown_path", reason="nothing_saved", values={"name": job.name})
            return KeeperResult(job=job, refusal=refusal)
        except JOB_FAILURES as error:
            values = {"file": str(self._places.show / f"{job.name}.json"), "found": said_by_system(error)}
            return KeeperResult(job=job, refusal=Refusal(code="conflict", reason="file_unusable", values=dict(values)))
        return KeeperResult(job=job, values=job.values, count=len(job.values))
