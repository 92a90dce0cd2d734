"""The loader's end of its decoder: one job at a time, with an end to each, whatever a file does to the decoder."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import msgspec

from stage.assets.messages import FromDecoder, Loading, ToDecoder
from stage.run.child_lines import ChildLines
from tracking.records import UNDECODABLE

JOB_ENDS_S = 300.0
"""A decoder that has said nothing for so long hangs: the largest pictures take a tenth of it."""
FILM_ENDS_S = 90.0
"""Of a film it says nothing before the end; pictures wait meanwhile."""
_ANSWER: msgspec.json.Decoder[FromDecoder] = msgspec.json.Decoder(FromDecoder)


class DecoderProcess:
    """A decoder that keeps pictures in `folder`.

    It is started for its first job, so that a stage without pictures is spared the half second and the memory, and anew
    for the first one after it has died or had to be ended. `job` is what it works on, None where it waits for work.
    """

    def __init__(self, folder: Path, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._command = [sys.executable, "-m", "stage.assets.decoder", str(folder)]
        self._clock_s = clock_s
        self._heard_s = clock_s()
        self.job: ToDecoder | None = None
        self._running: _Running | None = None

    @property
    def descriptor(self) -> int | None:
        """Becomes readable when there are answers; None while none runs."""
        return None if self._running is None else self._running.out.fileno()

    def begin(self, job: ToDecoder) -> None:
        """Gives it a job. One that has died is noticed by `has_failed`."""
        self.job, self._heard_s = job, self._clock_s()
        self._running = self._running or _Running(self._command)
        with contextlib.suppress(OSError):
            os.write(self._running.jobs.fileno(), msgspec.json.encode(job) + b"\n")

    def answers(self) -> Iterator[FromDecoder]:
        """What it has said since the last call; the last answer of a job ends it. Never waits."""
        for line in () if self._running is None else self._running.lines.read():
            try:
                answer = _ANSWER.decode(line)
            except UNDECODABLE:
                continue
            self._heard_s = self._clock_s()
            if self.job is None or answer.picture != self.job.picture:
                continue
            if not isinstance(answer, Loading):
                self.job = None
            yield answer

    def has_failed(self) -> bool:
        """Whether it has died, or hangs. One that does not run yet has not."""
        if self._running is None:
            return False
        silent_s = self._clock_s() - self._heard_s
        most_s = FILM_ENDS_S if self.job is not None and self.job.picture.is_film else JOB_ENDS_S
        return self._running.process.poll() is not None or (self.job is not None and silent_s > most_s)

    def renew(self) -> None:
        """Ends it with its job, whatever it does; the next job starts another."""
        self.end()
        self.job = None

    def end(self) -> None:
        """Kills it. One that waits for a dead disk cannot be waited for: it goes when the disk lets it."""
        if self._running is not None:
            self._running.end()
            self._running = None


class _Running:
    """One process, with the ends of its pipes."""

    def __init__(self, command: list[str]) -> None:
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.jobs: IO[bytes] = self.process.stdin
        self.out: IO[bytes] = self.process.stdout
        self.lines = ChildLines(self.out)
        os.set_blocking(self.jobs.fileno(), False)

    def end(self) -> None:
        self.process.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(1.0)
        for pipe in (self.jobs, self.out):
            with contextlib.suppress(OSError):
                pipe.close()
