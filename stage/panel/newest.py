"""The page's side of the preview: receives pictures and keeps the newest of each topic."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import Protocol

import msgspec
import numpy as np
import zmq

from render.film.screen import Codes
from stage.run.preview_records import MAX_SIDE, PictureHeader
from tracking.records import JOB_FAILURES

FRESH_NS = 1_000_000_000
_FAILURES: tuple[type[Exception], ...] = (zmq.ZMQError, *JOB_FAILURES)
_IDLE_NS = 5_000_000_000
_POLL_MS = 100


class PagePicture(Protocol):
    """A picture that the page shows: RGB codes (rows, columns, 3), top row first, of one frame.

    `received_ns` (host monotonic) distinguishes it from the picture before it.
    """

    @property
    def topic(self) -> str: ...

    @property
    def codes(self) -> Codes: ...

    @property
    def frame(self) -> int: ...

    @property
    def received_ns(self) -> int: ...


@dataclass(frozen=True, kw_only=True)
class NewestPicture:
    """A picture as received, and the time when it was (host monotonic)."""

    topic: str
    header: PictureHeader
    payload: bytes
    received_ns: int

    @property
    def codes(self) -> Codes:
        """The picture's code values, (rows, columns, 3)."""
        return np.frombuffer(self.payload, np.uint8).reshape(self.header.height, self.header.width, 3)

    @property
    def frame(self) -> int:
        """The frame that the picture shows."""
        return self.header.frame


class NewestPictures:
    """The newest picture of each of `topics` that the show at `endpoint` publishes.

    Subscribes only while somebody watches, so that an unwatched page costs the show nothing. Messages that do not
    decode are counted in `rejected` and dropped. All methods may be called from any thread.
    """

    def __init__(self, endpoint: str, topics: tuple[str, ...]) -> None:
        self._endpoint = endpoint
        self.topics = topics
        self._changed = threading.Condition()
        self._newest: dict[str, NewestPicture] = {}
        self._watched_ns = time.monotonic_ns()
        self.ended = False
        self.rejected = 0
        self._thread = threading.Thread(target=self._receive, name="pictures", daemon=True)
        self._thread.start()

    def all(self, after_ns: int = 0, wait_s: float = 0.0) -> dict[str, NewestPicture]:
        """The newest pictures, by topic. A caller counts as a watcher.

        Waits up to `wait_s` for a picture that was received after `after_ns`.
        """
        with self._changed:
            self._watched_ns = time.monotonic_ns()
            self._changed.wait_for(
                lambda: self.ended or any(kept.received_ns > after_ns for kept in self._newest.values()), wait_s
            )
            return dict(self._newest)

    def get(self, topic: str, after_ns: int, wait_s: float = 0.0) -> NewestPicture | None:
        """The newest picture of one topic. A caller counts as a watcher.

        Waits up to `wait_s` for one that was received after `after_ns`, then returns what there is.
        """
        with self._changed:
            self._watched_ns = time.monotonic_ns()
            self._changed.wait_for(lambda: self.ended or self._is_after(topic, after_ns), wait_s)
            return self._newest.get(topic)

    def close(self) -> None:
        """Ends the receiving thread."""
        with self._changed:
            self.ended = True
            self._changed.notify_all()
        self._thread.join()

    def _is_after(self, topic: str, after_ns: int) -> bool:
        picture = self._newest.get(topic)
        return picture is not None and picture.received_ns > after_ns

    def _receive(self) -> None:
        context = zmq.Context()
        socket = context.socket(zmq.SUB)
        socket.setsockopt(zmq.RCVHWM, 8)
        socket.setsockopt(zmq.LINGER, 0)
        socket.setsockopt(zmq.MAXMSGSIZE, MAX_SIDE * MAX_SIDE * 3)
        socket.connect(self._endpoint)
        subscribed = False
        while not self.ended:
            subscribed = self._follow_watchers(socket, subscribed)
            try:
                if socket.poll(_POLL_MS):
                    self._keep(socket.recv_multipart())
            except _FAILURES:
                self.rejected += 1
        socket.close(0)
        context.term()

    def _follow_watchers(self, socket: zmq.Socket[bytes], subscribed: bool) -> bool:
        wanted = time.monotonic_ns() - self._watched_ns < _IDLE_NS
        if wanted != subscribed:
            for topic in self.topics:
                socket.setsockopt(zmq.SUBSCRIBE if wanted else zmq.UNSUBSCRIBE, topic.encode())
        return wanted

    def _keep(self, parts: list[bytes]) -> None:
        picture = _decode(parts)
        with self._changed:
            if picture is None or picture.topic not in self.topics:
                self.rejected += 1
                return
            self._newest[picture.topic] = picture
            self._changed.notify_all()


def _decode(parts: list[bytes]) -> NewestPicture | None:
    if len(parts) != 3:
        return None
    topic = parts[0].decode("latin-1")
    try:
        header = msgspec.msgpack.decode(parts[1], type=PictureHeader)
    except (msgspec.DecodeError, RecursionError):
        return None
    if len(parts[2]) != header.byte_count or not all(sight.sensible for sight in header.sights):
        return None
    return NewestPicture(topic=topic, header=header, payload=parts[2], received_ns=time.monotonic_ns())
