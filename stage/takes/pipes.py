"""The sockets between core and recorder: the core binds both, so whichever is restarted finds the other."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import zmq

from stage.takes.messages import FromRecorder, Parcel
from stage.takes.records import MESSAGE_BYTES_MAX, UNDECODABLE
from tracking.records import ConfigError

QUEUED_MESSAGES_MAX = 600
"""Ten seconds of frames at 60 Hz may wait for the recorder."""
REPORTS_AT_ONCE = 64
LINGER_MS = 100


class CorePipes:
    """The core's two sockets. Nothing here waits, except `wait`. Raises ConfigError where an endpoint is in use."""

    def __init__(self, endpoint: str, reports: str) -> None:
        self._context = zmq.Context()
        self._out = _bound(self._context, zmq.PUSH, endpoint)
        self._in = _bound(self._context, zmq.PULL, reports)
        self._decoder = msgspec.msgpack.Decoder(FromRecorder)
        self.malformed = 0
        """Messages on the report socket that were not reports."""

    @property
    def endpoints(self) -> tuple[str, str]:
        """Where the sockets are bound (the system chose a free port where 0 was asked for)."""
        return self._out.get_string(zmq.LAST_ENDPOINT), self._in.get_string(zmq.LAST_ENDPOINT)

    def send(self, encoded: bytes) -> bool:
        """False where there is no recorder or its queue is full."""
        try:
            self._out.send(encoded, zmq.NOBLOCK)
        except zmq.ZMQError:
            return False
        return True

    @property
    def connected(self) -> bool:
        """Whether a recorder accepts messages: its first heartbeat may come a moment before that."""
        return bool(self._out.poll(0, zmq.POLLOUT))

    def receive(self) -> Iterator[FromRecorder]:
        """What came from the recorder, at most `REPORTS_AT_ONCE` messages."""
        for _ in range(REPORTS_AT_ONCE):
            try:
                encoded = self._in.recv(zmq.NOBLOCK)
            except zmq.ZMQError:
                return
            try:
                yield self._decoder.decode(encoded)
            except UNDECODABLE:
                self.malformed += 1

    def wait(self, seconds: float) -> None:
        """Returns when the recorder has sent something, or after `seconds`; never called by the frame loop."""
        self._in.poll(round(seconds * 1000))

    def release(self) -> None:
        """Closes the sockets; what was sent last still has a tenth of a second to leave."""
        self._out.close(linger=LINGER_MS)
        self._in.close(linger=0)
        self._context.term()


class RecorderPipes:
    """The recorder's ends of the sockets."""

    def __init__(self, endpoint: str, reports: str) -> None:
        self._context = zmq.Context()
        self._reports = reports
        self._in = _configured(self._context, zmq.PULL)
        self._in.connect(endpoint)
        self._decoder = msgspec.msgpack.Decoder(Parcel)
        self.malformed = 0

    def receive(self, wait_s: float) -> tuple[Parcel, int] | None:
        """The next message and its length in bytes, or None where none came within `wait_s`."""
        if not self._in.poll(round(wait_s * 1000)):
            return None
        encoded = self._in.recv()
        try:
            return self._decoder.decode(encoded), len(encoded)
        except UNDECODABLE:
            self.malformed += 1
            return None

    def push(self) -> zmq.Socket[bytes]:
        """A further socket for reports, for one thread."""
        socket = _configured(self._context, zmq.PUSH)
        socket.connect(self._reports)
        return socket

    def release(self) -> None:
        """Closes the sockets."""
        self._in.close(linger=0)
        self._context.term()


def _configured(context: zmq.Context[zmq.Socket[bytes]], kind: int) -> zmq.Socket[bytes]:
    socket = context.socket(kind)
    socket.setsockopt(zmq.SNDHWM, QUEUED_MESSAGES_MAX)
    socket.setsockopt(zmq.RCVHWM, QUEUED_MESSAGES_MAX)
    socket.setsockopt(zmq.MAXMSGSIZE, MESSAGE_BYTES_MAX)
    socket.setsockopt(zmq.LINGER, LINGER_MS)
    return socket


def _bound(context: zmq.Context[zmq.Socket[bytes]], kind: int, endpoint: str) -> zmq.Socket[bytes]:
    socket = _configured(context, kind)
    try:
        socket.bind(endpoint)
    except zmq.ZMQError as error:
        raise ConfigError(
            f"recorder: {endpoint}: cannot be bound: {zmq.strerror(error.errno or 0)}; is another server running?"
        ) from error
    return socket
