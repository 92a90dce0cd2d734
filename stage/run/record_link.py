"""Records between the core and a process of its run: what one tells the other, over a local link, without waiting.

What finds no room is lost, and its sender knows. What comes is decoded, and counted where it is none of what is meant.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Generic, NamedTuple, TypeVar

import msgspec

from stage.run.local_link import ROOM_BYTES, GuestEnd, HostEnd, Received
from tracking.records import UNDECODABLE

MESSAGES_AT_ONCE = 64
"""The core reads no more of them in a frame."""
Told = TypeVar("Told")
Heard = TypeVar("Heard")
_ENCODER = msgspec.msgpack.Encoder()


class WithDescriptor(NamedTuple, Generic[Heard]):
    """A record, and the descriptor that came with it, which is the receiver's now."""

    record: Heard
    descriptor: int | None


class _Records(Generic[Told, Heard]):
    """What both ends do. `heard` decodes what comes, and `malformed` counts what it does not know."""

    def __init__(self, end: HostEnd | GuestEnd, heard: msgspec.msgpack.Decoder[Heard]) -> None:
        self._end = end
        self._heard = heard
        self.malformed = 0

    @property
    def connected(self) -> bool:
        """Whether there was somebody on the other side at the last look."""
        return self._end.peer is not None

    @property
    def came(self) -> int:
        """How many there were on the other side, one after the other."""
        return self._end.came

    def tell(self, record: Told, descriptor: int | None = None) -> bool:
        """False where it is lost: nobody is there, or does not read."""
        return self._end.send(_ENCODER.encode(record), descriptor)

    def close(self) -> None:
        """Leaves the other side."""
        self._end.close()

    def _decoded(self, received: Received) -> WithDescriptor[Heard] | None:
        try:
            return WithDescriptor(self._heard.decode(received.content), received.descriptor)
        except UNDECODABLE:
            self.malformed += 1
            if received.descriptor is not None:
                os.close(received.descriptor)
            return None


class CoreRecords(_Records[Told, Heard]):
    """The core's end, at `path`; it takes messages of at most so many bytes. Raises OSError where it cannot be."""

    def __init__(
        self,
        path: Path,
        heard: msgspec.msgpack.Decoder[Heard],
        most_bytes: int,
        *,
        room_bytes: int = ROOM_BYTES,
        takes_descriptors: bool = False,
    ) -> None:
        """At most `room_bytes` of what is told wait for the other side."""
        host = HostEnd(path, most_bytes, room_bytes=room_bytes, takes_descriptors=takes_descriptors)
        super().__init__(host, heard)
        self._host = host

    def is_quiet(self) -> bool:
        """Whether there is somebody on the other side, as at the last look, who has said nothing since."""
        return self._host.is_quiet()

    def heard(self) -> Iterator[WithDescriptor[Heard]]:
        """What has come, at most `MESSAGES_AT_ONCE` messages."""
        for _ in range(MESSAGES_AT_ONCE):
            received = self._end.receive()
            if received is None:
                return
            decoded = self._decoded(received)
            if decoded is not None:
                yield decoded


class ProcessRecords(_Records[Told, Heard]):
    """A process's end, which finds the core at `path` whenever there is one."""

    def __init__(
        self, path: Path, heard: msgspec.msgpack.Decoder[Heard], most_bytes: int, *, takes_descriptors: bool = False
    ) -> None:
        guest = GuestEnd(path, most_bytes, takes_descriptors=takes_descriptors)
        super().__init__(guest, heard)
        self._guest = guest

    @property
    def socket(self) -> socket.socket | None:
        """What becomes readable when the core speaks or goes; None where there is no core."""
        return self._guest.peer

    def look(self) -> bool:
        """Whether there is a core, which is looked for if there is none."""
        return self._guest.look()

    def heard(self) -> Iterator[Heard]:
        """What has come. Afterwards it is `connected` no more if the core has gone."""
        decode = self._heard.decode
        while (received := self._guest.receive()) is not None:
            try:
                record = decode(received.content)
            except UNDECODABLE:
                self.malformed += 1
                continue
            yield record

    def heard_with_descriptors(self) -> Iterator[WithDescriptor[Heard]]:
        """The same, each with the descriptor that came beside it."""
        while (received := self._guest.receive()) is not None:
            decoded = self._decoded(received)
            if decoded is not None:
                yield decoded
