"""The page's side: receives pictures, keeps the newest of each, and turns them into PNG or JPEG."""

from __future__ import annotations

import io
import threading
import time
from dataclasses import dataclass

import msgspec
import numpy as np
import zmq
from PIL import Image

from stage.panel.records import MAX_SIDE, PictureHeader

_IDLE_NS = 5_000_000_000
_FRESH_NS = 1_000_000_000
_POLL_MS = 100


@dataclass(frozen=True, kw_only=True)
class NewestPicture:
    """A picture as received, and when (host monotonic)."""

    topic: str
    header: PictureHeader
    payload: bytes
    received_ns: int


class NewestPictures:
    """The newest picture of each of `topics` that the show at `endpoint` publishes.

    Subscribes only while somebody looks, so that an unwatched page costs the show nothing. What does not decode is
    counted in `rejected` and dropped. All methods may be called from any thread.
    """

    def __init__(self, endpoint: str, topics: tuple[str, ...]) -> None:
        self._endpoint = endpoint
        self.topics = topics
        self._changed = threading.Condition()
        self._newest: dict[str, NewestPicture] = {}
        self._watched_ns = time.monotonic_ns()
        self._ended = False
        self.rejected = 0
        self._thread = threading.Thread(target=self._receive, name="pictures", daemon=True)
        self._thread.start()

    def all(self) -> dict[str, NewestPicture]:
        """What there is, by topic; whoever asks counts as a watcher."""
        with self._changed:
            self._watched_ns = time.monotonic_ns()
            return dict(self._newest)

    def get(self, topic: str, wait_s: float = 0.0) -> NewestPicture | None:
        """The newest of one topic; where it is old, waits up to `wait_s` for the next before giving what there is."""
        with self._changed:
            self._watched_ns = time.monotonic_ns()
            self._changed.wait_for(lambda: self._ended or self._fresh(topic), wait_s)
            return self._newest.get(topic)

    def close(self) -> None:
        """End the receiving thread."""
        with self._changed:
            self._ended = True
            self._changed.notify_all()
        self._thread.join()

    def _fresh(self, topic: str) -> bool:
        picture = self._newest.get(topic)
        return picture is not None and time.monotonic_ns() - picture.received_ns < _FRESH_NS

    def _receive(self) -> None:
        context = zmq.Context()
        socket = context.socket(zmq.SUB)
        socket.setsockopt(zmq.RCVHWM, 8)
        socket.setsockopt(zmq.LINGER, 0)
        socket.setsockopt(zmq.MAXMSGSIZE, MAX_SIDE * MAX_SIDE * 3)
        socket.connect(self._endpoint)
        subscribed = False
        while not self._ended:
            subscribed = self._follow_watchers(socket, subscribed)
            if socket.poll(_POLL_MS):
                self._keep(socket.recv_multipart())
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
    except msgspec.DecodeError:
        return None
    if len(parts[2]) != header.byte_count:
        return None
    return NewestPicture(topic=topic, header=header, payload=parts[2], received_ns=time.monotonic_ns())


def encode(picture: NewestPicture, kind: str) -> bytes:
    """The picture as a `png` or `jpg` file's bytes."""
    header = picture.header
    codes = np.frombuffer(picture.payload, np.uint8).reshape(header.height, header.width, 3)
    out = io.BytesIO()
    image = Image.fromarray(codes, "RGB")
    if kind == "png":
        image.save(out, "PNG", compress_level=1)
    else:
        image.save(out, "JPEG", quality=88)
    return out.getvalue()
