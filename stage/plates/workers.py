"""The threads that read frames: as many as there are processors, and one more for each that a disk holds up."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from stage.plates.films import Films, Job
from stage.plates.readers import READ_FAILURES, CannotOpenError
from stage.plates.wire import MOST_FILMS, Waits
from stage.show.frame.conditions import Cause
from tracking.records import Scalar
from tracking.system_faults import said_by_system

HELD_UP_S = 0.25
"""A frame that takes longer, while the processor has little to do with it, waits for the disk."""
_WAITING_SHARE = 0.5
_MOST_PROCESSORS = 4
_IDLE_S = 0.05
"""So often films are looked at that rest, or that could not be read."""
_TASKS = Path("/proc/self/task")
CauseOf = Callable[[BaseException], Cause | None]


class _Reading:
    """A job that the thread works on that makes this. `began_s` is monotonic."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.began_s = time.monotonic()
        self._thread = threading.get_native_id()
        self._began_busy_s = busy_s(self._thread)
        self.is_held_up = False

    def took_s(self) -> float:
        """How long it has taken so far."""
        return time.monotonic() - self.began_s

    def waited_s(self) -> float:
        """For how much of that nobody who works on it ran or could have run."""
        return max(0.0, self.took_s() - (busy_s(self._thread) - self._began_busy_s))


class Workers:
    """Threads that read what `films` wants until `close`. `cause_of` says what is wrong with a film that fails.

    One that a disk holds up has another in its place: the disk of one film does not stop the others.
    """

    def __init__(self, films: Films, cause_of: CauseOf) -> None:
        self._films = films
        self._cause_of = cause_of
        self._readings: list[_Reading] = []
        self._ended = False
        self._count = 0
        self._processors = min(_MOST_PROCESSORS, os.cpu_count() or 1)
        for _ in range(self._processors):
            self._start()

    def look(self) -> None:
        """A few times a second: finds out who is held up."""
        readings = tuple(self._readings)
        for reading in readings:
            took_s = reading.took_s()
            if took_s > HELD_UP_S and not reading.is_held_up and reading.waited_s() > _WAITING_SHARE * took_s:
                reading.is_held_up = True
                job = reading.job
                media = job.playing.film.media
                self._films.tell(Waits(media=media, frame=job.frame, since_ms=1e3 * took_s))
        held_up = sum(reading.is_held_up for reading in readings)
        if self._count < min(self._processors + held_up, self._processors + MOST_FILMS):
            self._start()

    def close(self) -> None:
        """Ends the threads, but for one that a disk holds up: it ends with the process."""
        with self._films.changed:
            self._ended = True
            self._films.changed.notify_all()

    def _start(self) -> None:
        self._count += 1
        threading.Thread(target=self._run, name=f"films {self._count}", daemon=True).start()

    def _run(self) -> None:
        while (job := self._next()) is not None:
            with self._reading(job) as reading:
                self._read(reading)

    def _next(self) -> Job | None:
        with self._films.changed:
            while not self._ended:
                job = self._films.begin(time.monotonic())
                if job is not None:
                    return job
                self._films.changed.wait(_IDLE_S)
        return None

    @contextmanager
    def _reading(self, job: Job) -> Iterator[_Reading]:
        reading = _Reading(job)
        self._readings.append(reading)
        try:
            yield reading
        finally:
            self._readings.remove(reading)

    def _read(self, reading: _Reading) -> None:
        job = reading.job
        memory = job.playing.memory
        assert memory is not None
        try:
            job.playing.readers.read(job.frame, memory.slot(job.slot), job.wanted, job.first)
        except CannotOpenError as error:
            self._films.fail(job, self._cause(job, error.__cause__ or error), time.monotonic(), whole=True)
        except READ_FAILURES as error:
            self._films.fail(job, self._cause(job, error), time.monotonic(), whole=False)
        else:
            self._films.end(job, 1e3 * reading.took_s(), 1e3 * reading.waited_s(), time.monotonic())

    def _cause(self, job: Job, error: BaseException) -> Cause:
        known = self._cause_of(error)
        if known is not None:
            return known
        values: dict[str, Scalar] = {"file": Path(job.playing.film.path).name, "found": said_by_system(error)[:200]}
        return Cause(code="plate_unreadable", values=values)


def busy_s(thread: int) -> float:
    """Seconds for which a thread has run, or has waited for a processor; and with it the threads of FFmpeg, which work
    for it. Where the system does not say so much (schedstat of Linux), those for which this process has run.
    """
    others = {one.native_id for one in threading.enumerate()} - {thread}
    if not (_TASKS / str(thread) / "schedstat").exists():
        return time.process_time()
    total_ns = 0
    for task in _TASKS.iterdir():
        if int(task.name) not in others:
            with suppress(OSError, ValueError):  # it has just ended
                ran, waited, _ = (task / "schedstat").read_text(encoding="ascii").split()
                total_ns += int(ran) + int(waited)
    return 1e-9 * total_ns
