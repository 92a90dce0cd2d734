"""Who is served at the same time: a bounded crowd, in which a silent connection gives way to the next one."""

from __future__ import annotations

import contextlib
import socket
import threading

CROWD = 32
GIVES_WAY_S = 1.0
"""How long a new connection waits for the seat of a silent one, whose thread only has to notice that it was cut off."""


class Seats:
    """The seats of the connections that are served. A connection that has asked for something keeps its seat."""

    def __init__(self, count: int = CROWD) -> None:
        self._free = threading.BoundedSemaphore(count)
        self._silent = SilentConnections()

    def take(self, connection: socket.socket) -> bool:
        """Seats a connection that has not asked for anything yet. Returns False if all seats are taken for good."""
        seated = self._free.acquire(blocking=False)
        if not seated and self._silent.cut_off_longest():
            seated = self._free.acquire(timeout=GIVES_WAY_S)
        if seated:
            self._silent.add(connection)
        return seated

    def keep(self, connection: socket.socket) -> None:
        """A connection has asked for something, and so keeps its seat until it ends."""
        self._silent.remove(connection)

    def leave(self, connection: socket.socket) -> None:
        """A connection has ended."""
        self._silent.remove(connection)
        self._free.release()


class SilentConnections:
    """The seated connections that have asked for nothing yet, the longest waiting first."""

    def __init__(self) -> None:
        self._waiting: dict[socket.socket, None] = {}
        self._lock = threading.Lock()

    def add(self, connection: socket.socket) -> None:
        """A connection was given a seat."""
        with self._lock:
            self._waiting[connection] = None

    def remove(self, connection: socket.socket) -> None:
        """A connection has asked for something, or has ended."""
        with self._lock:
            self._waiting.pop(connection, None)

    def cut_off_longest(self) -> bool:
        """Shuts the longest silent connection down, so that its thread leaves the seat. Returns False if none is."""
        with self._lock:
            if not self._waiting:
                return False
            longest = next(iter(self._waiting))
            del self._waiting[longest]
            with contextlib.suppress(OSError):
                longest.shutdown(socket.SHUT_RDWR)
            return True
