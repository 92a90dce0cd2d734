"""The sockets between core and recorder: the core binds both, so whichever is restarted finds the other."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import zmq

from stage.run.pipes import LINGER_MS, bound, connected
from stage.takes.messages import FromRecorder, Parcel
from stage.takes.records import MESSAGE_BYTES_MAX
from tracking.records import UNDECODABLE

REPORTS_AT_ONCE = 64


class CorePipes:
    """The core's two sockets. Nothing here waits, except `wait`. Raises ConfigError where an endpoint is in use."""

    def __init__(self, endpoint: str, reports: str) -> None:
        self._context = zmq.Context()
        self._out = bound(self._context, zmq.PUSH, endpoint, most_bytes=MESSAGE_BYTES_MAX, whose="recorder")
        self._in = bound(self._context, zmq.PULL, reports, most_bytes=MESSAGE_BYTES_MAX, whose="recorder")
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
        self._in = connected(self._context, zmq.PULL, endpoint, most_bytes=MESSAGE_BYTES_MAX)
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
        return connected(self._context, zmq.PUSH, self._reports, most_bytes=MESSAGE_BYTES_MAX)

    def release(self) -> None:
        """Closes the sockets."""
        self._in.close(linger=0)
        self._context.term()
