"""Everything that the page shows: walls and inner pictures as received, film pictures as made here, and their notes."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any

from stage.panel.encoded import EncodedPictures, Kind, SizedPicture, ViewOptions, sized_picture
from stage.panel.film_pictures import FilmPictures
from stage.panel.live_stage import LiveStage
from stage.panel.newest import NewestPicture, NewestPictures, PagePicture
from stage.run.preview_records import PictureHeader

PARKED = "parked"
_LIVE_NS = 2_000_000_000


class Gallery:
    """The pictures by topic: `film/NAME`, `camera/NAME`, `wall/NAME`. Without `film` there are no film pictures.

    All methods may be called from any thread.
    """

    def __init__(
        self, pictures: NewestPictures, film: FilmPictures | None = None, status: LiveStage | None = None
    ) -> None:
        self._pictures = pictures
        self._film = film
        self._status = status
        self._encoded = EncodedPictures()
        self._film_topics = film.topics if film else ()
        self.topics = _in_order(pictures.topics, self._film_topics)

    @property
    def ended(self) -> bool:
        """Whether no further picture will come."""
        return self._pictures.ended

    def picture(self, topic: str, after_ns: int, wait_s: float) -> PagePicture | None:
        """The newest picture of a topic. A caller counts as a watcher.

        Waits up to `wait_s` for a picture that came after `after_ns`, then returns what there is.
        """
        if self._film is not None and topic in self._film_topics:
            return self._film.get(topic, after_ns, wait_s)
        return self._pictures.get(topic, after_ns, wait_s)

    def note(self, topic: str) -> str:
        """Why a picture is not what it seems to be, or ""."""
        return self._note(topic, self._pictures.all())

    def file(self, picture: PagePicture, kind: Kind, view: ViewOptions) -> bytes:
        """A picture's file. A film picture carries its note, since it may be looked at without the page."""
        return self._encoded.file(picture, kind, view, self._own_note(picture))

    def sized(self, picture: PagePicture, width: int) -> SizedPicture:
        """A picture as a JPEG at most `width` pixels wide."""
        return sized_picture(picture, width, self.note(picture.topic))

    def _own_note(self, picture: PagePicture) -> str:
        return self.note(picture.topic) if picture.topic in self._film_topics else ""

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
        """JSON: each topic with its newest frame, size, age and note; how many film pictures were made, and how
        fast; the stage's status.

        A caller counts as a watcher of walls and inner pictures, but of no film picture: the frame given for one is
        the newest that it would be made of.
        """
        newest = self._pictures.all()
        rows = [self._row(topic, newest) for topic in self.topics]
        film = {"made": self._film.made, "ms": round(self._film.made_ms, 1)} if self._film else None
        return json.dumps(
            {"pictures": rows, "rejected": self._pictures.rejected, "film": film, "status": self.status()}
        ).encode()

    def _row(self, topic: str, newest: Mapping[str, NewestPicture]) -> dict[str, Any]:
        note = self._note(topic, newest)
        source, size_px = self._source(topic, newest, note)
        return {
            "topic": topic,
            "frame": source.frame if source else None,
            "width": size_px[0] if source else None,
            "height": size_px[1] if source else None,
            "age_ms": (time.monotonic_ns() - source.received_ns) // 1_000_000 if source else None,
            "note": note,
        }

    def _source(
        self, topic: str, newest: Mapping[str, NewestPicture], note: str
    ) -> tuple[PagePicture | None, tuple[int, int]]:
        """The picture, or the one that it would be made of, and its size. A parked camera only has its last one."""
        if self._film is None or topic not in self._film_topics:
            picture = newest.get(topic)
            return picture, (picture.header.width, picture.header.height) if picture else (0, 0)
        size_px = self._film.size_px(topic)
        if note == PARKED:
            return self._film.newest(topic), size_px
        walls = [picture for other, picture in newest.items() if other.startswith("wall/")]
        return max(walls, key=lambda picture: picture.frame, default=None), size_px

    def _note(self, topic: str, newest: Mapping[str, NewestPicture]) -> str:
        strange = self._film.strange_wall(newest) if self._film is not None and topic in self._film_topics else ""
        if strange:
            return f"wall {strange} is not as configured: start the stage again"
        return note_of(topic, newest)


def note_of(topic: str, newest: Mapping[str, NewestPicture]) -> str:
    """The note on a picture, or "", as far as the pictures of the last moments say.

    A wall is held for a reason. A camera is parked if no moving wall was drawn for it; what it sees may be held.
    """
    kind, _, name = topic.partition("/")
    walls = live_walls(newest)
    if kind == "wall":
        return f"held: {walls[name].hold}" if name in walls and walls[name].hold else ""
    moving = [header for header in walls.values() if not header.hold]
    if moving and not any(header.sight_of(name) for header in moving):
        return PARKED
    held = {wall: header.hold for wall, header in walls.items() if header.hold}
    if not moving and len(set(held.values())) == 1:
        return f"held: {next(iter(held.values()))}"
    return "; ".join(f"wall {wall} held: {hold}" for wall, hold in held.items())


def live_walls(newest: Mapping[str, NewestPicture]) -> dict[str, PictureHeader]:
    """The headers of the walls' pictures that came lately, by wall."""
    since_ns = time.monotonic_ns() - _LIVE_NS
    return {
        topic.partition("/")[2]: picture.header
        for topic, picture in newest.items()
        if topic.startswith("wall/") and picture.received_ns > since_ns
    }


def _in_order(topics: tuple[str, ...], film: tuple[str, ...]) -> tuple[str, ...]:
    """All topics in their order, with each camera's film picture before its inner picture."""
    ordered: list[str] = []
    for topic in topics:
        own = topic.replace("camera/", "film/")
        ordered += [own, topic] if own in film else [topic]
    return tuple(dict.fromkeys([*ordered, *film]))
