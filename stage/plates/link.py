"""How core and plates process speak, and what carries the memory of films from one to the other."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from stage.plates.wire import FromPlates, Wishes
from stage.run.local_link import GuestEnd, HostEnd
from tracking.records import UNDECODABLE

SOCKET = "plates"
"""The core's socket in the run's folder."""
MOST_TO_CORE = 1 << 14
MOST_TO_PLATES = 1 << 18
MESSAGES_AT_ONCE = 64
_ENCODER = msgspec.msgpack.Encoder()


class FromProcess(NamedTuple):
    """A message, and the descriptor that came with it, which is the receiver's now."""

    message: FromPlates
    descriptor: int | None


class ToPlates:
    """The core's end, at `path`. Raises OSError where it cannot be. `malformed` counts what was no message."""

    def __init__(self, path: Path) -> None:
        self._end = HostEnd(path, MOST_TO_CORE, takes_descriptors=True)
        self._decoder: msgspec.msgpack.Decoder[FromPlates] = msgspec.msgpack.Decoder(FromPlates)
        self.malformed = 0

    @property
    def connected(self) -> bool:
        """Whether there was a process at the last look."""
        return self._end.peer is not None

    @property
    def came(self) -> int:
        """How many processes there were."""
        return self._end.came

    def send(self, wishes: Wishes) -> bool:
        """False where they are lost: nobody is there, or does not read."""
        return self._end.send(_ENCODER.encode(wishes))

    def messages(self) -> Iterator[FromProcess]:
        """What has come, at most `MESSAGES_AT_ONCE` messages. A process says nothing before it is told of a film."""
        for _ in range(MESSAGES_AT_ONCE):
            received = self._end.receive()
            if received is None:
                return
            try:
                yield FromProcess(self._decoder.decode(received.content), received.descriptor)
            except UNDECODABLE:
                self.malformed += 1
                if received.descriptor is not None:
                    os.close(received.descriptor)

    def close(self) -> None:
        """Leaves the process."""
        self._end.close()


class ToCore:
    """The process's end: it finds the core at `path` whenever there is one. `malformed` counts what was no wish."""

    def __init__(self, path: Path) -> None:
        self._end = GuestEnd(path, MOST_TO_PLATES)
        self._decoder = msgspec.msgpack.Decoder(Wishes)
        self.malformed = 0

    @property
    def socket(self) -> socket.socket | None:
        """What becomes readable when the core speaks or goes; None where there is no core."""
        return self._end.peer

    def look(self) -> bool:
        """Whether there is a core, which is looked for if there is none."""
        return self._end.look()

    def wishes(self) -> Iterator[Wishes]:
        """The wishes that have come. Afterwards `socket` is None if the core has gone."""
        while (received := self._end.receive()) is not None:
            try:
                yield self._decoder.decode(received.content)
            except UNDECODABLE:
                self.malformed += 1

    def tell(self, message: FromPlates, descriptor: int | None = None) -> bool:
        """False where there is no core, or it does not read now."""
        return self._end.send(_ENCODER.encode(message), descriptor)

    def close(self) -> None:
        """Leaves the core."""
        self._end.close()
