"""Small pictures of the wall for looks, made on a thread of the preview pictures that the loop passes on."""

from __future__ import annotations

import io
import queue
import threading
import time
from pathlib import Path
from typing import NamedTuple

from PIL import Image

from stage.run.preview_image import image_of
from stage.run.preview_records import PictureHeader, WantedPicture, side_for
from stage.run.whole_files import put_whole
from stage.show.looks.file_names import picture_of
from tracking.records import JOB_FAILURES

MOST_WAITING = 4
WIDEST_PX = 256
_WAITS_NS = 2_000_000_000
_JPEG_QUALITY = 80


class _Waiting(NamedTuple):
    """A look that waits for a picture of `frame` or later, but not for ever. Its file is at `place`."""

    place: str
    frame: int
    until_ns: int


class _Come(NamedTuple):
    """The picture for the looks whose files are at `places`."""

    places: tuple[str, ...]
    header: PictureHeader
    pixels: bytes


class LookPictures:
    """Keeps a picture of one wall beside a look's file in `folder`. Nothing in the loop waits for it.

    `wall` is the name of the wall that stands for all. It is looked at while a look waits. A picture that does not come
    within two seconds, or cannot be kept, is done without.
    """

    def __init__(self, folder: Path, wall: str) -> None:
        self._folder = folder
        self._wanted = WantedPicture(f"wall/{wall}", side_for(WIDEST_PX))
        self._waiting: list[_Waiting] = []
        self._come: queue.SimpleQueue[_Come | None] = queue.SimpleQueue()
        threading.Thread(target=self._work, name="look pictures", daemon=True).start()

    def want(self, place: str, frame: int) -> None:
        """Asks for a picture of `frame` or of one soon after, for the look whose file is at `place`."""
        if len(self._waiting) < MOST_WAITING:
            self._waiting.append(_Waiting(place, frame, time.monotonic_ns() + _WAITS_NS))

    def wanted(self) -> WantedPicture | None:
        """The picture that a look waits for."""
        if self._waiting:
            now_ns = time.monotonic_ns()
            self._waiting = [one for one in self._waiting if one.until_ns > now_ns]
        return self._wanted if self._waiting else None

    def take(self, header: PictureHeader, pixels: memoryview) -> None:
        """Such a picture has come: it is for all that wait for its frame or an earlier one."""
        served = [one for one in self._waiting if one.frame <= header.frame]
        if served:
            self._waiting = [one for one in self._waiting if one not in served]
            self._come.put(_Come(tuple(one.place for one in served), header, bytes(pixels)))

    def close(self) -> None:
        """Ends the thread, once it has made what has come."""
        self._come.put(None)

    def _work(self) -> None:
        while (come := self._come.get()) is not None:
            try:
                picture = small_jpeg(come.header, come.pixels)
                for place in come.places:
                    file = self._folder / picture_of(place)
                    file.parent.mkdir(parents=True, exist_ok=True)
                    put_whole(file, picture, for_others=True)
            except JOB_FAILURES:
                continue


def small_jpeg(header: PictureHeader, pixels: bytes) -> bytes:
    """A JPEG of a preview picture, at most 256 pixels wide and high. Raises ValueError for a wrong number of bytes."""
    picture = image_of(header, pixels)
    picture.thumbnail((WIDEST_PX, WIDEST_PX), Image.Resampling.BOX)
    content = io.BytesIO()
    picture.save(content, "JPEG", quality=_JPEG_QUALITY)
    return content.getvalue()
