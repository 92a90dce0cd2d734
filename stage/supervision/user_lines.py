"""What a run says: events on standard output, notices on standard error. Nobody who does not read holds it up.

A terminal that was stopped with Ctrl-S, or a program that has ceased to read its pipe, takes no more bytes. The stage
goes on, keeps the newest lines for whoever reads again, and drops and counts the others.
"""

from __future__ import annotations

import os
import select
import stat
import time
from collections import deque

import msgspec

from stage.run.events import Event

MOST_LINES = 200
FINISH_WITHIN_S = 0.15
_AT_ONCE_BYTES = select.PIPE_BUF


class Outlet:
    """Lines for the descriptor `number`, written as soon as they are taken, without ever waiting.

    Beyond `most` waiting lines the second oldest is dropped and counted: the first says how to reach the stage, the
    last how it went. `descriptor` is what is written to.
    """

    def __init__(self, number: int, most: int = MOST_LINES) -> None:
        self.descriptor = _own_description(number)
        self._never_blocks = not os.get_blocking(self.descriptor)
        self._most = most
        self._part = b""
        self._lines: deque[bytes] = deque()
        self._gone = False
        self.dropped = 0

    @property
    def waits(self) -> bool:
        """Whether anything has not been written yet."""
        return bool(self._part or self._lines) and not self._gone

    def put(self, line: str) -> None:
        """Writes a line, or keeps it for later."""
        self._lines.append(line.encode(errors="replace") + b"\n")
        self.flush()
        while len(self._lines) > self._most:
            del self._lines[0 if self._part else 1]
            self.dropped += 1

    def flush(self) -> None:
        """Writes what is taken now. A reader that has left takes everything from then on."""
        while self.waits and (self._never_blocks or _is_writable(self.descriptor, 0.0)):
            self._part = self._part or self._lines.popleft()
            try:
                written = os.write(self.descriptor, self._part[:_AT_ONCE_BYTES])
            except (BlockingIOError, InterruptedError):
                return
            except OSError:
                self._gone = True
                return
            self._part = self._part[written:]

    def finish(self, until_s: float) -> None:
        """Writes what waits, up to a moment on the monotonic clock."""
        self.flush()
        while self.waits and (left_s := until_s - time.monotonic()) > 0.0:
            if _is_writable(self.descriptor, left_s):
                self.flush()


class UserLines:
    """The two outlets of a run. `flush` is to be called several times a second, `finish` at the end."""

    def __init__(self) -> None:
        self._events, self._notices = Outlet(1), Outlet(2)
        self._told = 0

    @property
    def notices_to(self) -> int:
        """A descriptor for the notices of child processes, which must not wait for a reader either."""
        return self._notices.descriptor

    def event(self, event: Event) -> None:
        """One JSON line on standard output."""
        self._events.put(msgspec.json.encode(event).decode())

    def notice(self, text: str) -> None:
        """Lines for people, on standard error."""
        for line in text.splitlines():
            self._notices.put(line)

    def flush(self) -> None:
        """Writes what waits and is taken now, and says what had to be dropped."""
        self._events.flush()
        self._notices.flush()
        dropped = self._events.dropped + self._notices.dropped
        if dropped > self._told and not self._events.waits and not self._notices.waits:
            self.notice(f"{dropped - self._told} lines were dropped here, since nobody read them")
            self._told = dropped

    def finish(self) -> None:
        """Gives a slow reader a moment for what waits."""
        until_s = time.monotonic() + FINISH_WITHIN_S
        self._events.finish(until_s)
        self._notices.finish(until_s)


def _own_description(number: int) -> int:
    """A descriptor for the same pipe that never blocks; `number` itself for anything but a pipe.

    The flag belongs to the open file, which other programs share, so the pipe is opened once more (proc(5)).
    """
    try:
        if stat.S_ISFIFO(os.fstat(number).st_mode):
            return os.open(f"/proc/self/fd/{number}", os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return number
    return number


def _is_writable(descriptor: int, seconds: float) -> bool:
    """Whether the next bytes are taken without waiting. What is broken counts as writable: the write says why."""
    poll = select.poll()
    poll.register(descriptor, select.POLLOUT)
    return bool(poll.poll(seconds * 1000.0))
