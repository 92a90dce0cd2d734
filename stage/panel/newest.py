"""The page's side of the pictures: receives them and keeps the newest of each topic."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt
from PIL import Image

from stage.panel.picture_link import PictureLink
from stage.run.preview_image import image_of
from stage.run.preview_records import MOST_WATCHED, PARKED, PictureCome, PictureHeader, WantedPicture
from tracking.records import JOB_FAILURES

FRESH_NS = 1_000_000_000
DEFAULT_SIDES = {"film": 640, "camera": 960, "wall": 1280}
"""The longest side of pictures of each kind for whoever does not say."""
_IDLE_NS = 2_000_000_000
_POLL_MS = 50

Codes = npt.NDArray[np.uint8]


@dataclass(frozen=True, kw_only=True)
class NewestPicture:
    """A picture as received, and when it was (host monotonic), which tells it from the picture before it."""

    topic: str
    header: PictureHeader
    payload: bytes
    received_ns: int

    @property
    def codes(self) -> Codes:
        """The picture's RGB code values, (rows, columns, 3), the top row first."""
        return np.asarray(self.image.convert("RGB"))

    @property
    def image(self) -> Image.Image:
        """The picture, to be encoded."""
        return image_of(self.header, self.payload)

    @property
    def frame(self) -> int:
        """The frame that the picture shows."""
        return self.header.frame


class NewestPictures:
    """The newest picture of each of `topics` that the show at the socket `path` passes on.

    Each is asked for while somebody watches it, as large as the largest that anybody wants, so that an unwatched page
    costs the show nothing. What makes no sense is counted in `rejected` and dropped, and so is in `overtaken` what was
    written over before it was copied. All methods may be called from any thread.
    """

    def __init__(self, path: Path, topics: tuple[str, ...]) -> None:
        self._path = path
        self.topics = topics
        self._changed = threading.Condition()
        self._newest: dict[str, NewestPicture] = {}
        self._notes: dict[str, str] = {}
        self._watched_ns: defaultdict[str, dict[tuple[int, bool], int]] = defaultdict(dict)
        self._tell: list[Callable[[NewestPicture], None]] = []
        self.ended = False
        self.rejected = self.overtaken = self._unknown = 0
        self._thread = threading.Thread(target=self._receive, name="pictures", daemon=True)
        self._thread.start()

    def listen(self, tell: Callable[[NewestPicture], None]) -> None:
        """Calls `tell` with the newest picture of a topic whenever something comes, on the receiving thread."""
        self._tell.append(tell)

    def watch(self, topic: str, side_px: int | None = None, *, exact: bool = False) -> None:
        """Somebody watches a topic now and for two seconds, with sides of at most `side_px`, perhaps `exact`."""
        self._watched_ns[topic][side_px or _default_side(topic), exact] = time.monotonic_ns()

    def newest(self, topic: str) -> NewestPicture | None:
        """The newest picture of a topic. A caller does not count as a watcher."""
        return self._newest.get(topic)

    def note(self, topic: str) -> str:
        """Why a picture stands still, or is not what it seems; "" otherwise."""
        return self._notes.get(topic, "")

    def all(self) -> dict[str, NewestPicture]:
        """The newest pictures, by topic. A caller counts as a watcher of all."""
        for topic in self.topics:
            self.watch(topic)
        return dict(self._newest)

    def get(self, topic: str, after_ns: int, wait_s: float = 0.0, side_px: int | None = None) -> NewestPicture | None:
        """The newest picture of one topic, exact and as large as `side_px` or larger. A caller counts as a watcher.

        Waits up to `wait_s` for one that was received after `after_ns`, then returns what there is.
        """
        side = side_px or _default_side(topic)
        with self._changed:
            self.watch(topic, side, exact=True)
            self._changed.wait_for(lambda: self.ended or self._is_after(topic, after_ns, side), wait_s)
            return self._newest.get(topic)

    def close(self) -> None:
        """Ends the receiving thread."""
        with self._changed:
            self.ended = True
            self._changed.notify_all()
        self._thread.join()

    def _is_after(self, topic: str, after_ns: int, side_px: int) -> bool:
        picture = self._newest.get(topic)
        if self._notes.get(topic) == PARKED:
            return True
        if picture is None or picture.received_ns <= after_ns:
            return False
        return picture.header.exact and picture.header.side_px >= side_px

    def _receive(self) -> None:
        link = PictureLink(self._path)
        while not self.ended:
            if not link.look():
                time.sleep(_POLL_MS * 1e-3)
                continue
            link.watch(self._watched())
            try:
                for come, payload in link.come(_POLL_MS):
                    self._keep(come, payload)
            except JOB_FAILURES:
                self._unknown += 1
            self.rejected, self.overtaken = link.rejected + self._unknown, link.overtaken
        link.close()

    def _watched(self) -> tuple[WantedPicture, ...]:
        """Each watched topic as large as anybody wants it, and exact where anybody wants that."""
        since = time.monotonic_ns() - _IDLE_NS
        wanted = (
            WantedPicture(topic, max(side for side, _ in wishes), any(exact for _, exact in wishes))
            for topic in self.topics
            if (wishes := [wish for wish, at in tuple(self._watched_ns[topic].items()) if at > since])
        )
        return tuple(wanted)[:MOST_WATCHED]

    def _keep(self, come: PictureCome, payload: bytes) -> None:
        topic, header, received_ns = come.topic, come.header, time.monotonic_ns()
        if topic not in self.topics:
            self._unknown += 1
            return
        with self._changed:
            picture = self._newest.get(topic)
            if payload:
                picture = NewestPicture(topic=topic, header=header, payload=payload, received_ns=received_ns)
            elif picture is not None and picture.header.note != header.note:
                noted = msgspec.structs.replace(picture.header, note=header.note)
                picture = replace(picture, header=noted, received_ns=received_ns)
            if picture is not None:
                self._newest[topic] = picture
            self._notes[topic] = header.note
            self._changed.notify_all()
        if picture is not None:
            for tell in self._tell:
                tell(picture)


def _default_side(topic: str) -> int:
    return DEFAULT_SIDES[topic.partition("/")[0]]
