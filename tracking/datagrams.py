"""What sources hand over: datagrams with their receive stamps, and how much was lost on the way."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from tracking.records import Evolving, Record

MAX_DATAGRAM_BYTES = 9000
"""The size of a jumbo frame. No tracker sends more in one datagram."""
MAX_CHUNKS = 1024
"""How many chunks of a serial line may wait to be drained."""


class Datagram(Evolving):
    """Raw bytes of a tracker: one UDP datagram, or one chunk of a serial line as it was read.

    `source` is the configured URL. `sender` is `address:port`, or "" on a serial line. `received_ns` is host monotonic.
    The same record travels from the socket through the frame's inputs, and the take, to the decoder.
    """

    source: str
    sender: str
    received_ns: int
    payload: bytes


class Budget(NamedTuple):
    """What may be read from one source in a frame."""

    datagrams: int
    bytes: int


USUAL_BUDGET = Budget(datagrams=256, bytes=256 * 1024)


class Drop(Record):
    """Input lost at the edge, and why: over_budget, over_bytes, too_long, kernel, socket, overflow, disconnected.

    A disconnected line is reported by every drain until it is back. Only the first report counts one; the others count
    none.
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

    @property
    def failure(self) -> OSError | None:
        """Why it could not be opened so far; it is tried again. None once it was open."""
        ...

    def drain(self, budget: Budget, datagrams: list[Datagram], drops: list[Drop]) -> None:
        """Append what arrived since the last call, oldest first, within `budget`. Never blocks or raises."""
        ...

    def close(self) -> None:
        """Close the socket or device."""
        ...
