"""What gate and core say to each other: a record a message, back some of them, over one local socket each way.

Neither ever waits.

The core opens both sockets and the gate connects, so that nothing is kept for a process that is not there: what was
meant for a dead one is dropped, and nothing old is sent again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

import msgspec
import zmq

from stage.gate.limits import MAX_MESSAGE_BYTES
from stage.gate.poller import READ, Poller, look_anyway
from stage.run.local_link import GuestEnd, HostEnd
from stage.run.pipes import Context, Socket
from tracking.records import UNDECODABLE, Evolving
from tracking.settable import Role

_ROOM_BYTES = 256 * 1024
_NEVER_SPEAKS = 1


class Outlet:
    """The gate's end, which finds the core at `path` whenever there is one. The `poller` wakes when it goes."""

    def __init__(self, path: Path, poller: Poller) -> None:
        self._end = GuestEnd(path, _NEVER_SPEAKS, room_bytes=_ROOM_BYTES)
        self._poller = poller
        self._watched = -1

    @property
    def core_is_there(self) -> bool:
        """Whether there was a core at the last look."""
        return self._watched >= 0

    def look(self) -> bool:
        """Whether the core has come or gone since the last call. To be called now and then while there is none."""
        if not self.core_is_there:
            if not self._end.look():
                return False
            assert self._end.peer is not None
            self._watched = self._end.peer.fileno()
            self._poller.watch(self._watched, READ, look_anyway)
            return True
        if not self._end.has_gone():
            return False
        self.close()
        return True

    def send(self, content: bytes) -> bool:
        """False where it is lost: there is no core, or too much waits for it."""
        return self._end.send(content)

    def close(self) -> None:
        """Leaves the core."""
        if self.core_is_there:
            self._poller.forget(self._watched)  # before it is closed
            self._watched = -1
        self._end.close()


Stream = Literal["state", "telemetry"]
STREAMS: tuple[Stream, ...] = ("state", "telemetry")
_TO_CORE_AT, _FROM_CORE_AT = "gate-in", "gate-out"
_MOST_ENVELOPE_BYTES = 8192
_MOST_ANSWERS_ON_THE_WAY = 256
_BUFFER_BYTES = 256 * 1024
_CONNECTS_EVERY_MS = 20


class Handed(Evolving, tag="handed"):
    """One message of a client, and who that is as far as the gate knows.

    `connection` is its sender. `owner` is the key, token or tablet ("" is this machine without one), `person` what that
    is called, `role` what it may do, `origin` where it comes from, for people. `route` has what stood before the body
    and comes back with the answer: a REQ socket's delimiter, a proxy's identities. There is one body in `parts` parts;
    with any other number than 1 it is empty, and the message is to be refused. `handed_ns` is when it was handed over
    (monotonic).
    """

    connection: str
    owner: str
    person: str
    role: Role
    origin: str
    body: bytes
    route: tuple[bytes, ...] = ()
    parts: int = 1
    handed_ns: int = 0


class Turned(Evolving, tag="turned"):
    """Clients that the gate closed or refused since it last said so: why, how many, and the newest one's who and where.

    A `cause` is a word. `who` is the name of a revoked key or the beginning of an unknown one; "" where nobody knows.
    """

    cause: str
    count: int
    origin: str = ""
    who: str = ""


class ToClient(Evolving, tag="to"):
    """A reply for one connection; `route` as it was handed over."""

    connection: str
    body: bytes
    route: tuple[bytes, ...] = ()


class Published(Evolving, tag="published"):
    """A body for every subscriber of a stream."""

    stream: Stream
    body: bytes


class Drained(Evolving, tag="drained"):
    """The core has drained so many messages, with so many bytes of bodies, since it last said so."""

    messages: int
    size: int


FromGate = Handed | Turned
FromCore = ToClient | Published | Drained

