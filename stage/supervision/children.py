"""The child processes of a run: each is started, restarted while that helps, and ended; their events are read here."""

from __future__ import annotations

import selectors
import signal
import subprocess
import time
from collections import deque
from collections.abc import Iterator, Sequence
from typing import IO

from stage.run.realtime import die_with_parent

RESTARTS_MAX = 5
RESTARTS_WINDOW_S = 60.0
READ_WITHIN_S = 0.05


class Child:
    """One process. Its standard output is a pipe of events, a JSON line each; standard error is the user's.

    `exhausted` is true once that pipe has ended, `served` once anything has come through it.
    """

    def __init__(self, name: str, command: Sequence[str]) -> None:
        self.name = name
        self.command = list(command)
        self._starts: deque[float] = deque(maxlen=RESTARTS_MAX)
        self.exhausted = False
        self.served = False
        self.process = self._start()

    def restart(self) -> bool:
        """Starts the process again. Returns False if it has died too often lately."""
        if len(self._starts) == RESTARTS_MAX and time.monotonic() - self._starts[0] < RESTARTS_WINDOW_S:
            return False
        self.process = self._start()
        return True

    def ask_to_end(self) -> None:
        """Sends SIGTERM to a process that still runs."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """Ends the process by force and waits until it has ended."""
        self.process.kill()
        self.process.wait()

    def wait(self, seconds: float) -> None:
        """Waits up to `seconds` for the end, then ends the process by force."""
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()

    @property
    def events(self) -> IO[bytes]:
        """The pipe of events."""
        assert self.process.stdout is not None
        return self.process.stdout

    def _start(self) -> subprocess.Popen[bytes]:
        self._starts.append(time.monotonic())
        # In a session of its own, so that Ctrl-C reaches the supervisor alone, which then ends the others in order.
        # The kernel ends it with the supervisor, whatever program it is; this process has no threads that a fork could
        # trip over.
        return subprocess.Popen(
            self.command,
            stdout=subprocess.PIPE,
            bufsize=0,
            start_new_session=True,
            preexec_fn=die_with_parent,  # noqa: PLW1509
        )


class Children:
    """All processes of a run. Each has a pipe of its own that is read by whole lines, so lines never mix."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()

    def start(self, name: str, command: Sequence[str]) -> Child:
        """Starts a process whose events are read from now on."""
        child = Child(name, command)
        self._listen(child)
        return child

    def restart(self, child: Child) -> bool:
        """Starts a dead process again. Returns False if it has died too often lately."""
        if not child.exhausted:
            self._selector.unregister(child.events)
            child.exhausted = True
        if not child.restart():
            return False
        self._listen(child)
        return True

    def lines(self) -> Iterator[bytes]:
        """Waits a moment, then yields one line from each process that has printed something."""
        for key, _ in self._selector.select(READ_WITHIN_S):
            child: Child = key.data
            line = child.events.readline()
            if line:
                child.served = True
                yield line
            else:
                self._selector.unregister(key.fileobj)
                child.exhausted = True

    def _listen(self, child: Child) -> None:
        child.exhausted = False
        self._selector.register(child.events, selectors.EVENT_READ, child)
