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
    """A decoder that keeps pictures in `folder`. It is started anew where it has died or had to be ended.

    `job` is what it works on, None where it waits for work.
    """

    def __init__(self, folder: Path, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._command = [sys.executable, "-m", "stage.assets.decoder", str(folder)]
        self._clock_s = clock_s
        self._heard_s = clock_s()
        self.job: ToDecoder | None = None
        self._start()

    @property
    def descriptor(self) -> int:
        """Becomes readable when there are answers."""
        return self._out.fileno()

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def begin(self, job: ToDecoder) -> None:
        """Gives it a job. One that has died is noticed by `has_failed`."""
        self.job, self._heard_s = job, self._clock_s()
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):
            os.write(self._process.stdin.fileno(), msgspec.json.encode(job) + b"\n")

    def answers(self) -> Iterator[FromDecoder]:
        """What it has said since the last call; the last answer of a job ends it. Never waits."""
        for line in self._lines.read():
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
        """Whether it has died, or hangs."""
        silent_s = self._clock_s() - self._heard_s
        most_s = FILM_ENDS_S if self.job is not None and self.job.picture.is_film else JOB_ENDS_S
        return self._process.poll() is not None or (self.job is not None and silent_s > most_s)

    def renew(self) -> None:
        """Ends it with its job, whatever it does, and starts another."""
        self.end()
        self.job = None
        self._start()

    def end(self) -> None:
        """Kills it. One that waits for a dead disk cannot be waited for: it goes when the disk lets it."""
        self._process.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(1.0)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()

    def _start(self) -> None:
        self._heard_s = self._clock_s()
        self._process = subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        os.set_blocking(self._process.stdin.fileno(), False)
        self._out: IO[bytes] = self._process.stdout
        self._lines = ChildLines(self._out)