_ENCODER = msgspec.msgpack.Encoder()
_FROM_GATE: msgspec.msgpack.Decoder[FromGate] = msgspec.msgpack.Decoder(FromGate)
_FROM_CORE: msgspec.msgpack.Decoder[tuple[FromCore, ...]] = msgspec.msgpack.Decoder(tuple[FromCore, ...])


class CoreEnd:
    """The core's end, opened in the folder `runtime`. Raises zmq.ZMQError or OSError where it cannot be."""

    def __init__(self, context: Context, runtime: str) -> None:
        self._out = _socket(context, zmq.PUSH, -1)
        self._out.bind(_endpoint(runtime, _FROM_CORE_AT))
        self._in = HostEnd(Path(runtime) / _TO_CORE_AT, MAX_MESSAGE_BYTES + _MOST_ENVELOPE_BYTES + 1)

    def receive(self) -> FromGate | None:
        """The next record; None where there is none now. One that cannot be read is left out."""
        while (received := self._in.receive()) is not None:
            try:
                return _FROM_GATE.decode(received.content)
            except UNDECODABLE:
                continue
        return None

    def send(self, records: Sequence[FromCore]) -> bool:
        """False where they are lost: there is no gate, or too much waits for it. They go as one message."""
        try:
            self._out.send(_ENCODER.encode(records), zmq.NOBLOCK)
        except zmq.ZMQError:
            return False
        return True

    def close(self) -> None:
        """Leaves the gate."""
        self._in.close()
        self._out.close(linger=0)


class GateEnd:
    """The gate's end, which finds the core whenever there is one. The `poller` wakes when there is news of it."""

    def __init__(self, context: Context, runtime: str, poller: Poller) -> None:
        self._out = Outlet(Path(runtime) / _TO_CORE_AT, poller)
        self._in = _socket(context, zmq.PULL, -1)
        self._in.connect(_endpoint(runtime, _FROM_CORE_AT))
        poller.watch(int(self._in.getsockopt(zmq.FD)), READ, look_anyway)

    @property
    def core_is_there(self) -> bool:
        """Whether there is a core, as far as is known."""
        return self._out.core_is_there

    def look(self) -> bool:
        """Whether a core has come or gone since the last call. To be called now and then while there is none."""
        return self._out.look()

    def received(self, most: int) -> Iterator[FromCore]:
        """What at most so many messages of the core's have."""
        for _ in range(most):
            if not has_come(self._in):
                return
            try:
                yield from _FROM_CORE.decode(self._in.recv(zmq.NOBLOCK))
            except UNDECODABLE:
                continue

    @property
    def has_more(self) -> bool:
        """Whether more waits to be received."""
        return has_come(self._in)

    def send(self, record: FromGate) -> bool:
        """False where it is lost: there is no core, or too much waits for it."""
        return self._out.send(_ENCODER.encode(record))

    def close(self) -> None:
        """Leaves the core."""
        self._out.close()


def has_come(socket: Socket) -> bool:
    """Whether a message can be received from a socket. Its descriptor is quiet from then on until there is news."""
    return bool(int(socket.getsockopt(zmq.EVENTS)) & zmq.POLLIN)


def _socket(context: Context, kind: int, most_bytes: int) -> Socket:
    socket = context.socket(kind)
    socket.setsockopt(zmq.LINGER, 0)
    socket.setsockopt(zmq.IMMEDIATE, 1)
    socket.setsockopt(zmq.SNDHWM, 2 * _MOST_ANSWERS_ON_THE_WAY)
    socket.setsockopt(zmq.RCVHWM, 2 * _MOST_ANSWERS_ON_THE_WAY)
    socket.setsockopt(zmq.SNDBUF, _BUFFER_BYTES)
    socket.setsockopt(zmq.RCVBUF, _BUFFER_BYTES)
    socket.setsockopt(zmq.MAXMSGSIZE, most_bytes)
    socket.setsockopt(zmq.RECONNECT_IVL, _CONNECTS_EVERY_MS)
    return socket


def _endpoint(runtime: str, name: str) -> str:
    return f"ipc://{runtime}/{name}"
