"""Everything that the page shows: film, walls and inner pictures as received, their files, and their notes."""

from __future__ import annotations

import json
import time
from typing import Any

from stage.panel.encoded import EncodedPictures, Kind, SizedPicture, ViewOptions, sized_picture
from stage.panel.live_stage import LiveStage
from stage.panel.newest import NewestPicture, NewestPictures


class Gallery:
    """The pictures by topic: `film/NAME`, `camera/NAME`, `wall/NAME`. All methods may be called from any thread."""

    def __init__(self, pictures: NewestPictures, status: LiveStage | None = None) -> None:
        self.pictures = pictures
        self._status = status
        self._encoded = EncodedPictures()
        self.topics = pictures.topics

    @property
    def ended(self) -> bool:
        """Whether no further picture will come."""
        return self.pictures.ended

    def picture(self, topic: str, after_ns: int, wait_s: float) -> NewestPicture | None:
        """The newest picture of a topic in its ordinary size. A caller counts as a watcher.

        Waits up to `wait_s` for a picture that came after `after_ns`, then returns what there is.
        """
        return self.pictures.get(topic, after_ns, wait_s)

    def note(self, topic: str) -> str:
        """Why a picture is not what it seems to be, or ""."""
        return self.pictures.note(topic)

    def file(self, picture: NewestPicture, kind: Kind, view: ViewOptions) -> bytes:
        """A picture's file. A film picture carries its note, since it may be looked at without the page."""
        return self._encoded.file(picture, kind, view, self._own_note(picture))

    def sized(self, picture: NewestPicture, side_px: int) -> SizedPicture:
        """A picture as a JPEG with sides of at most `side_px`."""
        return sized_picture(picture, side_px)

    def _own_note(self, picture: NewestPicture) -> str:
        return self.note(picture.topic) if picture.topic.startswith("film/") else ""

    def ready(self, topic: str, after_ns: int, kind: Kind, view: ViewOptions) -> bytes | None:
        """The file of the newest picture of a topic, where that came after `after_ns` and was made already.

        A caller counts as a watcher. Never waits.
        """
        picture = self.picture(topic, after_ns, 0.0)
        if picture is None or picture.received_ns <= after_ns:
            return None
        return self._encoded.kept(picture, kind, view, self._own_note(picture))

    def status(self) -> dict[str, Any] | None:
        """The stage's newest status, or None where none came lately."""
        return None if self._status is None else self._status.newest()

    def state(self) -> bytes:
        """JSON: each topic with its newest frame, size, age and note; the stage's status.

        A caller counts as a watcher of all pictures.
        """
        newest = self.pictures.all()
        rows = [self._row(topic, newest.get(topic)) for topic in self.topics]
        state = {"pictures": rows, "rejected": self.pictures.rejected, "status": self.status()}
        return json.dumps(state).encode()

    def _row(self, topic: str, picture: NewestPicture | None) -> dict[str, Any]:
        return {
            "topic": topic,
            "frame": picture.frame if picture else None,
            "width": picture.header.width if picture else None,
            "height": picture.header.height if picture else None,
            "age_ms": (time.monotonic_ns() - picture.received_ns) // 1_000_000 if picture else None,
            "note": self.note(topic),
        }
