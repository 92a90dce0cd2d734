"""How core and lights process speak: over one local socket that keeps messages apart, without a thread on either side.

The core listens, so whichever of the two is started again finds the other. Nobody waits: a plan for which there is no
room is lost, and the next one says all that counts. When one of them dies the kernel closes the socket, and the other
knows at once.
"""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterator
from pathlib import Path

import msgspec

from stage.lights.messages import FromLights
from stage.show.frame.lights import LightsPlan
from tracking.records import UNDECODABLE

MOST_BYTES = 1 << 20
MESSAGES_AT_ONCE = 32
_ROOM_BYTES = 1 << 20
_ENCODER = msgspec.msgpack.Encoder()


class ToLights:
    """The core's end, at `path`. Raises OSError where there cannot be a socket.

    `lost` counts plans for which there was no room, `malformed` messages that were no reports.
    """

    def __init__(self, path: Path) -> None:
        path.unlink(missing_ok=True)
        self._listening = _new_socket()
        self._listening.bind(str(path))
        self._listening.listen(1)
        self._lights: socket.socket | None = None
        self._decoder = msgspec.msgpack.Decoder(FromLights)
        self._buffer = bytearray(MOST_BYTES)
        self.lost = self.malformed = 0

    @property
    def connected(self) -> bool:
        """Whether there was a lights process at the last look."""
        return self._lights is not None

    def send(self, plan: LightsPlan) -> bool:
        """False where it is lost: nobody is there, or does not read."""
        lights = self._lights
        if lights is None:
            return False
        try:
            lights.send(_ENCODER.encode(plan))
        except OSError:
            self.lost += 1
            return False
        return True

    def reports(self) -> Iterator[FromLights]:
        """What has come, at most `MESSAGES_AT_ONCE` messages."""
        for _ in range(MESSAGES_AT_ONCE):
            content = self._receive()
            if content is None:
                return
            try:
                yield self._decoder.decode(content)
            except UNDECODABLE:
                self.malformed += 1

    def close(self) -> None:
        """Leaves the lights process."""
        for one in (self._lights, self._listening):
            if one is not None:
                one.close()
        self._lights = None

    def _receive(self) -> memoryview | None:
        while True:
            lights = self._lights = self._lights or self._let_in()
            if lights is None:
                return None
            try:
                size = lights.recv_into(self._buffer)
            except BlockingIOError:
                return None
            except OSError:
                size = 0
            if size:
                return memoryview(self._buffer)[:size]
            lights.close()
            self._lights = None

    def _let_in(self) -> socket.socket | None:
        try:
            lights, _ = self._listening.accept()
        except OSError:
            return None
        _make_room(lights)
        return lights


class ToCore:
    """The lights process's end: it finds the core at `path` whenever there is one.

    `came` counts the cores that it has found. `untold` counts reports for which there was no room, `malformed` messages
    that were no plans.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._core: socket.socket | None = None
        self._decoder = msgspec.msgpack.Decoder(LightsPlan)
        self._buffer = bytearray(MOST_BYTES)
        self.came = self.untold = self.malformed = 0

    @property
    def connected(self) -> bool:
        """Whether there was a core at the last look."""
        return self._core is not None

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
        self.came += 1
        return True

    def plans(self) -> Iterator[LightsPlan]:
        """The plans that have come. Afterwards it is `connected` no more if the core has gone."""
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

    def tell(self, report: FromLights) -> bool:
        """False where it is lost: there is no core, or it does not read."""
        if self._core is None:
            return False
        try:
            self._core.send(_ENCODER.encode(report))
        except OSError as error:
            if error.errno in (errno.EPIPE, errno.ECONNRESET):
                return False  # the next look for plans finds that it has gone
            self.untold += 1
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
