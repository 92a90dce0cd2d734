"""The threads that read frames: as many as there are processors, and one more for each that a disk holds up."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from stage.plates.busy import Stood, busy_alone, busy_of, worked_s
from stage.plates.films import Films, Job
from stage.plates.readers import READ_FAILURES, CannotOpenError
from stage.plates.wire import MOST_FILMS, Waits
from stage.run.realtime import take_realtime
from stage.show.frame.conditions import Cause
from tracking.records import Scalar
from tracking.system_faults import said_by_system

HELD_UP_S = 0.25
"""A frame that takes longer, while the processor has little to do with it, waits for the disk."""
_WAITING_SHARE = 0.5
_MOST_PROCESSORS = 4
_IDLE_S = 0.05
"""So often films are looked at that rest, or that could not be read."""
LOOK_EVERY_S = 0.1
_LOOKS_LATE_S = 0.06
"""Who looks every so often is a little late now and then."""
CauseOf = Callable[[BaseException], Cause | None]


class _Reading:
    """A job that the thread works on that makes this, and how long it took while the process `stood` not still."""

    def __init__(self, job: Job, stood_s: Callable[[], float]) -> None:
        self.job = job
        self._stood_s = stood_s
        self._began_s, self._stood_before_s = time.monotonic(), stood_s()
        self._thread = threading.get_native_id()
        self._busy_before = busy_of(self._thread)
        self.is_held_up = False

    def took_s(self) -> float:
        """How long it has taken so far."""
        return max(0.0, time.monotonic() - self._began_s - (self._stood_s() - self._stood_before_s))

    def waited_s(self) -> float:
        """For how much of that nobody who works on it ran or could have run."""
        return max(0.0, self.took_s() - worked_s(self._busy_before, busy_of(self._thread)))


class Workers:
    """Threads that read what `films` wants until `close`. `cause_of` says what is wrong with a film that fails; `tell`
    is called by the thread for whose frame there is news.

    One that a disk holds up has another in its place: the disk of one film does not stop the others.
    """

    def __init__(self, films: Films, cause_of: CauseOf, tell: Callable[[], None]) -> None:
        self._films = films
        self._cause_of = cause_of
        self._tell = tell
        self._readings: list[_Reading] = []
        self._ended = False
        self._count = 0
        self._processors = min(_MOST_PROCESSORS, os.cpu_count() or 1)
        self._looks = threading.get_native_id()
        self._stood = Stood(LOOK_EVERY_S + _LOOKS_LATE_S, time.monotonic(), self._looked_busy_s())
        for _ in range(self._processors):
            self._start()

    def look(self) -> None:
        """At least every `LOOK_EVERY_S`, by the thread that made this: finds out who is held up."""
        self._stood.note(time.monotonic(), self._looked_busy_s())
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

    def _looked_busy_s(self) -> float:
        return busy_alone(self._looks) or 0.0

    def _stood_s(self) -> float:
        return self._stood.so_far_s(time.monotonic(), self._looked_busy_s())

    def _start(self) -> None:
        self._count += 1
        threading.Thread(target=self._run, name=f"films {self._count}", daemon=True).start()

    def _run(self) -> None:
        take_realtime((threading.get_native_id(),))  # whoever starts threads may have it
        while (job := self._next()) is not None:
            with self._reading(job) as reading:
                self._read(reading)
            self._tell()

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
        reading = _Reading(job, self._stood_s)
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
