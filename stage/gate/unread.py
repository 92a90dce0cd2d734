"""What waits for a client to read it: bounded for each and in all, and never waited for."""

from __future__ import annotations

import socket
from collections import deque

from stage.gate.shared import UnreadInAll

_AT_ONCE_BYTES = 256 * 1024
_TO_KEEP_BYTES = 64
"""What keeping a piece takes beside its own bytes: of short ones, such as heartbeats' answers, it is the most."""


class Unread:
    """Bytes on their way to one client, in order. `in_all` counts those of every client of the gate.

    `size` is the memory that they take. `stalled_s` is since when nothing could be sent, although something waits; None
    where it goes on.
    """

    def __init__(self, connection: socket.socket, in_all: UnreadInAll) -> None:
        self._connection = connection
        self._in_all = in_all
        self._waiting: deque[bytes] = deque()
        self._sent_of_first = 0
        self.size = 0
        self.stalled_s: float | None = None

    @property
    def messages(self) -> int:
        """How many pieces wait."""
        return len(self._waiting)

    def put(self, content: bytes, now_s: float) -> None:
        """Sends what can be sent at once, and keeps the rest. Raises OSError where the client is gone."""
        self._waiting.append(content)
        self._count(len(content) + _TO_KEEP_BYTES)
        if len(self._waiting) == 1:
            self.flush(now_s)

    def flush(self, now_s: float) -> None:
        """Sends what can be sent by now. Raises OSError where the client is gone."""
        while self._waiting:
            first = memoryview(self._waiting[0])[self._sent_of_first :]
            try:
                sent = self._connection.send(first[:_AT_ONCE_BYTES])
            except (BlockingIOError, InterruptedError):
                self.stalled_s = now_s if self.stalled_s is None else self.stalled_s
                return
            self.stalled_s = None
            self._count(-sent)
            self._sent_of_first += sent
            if sent == len(first):
                self._waiting.popleft()
                self._count(-_TO_KEEP_BYTES)
                self._sent_of_first = 0

    def clear(self) -> None:
        """Forgets everything: the client is closed."""
        self._waiting.clear()
        self._count(-self.size)

    def _count(self, more: int) -> None:
        self.size += more
        self._in_all.size += more
