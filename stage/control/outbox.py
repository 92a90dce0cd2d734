"""Replies that wait because their client reads more slowly than it asks: bounded for each client and in all."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Literal

MOST_REPLIES_OF_ONE = 8192
MOST_BYTES_OF_ONE = 2 << 20
MOST_BYTES = 16 << 20

Sent = Literal["sent", "full", "gone"]
"""How sending went: done; the client's queue is full for now; there is no such client any more."""
Parts = tuple[bytes, ...]
"""A whole message: the parts that lead it to its client, and its body."""
Send = Callable[[Parts], Sent]


class Outbox:
    """Sends replies in order through `send`, and keeps those of a client whose queue is full for the next frame."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._waiting: dict[str, deque[Parts]] = {}
        self._bytes: dict[str, int] = {}

    def put(self, sender: str, parts: Parts) -> bool:
        """Sends a reply now or later. Returns False where it is lost: its client is gone, or leaves too many unread."""
        if sender not in self._waiting:
            sent = self._send(parts)
            if sent != "full":
                return sent == "sent"
        held = self._bytes.get(sender, 0) + _size(parts)
        waiting = self._waiting.setdefault(sender, deque())
        if len(waiting) >= MOST_REPLIES_OF_ONE or held > MOST_BYTES_OF_ONE or self._total() + _size(parts) > MOST_BYTES:
            return False
        waiting.append(parts)
        self._bytes[sender] = held
        return True

    def flush(self) -> int:
        """Sends what can be sent by now. Returns how many replies were lost because their client is gone."""
        return sum(self._flush_one(sender) for sender in tuple(self._waiting))

    def _flush_one(self, sender: str) -> int:
        waiting = self._waiting[sender]
        while waiting:
            sent = self._send(waiting[0])
            if sent == "full":
                return 0
            if sent == "gone":
                break
            self._bytes[sender] -= _size(waiting.popleft())
        del self._waiting[sender], self._bytes[sender]
        return len(waiting)

    def _total(self) -> int:
        return sum(self._bytes.values())


def _size(parts: Parts) -> int:
    return sum(map(len, parts))
