"""How core and plates process speak: over one local socket that keeps messages apart and carries descriptors.

The core listens, so whichever of the two is started again finds the other. Nobody waits: what finds no room is told
again. When one of them dies the kernel closes the socket, and the other knows at once.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import msgspec

from stage.plates.wire import FromPlates, Wishes
from tracking.records import UNDECODABLE

SOCKET = "plates"
"""The core's socket in the run's folder."""
MOST_TO_CORE = 1 << 14
MOST_TO_PLATES = 1 << 18
MESSAGES_AT_ONCE = 64
_ROOM_BYTES = 1 << 20
_ENCODER = msgspec.msgpack.Encoder()


class FromProcess(NamedTuple):
    """A message, and the descriptor that came with it, which is the receiver's now."""

    message: FromPlates
    descriptor: int | None


class ToPlates:
    """The core's end, at `path`. Raises OSError where there cannot be a socket.

    `came` counts the processes that have found it, `malformed` messages that were none.
    """

    def __init__(self, path: Path) -> None:
        path.unlink(missing_ok=True)
        self._listening = _new_socket()
        self._listening.bind(str(path))
        self._listening.listen(1)
        self._plates: socket.socket | None = None
        self._decoder: msgspec.msgpack.Decoder[FromPlates] = msgspec.msgpack.Decoder(FromPlates)
        self.came = self.malformed = 0

    @property
    def connected(self) -> bool:
        """Whether there was a process at the last look."""
        return self._plates is not None

    def send(self, wishes: Wishes) -> bool:
        """False where they are lost: nobody is there, or does not read."""
        if self._plates is None:
            return False
        try:
            self._plates.send(_ENCODER.encode(wishes))
        except OSError:
            return False
        return True

    def messages(self) -> Iterator[FromProcess]:
        """What has come, at most `MESSAGES_AT_ONCE` messages. `came` grows where another process begins."""
        for _ in range(MESSAGES_AT_ONCE):
            received = self._receive()
            if received is None:
                return
            content, descriptor = received
            try:
                yield FromProcess(self._decoder.decode(content), descriptor)
            except UNDECODABLE:
                self.malformed += 1
                if descriptor is not None:
                    os.close(descriptor)

    def close(self) -> None:
        """Leaves the process."""
        for one in (self._plates, self._listening):
            if one is not None:
                one.close()
        self._plates = None

    def _receive(self) -> tuple[bytes, int | None] | None:
        plates = self._plates
        if plates is None:
            self._let_in()  # it is told what is wanted before anything of it is heard
            return None
        try:
            content, descriptors, _flags, _address = socket.recv_fds(plates, MOST_TO_CORE, 1, socket.MSG_CMSG_CLOEXEC)
        except BlockingIOError:
            return None
        except OSError:
            content, descriptors = b"", []
        if not content:
            plates.close()
            self._plates = None
            return None
        return content, descriptors[0] if descriptors else None

    def _let_in(self) -> None:
        with suppress(OSError):
            self._plates, _ = self._listening.accept()
            _make_room(self._plates)
            self.came += 1


class ToCore:
    """The process's end: it finds the core at `path` whenever there is one. `malformed` counts what was no wish."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._core: socket.socket | None = None
        self._decoder = msgspec.msgpack.Decoder(Wishes)
        self._buffer = bytearray(MOST_TO_PLATES)
        self.malformed = 0

    @property
    def socket(self) -> socket.socket | None:
        """What becomes readable when the core speaks or goes; None where there is no core."""
        return self._core

    def look(self) -> bool:
        """Whether there is a core, which is looked for if there is none."""
        if self._core is not None:
            return True
        core = _new_socket()
        _make_room(core)
        try:
            core.connect(str(self._path))
        except OSError:
            core.close()
            return False
        self._core = core
        return True

    def wishes(self) -> Iterator[Wishes]:
        """The wishes that have come. Afterwards `socket` is None if the core has gone."""
        while self._core is not None:
            try:
                size = self._core.recv_into(self._buffer)
            except BlockingIOError:
                return
            except OSError:
                size = 0
            if not size:
                self.close()
                return
            try:
                yield self._decoder.decode(memoryview(self._buffer)[:size])
            except UNDECODABLE:
                self.malformed += 1

    def tell(self, message: FromPlates, descriptor: int | None = None) -> bool:
        """False where there is no core, or it does not read now."""
        if self._core is None:
            return False
        content = _ENCODER.encode(message)
        try:
            if descriptor is None:
                self._core.send(content)
            else:
                socket.send_fds(self._core, [content], [descriptor])
        except OSError:
            return False
        return True

    def close(self) -> None:
        """Leaves the core."""
        if self._core is not None:
            self._core.close()
            self._core = None


def _new_socket() -> socket.socket:
    one = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    one.setblocking(False)
    return one


def _make_room(one: socket.socket) -> None:
    one.setblocking(False)
    one.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _ROOM_BYTES)
