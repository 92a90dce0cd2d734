"""Whose message goes to the core next: one of each client in turn, as many as the core has room for.

What is on the way has been sent and not been drained yet. It is bounded, so that a message never waits behind a flood
in a queue that nobody can look into; the flood waits here instead, and then in its own client.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

import msgspec

from stage.gate.limits import MIB, MOST_BYTES_ON_THE_WAY, MOST_ON_THE_WAY
from stage.gate.link import Handed

_MOST_WAITING_BYTES = 32 * MIB
_OVERHEAD_BYTES = 512


class Turns:
    """The messages of all clients. `send` hands one to the core; False where it cannot now."""

    def __init__(self, send: Callable[[Handed], bool], clock_ns: Callable[[], int] = time.monotonic_ns) -> None:
        self._send = send
        self._clock_ns = clock_ns
        self._waiting: dict[str, deque[Handed]] = {}
        self._turn: deque[str] = deque()
        self._bytes = 0
        self._messages_away = self._bytes_away = 0

    @property
    def has_room(self) -> bool:
        """Whether more may be put here."""
        return self._bytes < _MOST_WAITING_BYTES

    @property
    def waits(self) -> bool:
        """Whether anything waits."""
        return bool(self._turn)

    def waiting_of(self, client: str) -> int:
        """How many messages of a client wait."""
        waiting = self._waiting.get(client)
        return 0 if waiting is None else len(waiting)

    def put(self, client: str, handed: Handed) -> None:
        """Adds a message. Its client may leave: it is handed over all the same."""
        waiting = self._waiting.get(client)
        if waiting is None:
            waiting = self._waiting[client] = deque()
            self._turn.append(client)
        waiting.append(handed)
        self._bytes += len(handed.body) + _OVERHEAD_BYTES

    def hand_over(self) -> int:
        """Hands over what the core has room for. Returns how many."""
        number = 0
        while self._turn and self._messages_away < MOST_ON_THE_WAY and self._bytes_away < MOST_BYTES_ON_THE_WAY:
            client = self._turn[0]
            waiting = self._waiting[client]
            handed = waiting[0]
            if not self._send(msgspec.structs.replace(handed, handed_ns=self._clock_ns())):
                break
            self._turn.popleft()
            waiting.popleft()
            if waiting:
                self._turn.append(client)
            else:
                del self._waiting[client]
            self._bytes -= len(handed.body) + _OVERHEAD_BYTES
            self._messages_away += 1
            self._bytes_away += len(handed.body)
            number += 1
        return number

    def drained(self, messages: int, size: int) -> None:
        """The core has drained so many messages with so many bytes."""
        self._messages_away = max(0, self._messages_away - messages)
        self._bytes_away = max(0, self._bytes_away - size)

    def forget(self) -> None:
        """The core is gone, and with it what was on the way; a later one is sent nothing old."""
        self._waiting.clear()
        self._turn.clear()
        self._bytes = self._messages_away = self._bytes_away = 0
