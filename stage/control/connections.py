"""How many connections the control sockets hold, and how much memory the process has gained since it settled.

Both grow below the application: the library accepts connections and collects unfinished messages on a thread of its
own, and none of its options limits either.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable

import zmq

MOST_CONNECTIONS = 128
MOST_GROWTH_BYTES = 256 * 1024 * 1024
_EVENTS_A_CHECK = 512
_STATM = "/proc/self/statm"


class ConnectionCount:
    """Follows the connections of one bound socket by its monitor. A connection counts from its accept, so those that
    never finish the handshake count too.
    """

    def __init__(self, bound: zmq.Socket[bytes]) -> None:
        self._bound = bound
        self._events = bound.get_monitor_socket(zmq.EVENT_ACCEPTED | zmq.EVENT_DISCONNECTED)
        self._descriptors: set[int] = set()

    def present(self) -> int:
        """Connections now. Reads a bounded number of the library's events."""
        for _ in range(_EVENTS_A_CHECK):
            try:
                event, _ = self._events.recv_multipart(zmq.NOBLOCK)
            except zmq.ZMQError:
                break
            self._note(int.from_bytes(event[:2], "little"), int.from_bytes(event[2:6], "little"))
        return len(self._descriptors)

    def close(self) -> None:
        """Stops following. To be called before the socket is closed, which is its owner's to do."""
        self._bound.disable_monitor()
        self._events.close(0)

    def _note(self, event: int, descriptor: int) -> None:
        if event == zmq.EVENT_ACCEPTED:
            self._descriptors.add(descriptor)
        else:
            self._descriptors.discard(descriptor)


class ResidentMemory:
    """This process's resident memory (proc(5)), read through a descriptor that stays open: the loop opens no file.

    On a system without it the size is always 0, and nothing is limited.
    """

    def __init__(self) -> None:
        self._page_bytes = os.sysconf("SC_PAGE_SIZE")
        try:
            self._descriptor: int | None = os.open(_STATM, os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            self._descriptor = None

    def size_bytes(self) -> int:
        """Resident bytes now."""
        if self._descriptor is None:
            return 0
        return int(os.pread(self._descriptor, 128, 0).split()[1]) * self._page_bytes

    def close(self) -> None:
        """Closes the descriptor."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


class GrowthLimit:
    """Whether memory has grown by more than `most_bytes` since the last `settle`, or since the first question."""

    def __init__(self, size_bytes: Callable[[], int], most_bytes: int = MOST_GROWTH_BYTES) -> None:
        self._size_bytes = size_bytes
        self._most_bytes = most_bytes
        self._level_bytes: int | None = None

    def exceeded(self) -> bool:
        """Whether the limit is passed now."""
        size_bytes = self._size_bytes()
        if self._level_bytes is None or size_bytes < self._level_bytes:
            self._level_bytes = size_bytes
        return size_bytes - self._level_bytes > self._most_bytes

    def settle(self) -> None:
        """Measures growth from the present size on: what is left now is not the clients'."""
        self._level_bytes = None


def return_freed_memory() -> None:
    """Gives freed memory back to the system (malloc_trim(3), GNU only): the C library keeps it otherwise."""
    try:
        ctypes.CDLL(None).malloc_trim(0)
    except (OSError, AttributeError):
        return
