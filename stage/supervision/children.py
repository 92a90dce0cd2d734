"""The child processes of a run: each is started, after growing pauses started again, and ended; events are read."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from functools import partial
from typing import IO

from stage.run.child_lines import ChildLines
from stage.run.realtime import tie_to

SHORT_LIFE_S = 10.0
READ_WITHIN_S = 0.05
_FIRST_PAUSE_S = 0.25
_LONGEST_PAUSE_S = 10.0
_WITHOUT_PAUSE = 2


class Pauses:
    """How long to wait before a process is started again: not at all at first, then twice as long each time."""

    def __init__(self) -> None:
        self._short_lives = 0

    def after(self, lived_s: float, *, refused: bool = False) -> float:
        """The pause after a life of so many seconds. A process that was refused waits from the first time on."""
        self._short_lives = 1 if lived_s >= SHORT_LIFE_S else self._short_lives + 1
        beyond = self._short_lives - (0 if refused else _WITHOUT_PAUSE)
        return 0.0 if beyond <= 0 else min(_FIRST_PAUSE_S * 2.0 ** min(beyond - 1, 20), _LONGEST_PAUSE_S)


class Child:
    """One process. Its standard output is a pipe of events, a JSON line each; its standard error is `notices_to`.

    With `listens`, its standard input is a pipe too, for lines that `send` writes. It inherits the `descriptors`, under
    the same numbers. `served` is true once anything has
    come from it, `down` between its end and its next start.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        listens: bool = False,
        notices_to: int | None = None,
        descriptors: tuple[int, ...] = (),
    ) -> None:
        self.name = name
        self.command = list(command)
        self._listens = listens
        self._notices_to = notices_to
        self._descriptors = descriptors
        self._pauses = Pauses()
        self._due_s = 0.0
        self.down = False
        self.served = False
        self._launch()

    def start(self) -> None:
        """Starts the process again."""
        self._close_pipes()
        self._launch()

    def note_end(self, now_s: float, *, refused: bool = False) -> float:
        """Notes that the process has ended. Returns the seconds until it is due to be started again."""
        pause_s = self._pauses.after(now_s - self._started_s, refused=refused)
        self._due_s, self.down = now_s + pause_s, True
        return pause_s

    def is_due(self, now_s: float) -> bool:
        """Whether the process has ended and its pause is over."""
        return self.down and now_s >= self._due_s

    def send(self, line: bytes) -> None:
        """Writes a line to the process. One that does not read loses lines; it never blocks this process."""
        if self.process.stdin is not None:
            with contextlib.suppress(OSError):
                os.write(self.process.stdin.fileno(), line + b"\n")

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

    def _launch(self) -> None:
        self._started_s, self.down = time.monotonic(), False
        # In a session of its own, so that Ctrl-C reaches the supervisor alone, which then ends the others in order.
        # The kernel ends it with the supervisor, whatever program it is; this process has no threads that a fork could
        # trip over.
        self.process = subprocess.Popen(
            self.command,
            stdin=subprocess.PIPE if self._listens else None,
            stdout=subprocess.PIPE,
            stderr=self._notices_to,
            bufsize=0,
            start_new_session=True,
            pass_fds=self._descriptors,
            preexec_fn=partial(tie_to, os.getpid()),  # noqa: PLW1509
        )
        if self.process.stdin is not None:
            os.set_blocking(self.process.stdin.fileno(), False)
        self.lines = ChildLines(self.events)

    def _close_pipes(self) -> None:
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()


class Children:
    """All processes of a run. Each has a pipe of its own that is read by whole lines, so lines never mix.

    `notices_to` is the descriptor of their standard error; None leaves them the one of this process.
    """

    def __init__(self, notices_to: int | None = None) -> None:
        self._notices_to = notices_to
        self._selector = selectors.DefaultSelector()

    def start(
        self, name: str, command: Sequence[str], *, listens: bool = False, descriptors: tuple[int, ...] = ()
    ) -> Child:
        """Starts a process whose events are read from now on."""
        child = Child(name, command, listens=listens, notices_to=self._notices_to, descriptors=descriptors)
        self._listen(child)
        return child

    def restart(self, child: Child) -> None:
        """Starts a dead process again."""
        self.stop_reading(child)
        child.start()
        self._listen(child)

    def lines(self) -> Iterator[bytes]:
        """Waits a moment, then yields the whole lines that the processes have printed."""
        for key, _ in self._selector.select(READ_WITHIN_S):
            child: Child = key.data
            lines = child.lines.read()
            child.served |= bool(lines)
            if child.lines.ended:
                self.stop_reading(child)
            yield from lines

    def stop_reading(self, child: Child) -> None:
        """Forgets the pipe of a process that has ended, even if a descendant of it keeps it open."""
        with contextlib.suppress(KeyError, ValueError):
            self._selector.unregister(child.events)

    def _listen(self, child: Child) -> None:
        self._selector.register(child.events, selectors.EVENT_READ, child)
