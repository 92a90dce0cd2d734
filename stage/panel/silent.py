"""Connections that have asked for nothing yet: a seat is not held by keeping quiet."""

from __future__ import annotations

import contextlib
import socket
import threading


class SilentConnections:
    """Those that are seated and silent, the longest waiting first."""

    def __init__(self) -> None:
        self._waiting: dict[socket.socket, None] = {}
        self._lock = threading.Lock()

    def add(self, connection: socket.socket) -> None:
        """A connection was given a seat."""
        with self._lock:
            self._waiting[connection] = None

    def remove(self, connection: socket.socket) -> None:
        """A connection has asked, or has ended."""
        with self._lock:
            self._waiting.pop(connection, None)

    def turn_one_away(self) -> bool:
        """Ends what the longest silent one may still say, so that its thread gives up the seat; False where none is."""
        with self._lock:
            if not self._waiting:
                return False
            longest = next(iter(self._waiting))
            del self._waiting[longest]
            with contextlib.suppress(OSError):
                longest.shutdown(socket.SHUT_RDWR)
            return True
