"""The show's side of the preview: publishes small pictures, only while somebody watches, and never waits."""

from __future__ import annotations

import time
from collections.abc import Callable

import msgspec
import numpy as np
import numpy.typing as npt
import zmq

from stage.run.preview_records import LONGEST_HOLD, MOST_VIEWS, TOPIC, CameraSight, PictureHeader

PERIOD_NS = 100_000_000
_REST_PER_WORK = 20
"""A picture that is slow to read, of a large wall, comes less often, in times of what its reading took."""
_MAX_TOPICS = 64
_MAX_TOPIC_BYTES = 80
_WIDEST = 1280


class PicturePublisher:
    """A ZeroMQ XPUB of pictures: whoever subscribes to `wall/NAME` or `camera/NAME` receives that picture.

    `endpoint` is the address bound (port 0 picks a free one). Each topic is due every `period_ns` of `clock_ns`, later
    where its pictures are slow to read.
    Raises zmq.ZMQError if the endpoint cannot be bound.
    """

    def __init__(
        self, endpoint: str, period_ns: int = PERIOD_NS, clock_ns: Callable[[], int] = time.monotonic_ns
    ) -> None:
        self._context = zmq.Context()
        self._socket = self._context.socket(zmq.XPUB)
        self._socket.setsockopt(zmq.LINGER, 0)
        self._socket.setsockopt(zmq.SNDHWM, 8)
        self._socket.setsockopt(zmq.MAXMSGSIZE, 4096)
        try:
            self._socket.bind(endpoint)
        except zmq.ZMQError:
            self.close()
            raise
        self.endpoint = self._socket.getsockopt_string(zmq.LAST_ENDPOINT)
        self._period_ns = period_ns
        self._clock_ns = clock_ns
        self._published_ns: dict[str, int] = {}
        self._rest_ns: dict[str, int] = {}

    def wants(self) -> list[str]:
        """Watched topics that are due, the one that has waited longest first."""
        self._read_subscriptions()
        if not self._published_ns:
            return []
        now_ns = self._clock_ns()
        due = [topic for topic, published in self._published_ns.items() if published + self._pause_ns(topic) <= now_ns]
        return sorted(due, key=self._published_ns.__getitem__)

    def publish(
        self,
        topic: str,
        frame: int,
        pixels: npt.NDArray[np.uint8],
        *,
        sights: tuple[CameraSight, ...] = (),
        hold: str = "",
        took_ns: int = 0,
    ) -> bool:
        """Sends (rows, columns, 3) code values, row 0 at the top, thinned if they are larger than a screen needs.

        `sights` are the cameras that a wall's picture was drawn for; `hold` is why it stands still, or "".
        `took_ns` is how long it took to read. Returns False if the picture was dropped because the other side is slow.
        """
        if topic in self._published_ns:
            self._published_ns[topic] = self._clock_ns()
            self._rest_ns[topic] = _REST_PER_WORK * took_ns
        step = -(-max(pixels.shape[:2]) // _WIDEST)
        thin = pixels[::step, ::step]
        header = PictureHeader(
            width=thin.shape[1],
            height=thin.shape[0],
            frame=frame,
            step=step,
            sights=sights[:MOST_VIEWS],
            hold=hold[:LONGEST_HOLD],
        )
        parts = [topic.encode(), msgspec.msgpack.encode(header), thin.tobytes()]
        try:
            self._socket.send_multipart(parts, zmq.NOBLOCK)
        except zmq.Again:
            return False
        return True

    def close(self) -> None:
        """Closes the socket and drops the pictures that are still queued."""
        self._socket.close(0)
        self._context.term()

    def _pause_ns(self, topic: str) -> int:
        return max(self._period_ns, self._rest_ns.get(topic, 0))

    def _read_subscriptions(self) -> None:
        """An XPUB receives 1 + topic and 0 + topic; anything else that a peer sends is ignored."""
        for _ in range(_MAX_TOPICS):
            try:
                message = self._socket.recv(zmq.NOBLOCK)
            except zmq.Again:
                return
            topic = message[1:_MAX_TOPIC_BYTES].decode("latin-1")
            if message[:1] == b"\x00":
                self._published_ns.pop(topic, None)
                self._rest_ns.pop(topic, None)
            elif message[:1] == b"\x01" and TOPIC.fullmatch(topic) and len(self._published_ns) < _MAX_TOPICS:
                self._published_ns[topic] = 0
