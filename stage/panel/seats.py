"""Who is served at the same time: a bounded crowd, in which a connection that asks for nothing gives way to the next.

What is unfinished does not last either: a head, a body, an answer that nobody reads.
"""

from __future__ import annotations

from collections import Counter
from typing import Protocol

from stage.config.addresses import is_loopback

CROWD = 128
MOST_OF_ONE_ADDRESS = 48
"""Connections from one address beyond this machine."""
MOST_SOCKETS = 64
"""WebSockets among them."""
HEAD_S = 2.0
"""How long a connection may stay silent before it asks for something, and a head may take."""
KEPT_S = 5.0
"""How long one that has been answered may stay silent."""
BODY_S = 5.0
STALLED_S = 10.0
"""How long a client may leave what is sent to it unread."""


class Seated(Protocol):
    """A connection that has a seat."""

    address: str

    def overdue(self, now_s: float) -> str:
        """Why it must end now, as a word; "" where it may go on."""

    def silent_since(self) -> float | None:
        """Since when it has asked for nothing; None while it is being served."""

    def cut_off(self) -> None:
        """Ends it at once."""


class Seats:
    """The seats of the connections that are served. `counts` has those that were turned away or cut off, by cause."""

    def __init__(self, crowd: int = CROWD, of_one_address: int = MOST_OF_ONE_ADDRESS) -> None:
        self.crowd = crowd
        self.counts: Counter[str] = Counter()
        self._of_one_address = of_one_address
        self._seated: dict[Seated, None] = {}
        self._by_address: Counter[str] = Counter()

    @property
    def taken(self) -> int:
        """How many are seated."""
        return len(self._seated)

    def take(self, connection: Seated) -> bool:
        """Seats a connection; the longest silent one leaves its seat where there is no other. False if none is free."""
        address = connection.address
        if self._by_address[address] >= self._of_one_address and not is_loopback(address):
            self.counts["address_full"] += 1
            return False
        if self.taken >= self.crowd and not self._free_one():
            self.counts["crowd"] += 1
            return False
        self._seated[connection] = None
        self._by_address[address] += 1
        return True

    def leave(self, connection: Seated) -> None:
        """A connection has ended, or was not seated."""
        if connection in self._seated:
            del self._seated[connection]
            self._by_address[connection.address] -= 1
            if not self._by_address[connection.address]:
                del self._by_address[connection.address]

    def sweep(self, now_s: float) -> None:
        """Cuts off what is overdue."""
        for connection in tuple(self._seated):
            cause = connection.overdue(now_s)
            if cause:
                self._cut_off(connection, cause)

    def _free_one(self) -> bool:
        silent = [(since, one) for one in self._seated if (since := one.silent_since()) is not None]
        if not silent:
            return False
        self._cut_off(min(silent, key=lambda pair: pair[0])[1], "gave_way")
        return True

    def _cut_off(self, connection: Seated, cause: str) -> None:
        self.counts[cause] += 1
        self.leave(connection)
        connection.cut_off()
