"""One supervised process: started, started again while that helps, ended."""

from __future__ import annotations

import signal
import subprocess
import time
from collections import deque
from collections.abc import Sequence
from typing import IO

from stage.run.realtime import die_with_parent

RESTARTS_MAX = 5
RESTARTS_WINDOW_S = 60.0


class Child:
    """Its standard output is a pipe of events; standard error is the user's.

    `heard_out` is true once that pipe has ended, `served` once anything came through it.
    """

    def __init__(self, name: str, command: Sequence[str]) -> None:
        self.name = name
        self.command = list(command)
        self._starts: deque[float] = deque(maxlen=RESTARTS_MAX)
        self.heard_out = False
        self.served = False
        self.process = self._start()

    def restart(self) -> bool:
        """Starts the process again; False when it has died too often lately."""
        if len(self._starts) == RESTARTS_MAX and time.monotonic() - self._starts[0] < RESTARTS_WINDOW_S:
            return False
        self.process = self._start()
        return True

    def ask_to_end(self) -> None:
        """Sends SIGTERM to a process that still runs."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)

    def wait(self, until_s: float) -> int:
        """Waits for the end until a monotonic time in seconds, then ends it by force. Returns the exit code."""
        try:
            return self.process.wait(max(0.01, until_s - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()

    @property
    def events(self) -> IO[bytes]:
        """What it prints, one JSON line an event."""
        assert self.process.stdout is not None
        return self.process.stdout

    def _start(self) -> subprocess.Popen[bytes]:
        self._starts.append(time.monotonic())
        # A session of its own: Ctrl-C reaches the supervisor alone, which then ends the others in order. Whatever the
        # program is, the kernel ends it with the supervisor; this process has no threads for the fork to trip over.
        return subprocess.Popen(
            self.command,
            stdout=subprocess.PIPE,
            bufsize=0,
            start_new_session=True,
            preexec_fn=die_with_parent,  # noqa: PLW1509
        )
