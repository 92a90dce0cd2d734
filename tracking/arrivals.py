"""What sources hand over: raw bytes with their stamp, and what was lost on the way."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from tracking.records import Record

MAX_DATAGRAM_BYTES = 9000
"""A jumbo frame: no tracker sends more in one datagram."""
MAX_CHUNKS = 1024
"""Pieces of a serial line that may wait to be drained."""


class Arrival(NamedTuple):
    """Raw bytes of a tracker. `sender` is `address:port`, "" on a serial line; `received_ns` is host monotonic."""

    source: str
    sender: str
    received_ns: int
    payload: bytes


class Drop(Record):
    """Input that was lost at the edge, and why: over_budget, too_long, kernel, socket, overflow, disconnected.

    A line that is disconnected is told in every drain until it is back; only the first counts one.
    """

    source: str
    count: int
    cause: str


class Receiver(Protocol):
    """One open source."""

    @property
    def source(self) -> str:
        """The configured address."""
        ...

    def drain(self, budget: int, arrivals: list[Arrival], drops: list[Drop]) -> None:
        """Append what came since the last call, oldest first, at most `budget` messages. Never blocks or raises."""
        ...

    def close(self) -> None:
        """Let go of the socket or device."""
        ...
