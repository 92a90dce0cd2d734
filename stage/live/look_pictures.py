"""Small pictures of the wall for looks, made on a thread of the preview pictures that the loop passes on."""

from __future__ import annotations

import io
import queue
import threading
import time
from pathlib import Path

import msgspec
import zmq
from PIL import Image

from stage.run.preview_records import CHANNELS, MAX_SIDE, PictureHeader, side_for, subscription
from stage.run.whole_files import put_whole
from stage.show.looks.file_names import picture_of
from tracking.records import JOB_FAILURES

MOST_WAITING = 4
WIDEST_PX = 256
_SIDE_PX = side_for(WIDEST_PX)
_WAITS_MS = 2000
_JPEG_QUALITY = 80
_FAILURES: tuple[type[Exception], ...] = (zmq.ZMQError, *JOB_FAILURES)


class LookPictures:
    """Keeps a picture of one wall beside a look's file in `folder`. Nothing in the loop waits for it.

    `endpoint` is where the show publishes preview pictures, `wall` the name of the wall that stands for all. A picture
    that does not come within two seconds, or cannot be kept, is done without.
    """

    def __init__(self, folder: Path, endpoint: str, wall: str) -> None:
        self._folder = folder
        self._endpoint = endpoint
        self._topic = subscription(f"wall/{wall}", _SIDE_PX)
        self._wanted: queue.Queue[tuple[str, int] | None] = queue.Queue(MOST_WAITING)
        threading.Thread(target=self._work, name="look pictures", daemon=True).start()

    def want(self, place: str, frame: int) -> None:
        """Asks for a picture of `frame` or of one soon after, for the look whose file is at `place`."""
        try:
            self._wanted.put_nowait((place, frame))
        except queue.Full:
            return

    def _work(self) -> None:
        context = zmq.Context()
        while (wanted := self._wanted.get()) is not None:
            place, frame = wanted
            try:
                picture = self._picture_since(context, frame)
                if picture is not None:
                    file = self._folder / picture_of(place)
                    file.parent.mkdir(parents=True, exist_ok=True)
                    put_whole(file, picture, for_others=True)
            except _FAILURES:
                continue
        context.term()

    def close(self) -> None:
        """Ends the thread, once it has made what it is making."""
        try:
            self._wanted.put_nowait(None)
        except queue.Full:
            return

    def _picture_since(self, context: zmq.Context[zmq.Socket[bytes]], frame: int) -> bytes | None:
        """The first picture of the wall that is of this frame or later, as a small JPEG."""
        with context.socket(zmq.SUB) as socket:
            socket.setsockopt(zmq.LINGER, 0)
            socket.setsockopt(zmq.RCVHWM, 2)
            socket.setsockopt(zmq.MAXMSGSIZE, MAX_SIDE * MAX_SIDE * CHANNELS)
            socket.setsockopt(zmq.SUBSCRIBE, self._topic)
            socket.connect(self._endpoint)
            end_s = time.monotonic() + _WAITS_MS * 1e-3
            while (left_s := end_s - time.monotonic()) > 0.0 and socket.poll(int(left_s * 1000) + 1):
                topic, encoded, pixels = socket.recv_multipart()
                header = msgspec.msgpack.decode(encoded, type=PictureHeader)
                if topic == self._topic and header.frame >= frame:
                    return small_jpeg(header, pixels)
        return None


def small_jpeg(header: PictureHeader, pixels: bytes) -> bytes:
    """A JPEG of a preview picture, at most 256 pixels wide and high. Raises ValueError for a wrong number of bytes."""
    picture = Image.frombytes("RGB", (header.width, header.height), pixels, "raw", "RGBX")
    picture.thumbnail((WIDEST_PX, WIDEST_PX), Image.Resampling.BOX)
    content = io.BytesIO()
    picture.save(content, "JPEG", quality=_JPEG_QUALITY)
    return content.getvalue()
