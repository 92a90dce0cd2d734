"""The show's side of the preview: publishes small pictures, only when somebody looks, and never waits."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
import zmq

from stage.panel.records import PictureHeader

_MAX_PREFIXES = 64
_MAX_PREFIX_BYTES = 80
_WIDEST_CODES = 1280
_WIDEST_LIGHT = 640


class PicturePublisher:
    """A ZeroMQ XPUB of the newest pictures. `topics` are all that exist: `wall/NAME`, `camera/NAME`.

    `endpoint` is the address bound (port 0 picks a free one). Each topic is asked for at most every `period_ns`.
    Raises zmq.ZMQError where the endpoint cannot be bound.
    """

    def __init__(self, endpoint: str, topics: tuple[str, ...], period_ns: int = 250_000_000) -> None:
        self._context = zmq.Context()
        self._socket = self._context.socket(zmq.XPUB)
        self._socket.setsockopt(zmq.LINGER, 0)
        self._socket.setsockopt(zmq.SNDHWM, 2 * max(1, len(topics)))
        self._socket.setsockopt(zmq.MAXMSGSIZE, 4096)
        try:
            self._socket.bind(endpoint)
        except zmq.ZMQError:
            self.close()
            raise
        self.endpoint = self._socket.getsockopt_string(zmq.LAST_ENDPOINT)
        self._topics = topics
        self._period_ns = period_ns
        self._prefixes: dict[bytes, None] = {}
        self._due_ns = dict.fromkeys(topics, 0)

    def wants(self, now_ns: int) -> list[str]:
        """Topics that somebody watches and that are due; asking counts as having been served."""
        self._read_subscriptions()
        if not self._prefixes:
            return []
        due = [topic for topic in self._topics if now_ns >= self._due_ns[topic] and self._watched(topic)]
        self._due_ns.update(dict.fromkeys(due, now_ns + self._period_ns))
        return due

    def publish(self, topic: str, frame: int, pixels: npt.NDArray[Any]) -> bool:
        """Send (rows, columns, 3), row 0 the top: uint8 codes or float linear ACEScg, thinned where it is large.

        Returns False where the picture was dropped because the other side is slow.
        """
        light = pixels.dtype != np.uint8
        step = -(-max(pixels.shape[:2]) // (_WIDEST_LIGHT if light else _WIDEST_CODES))
        thin = np.ascontiguousarray(pixels[::step, ::step])
        payload = np.clip(thin, 0.0, 1000.0).astype("<f2") if light else thin
        rows, columns = payload.shape[:2]
        header = PictureHeader(width=columns, height=rows, frame=frame, kind="light" if light else "codes")
        parts = [topic.encode(), msgspec.msgpack.encode(header), payload.tobytes()]
        try:
            self._socket.send_multipart(parts, zmq.NOBLOCK)
        except zmq.Again:
            return False
        return True

    def close(self) -> None:
        """Close the socket; pictures under way are dropped."""
        self._socket.close(0)
        self._context.term()

    def _watched(self, topic: str) -> bool:
        name = topic.encode()
        return any(name.startswith(prefix) for prefix in self._prefixes)

    def _read_subscriptions(self) -> None:
        """An XPUB hears 1 + prefix and 0 + prefix; anything else a peer sends is ignored."""
        for _ in range(_MAX_PREFIXES):
            try:
                message = self._socket.recv(zmq.NOBLOCK)
            except zmq.Again:
                return
            if message[:1] == b"\x00":
                self._prefixes.pop(message[1:], None)
            elif message[:1] == b"\x01" and len(message) <= _MAX_PREFIX_BYTES and len(self._prefixes) < _MAX_PREFIXES:
                self._prefixes[message[1:]] = None
