"""Whose message goes to the core next: one of each client in turn, as many as the core has room for.

What is on the way has been sent and not been drained yet. It is bounded, so that a message never waits behind a flood
in a queue that nobody can look into; the flood waits here instead, and then in its own client.
"""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable

import msgspec

from stage.gate.limits import FIRST_ONES_ON_THE_WAY, MIB, MOST_BYTES_ON_THE_WAY, MOST_ON_THE_WAY
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
        self._bytes = self._bytes_away = 0
        self._away: deque[str] = deque()
        self._away_of: Counter[str] = Counter()

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
        while self._turn and len(self._away) < MOST_ON_THE_WAY and self._bytes_away < MOST_BYTES_ON_THE_WAY:
            if not self._hand_over_first(self._turn.popleft()):
                return number
            number += 1
        return number + self._hand_over_first_ones()

    def drained(self, messages: int, size: int) -> None:
        """The core has drained so many messages with so many bytes."""
        self._bytes_away = max(0, self._bytes_away - size)
        for _ in range(min(messages, len(self._away))):
            client = self._away.popleft()
            self._away_of[client] -= 1
            if not self._away_of[client]:
                del self._away_of[client]

    def forget(self) -> None:
        """The core is gone, and with it what was on the way; a later one is sent nothing old."""
        self._waiting.clear()
        self._turn.clear()
        self._away.clear()
        self._away_of.clear()
        self._bytes = self._bytes_away = 0

    def _hand_over_first_ones(self) -> int:
        """Hands over a message of each client that has none on the way, a bounded number beyond all others."""
        number = 0
        for client in tuple(self._turn) if self._turn else ():
            if len(self._away) >= MOST_ON_THE_WAY + FIRST_ONES_ON_THE_WAY:
                break
            if client not in self._away_of:
                self._turn.remove(client)
                if not self._hand_over_first(client):
                    break
                number += 1
        return number

    def _hand_over_first(self, client: str) -> bool:
        """Hands over a client's oldest message; the client is in no turn then. False where it cannot be sent now."""
        waiting = self._waiting[client]
        handed = waiting[0]
        if not self._send(msgspec.structs.replace(handed, handed_ns=self._clock_ns())):
            self._turn.appendleft(client)
            return False
        waiting.popleft()
        if waiting:
            self._turn.append(client)
        else:
            del self._waiting[client]
        self._bytes -= len(handed.body) + _OVERHEAD_BYTES
        self._bytes_away += len(handed.body)
        self._away.append(client)
        self._away_of[client] += 1
        return True
