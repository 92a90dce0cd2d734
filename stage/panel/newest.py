"""The page's side: receives pictures, keeps the newest of each, and turns them into PNG or JPEG."""

from __future__ import annotations

import io
import threading
import time
from dataclasses import dataclass

import msgspec
import numpy as np
import numpy.typing as npt
import zmq
from PIL import Image

from render.grade import REC709_FROM_ACESCG
from stage.panel.records import MAX_SIDE, TOPIC, PictureHeader

_MAX_TOPICS = 64
_IDLE_NS = 5_000_000_000
_FRESH_NS = 1_000_000_000
_POLL_MS = 100
_PREFIXES = (b"wall/", b"camera/")


@dataclass(frozen=True, kw_only=True)
class NewestPicture:
    """A picture as received, and when (host monotonic)."""

    topic: str
    header: PictureHeader
    payload: bytes
    received_ns: int


class NewestPictures:
    """Subscribes only while somebody looks, so that an unwatched page costs the show nothing.

    What does not decode is counted in `rejected` and dropped. All methods may be called from any thread.
    """

    def __init__(self, endpoint: str) -> None:
        self._endpoint = endpoint
        self._changed = threading.Condition()
        self._newest: dict[str, NewestPicture] = {}
        self._watched_ns = time.monotonic_ns()
        self._ended = False
        self.rejected = 0
        self._thread = threading.Thread(target=self._receive, name="pictures", daemon=True)
        self._thread.start()

    def all(self) -> list[NewestPicture]:
        """The newest of each topic, walls first; whoever asks counts as a watcher."""
        with self._changed:
            self._watched_ns = time.monotonic_ns()
            return sorted(self._newest.values(), key=lambda picture: (picture.topic[:1] != "w", picture.topic))

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
        socket.setsockopt(zmq.MAXMSGSIZE, MAX_SIDE * MAX_SIDE * 6)
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
            for prefix in _PREFIXES:
                socket.setsockopt(zmq.SUBSCRIBE if wanted else zmq.UNSUBSCRIBE, prefix)
        return wanted

    def _keep(self, parts: list[bytes]) -> None:
        picture = _decode(parts)
        with self._changed:
            if picture is None or (picture.topic not in self._newest and len(self._newest) >= _MAX_TOPICS):
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
    if TOPIC.fullmatch(topic) is None or len(parts[2]) != header.byte_count:
        return None
    return NewestPicture(topic=topic, header=header, payload=parts[2], received_ns=time.monotonic_ns())


def encode(picture: NewestPicture, kind: str) -> bytes:
    """The picture as a `png` or `jpg` file's bytes."""
    shape = (picture.header.height, picture.header.width, 3)
    if picture.header.kind == "codes":
        codes = np.frombuffer(picture.payload, np.uint8).reshape(shape)
    else:
        codes = _screen_codes(np.frombuffer(picture.payload, "<f2").reshape(shape).astype(np.float32))
    out = io.BytesIO()
    image = Image.fromarray(codes, "RGB")
    if kind == "png":
        image.save(out, "PNG", compress_level=1)
    else:
        image.save(out, "JPEG", quality=88)
    return out.getvalue()


def _screen_codes(light: npt.NDArray[np.float32]) -> npt.NDArray[np.uint8]:
    """Linear ACEScg to sRGB codes (IEC 61966-2-1); 1.0 is the screen's white."""
    rec709 = np.nan_to_num(light, posinf=1.0) @ np.array(REC709_FROM_ACESCG, np.float32).T
    linear = np.clip(rec709, 0.0, 1.0)
    coded = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1.0 / 2.4) - 0.055)
    return (coded * 255.0 + 0.5).astype(np.uint8)
