"""The core's end of the folders of looks: what the loader tells of them, as observations of the show, a few a frame."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from pathlib import Path

from stage.assets.messages import LookNews
from stage.loading.show_files import LOOKS
from stage.show.frame.inputs import LookKind, LooksGone, LooksListed, Observation
from stage.show.looks.file_names import kind_of_place, picture_of, place_of
from stage.show.looks.shelf import LookShelf

MESSAGES_A_FRAME = 1


class LookListing:
    """Says which looks there are, and which are there no longer although nobody told that they went."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.pictures: dict[str, str] = {}
        """The paths of the small pictures of looks, by the places of the looks' files."""
        self._waiting: deque[LookNews] = deque()
        self._told: dict[LookKind, dict[str, None]] = {}
        self._left_out = 0

    def hear(self, news: LookNews) -> None:
        """Takes what the loader tells."""
        if news.begins:
            self._waiting = deque(waiting for waiting in self._waiting if waiting.kind != news.kind)
        self._waiting.append(news)

    def reports(self, shelf: LookShelf) -> Iterator[Observation]:
        """Once a frame: what is new, at most a message's files. `shelf` is what the show knows so far."""
        for _ in range(min(MESSAGES_A_FRAME, len(self._waiting))):
            yield from self._report(self._waiting.popleft(), shelf)

    def _report(self, news: LookNews, shelf: LookShelf) -> Iterator[Observation]:
        if news.pictures is not None:
            self._note_pictures(news.kind, news.pictures)
        if news.begins:
            self._told[news.kind] = {}
        told, gone = self._told.get(news.kind), news.gone
        if told is not None:
            told.update((file.file, None) for file in news.listed)
            if not news.more:
                gone = (*gone, *_never_told(shelf, news.kind, told))
                del self._told[news.kind]
        left_out = news.left_out if news.kind == "show" else self._left_out
        if gone or left_out != self._left_out:
            self._left_out = left_out
            yield LooksGone(kind=news.kind, files=gone, left_out=left_out)
        if news.listed:
            yield LooksListed(kind=news.kind, files=news.listed)

    def _note_pictures(self, kind: LookKind, files: tuple[str, ...]) -> None:
        for place in [place for place in self.pictures if kind_of_place(place) == kind]:
            del self.pictures[place]
        places = {file: place_of(kind, file) for file in files}
        self.pictures |= {
            place: str(LOOKS / picture_of(file) if kind == "shipped" else self._folder / picture_of(place))
            for file, place in places.items()
        }


def _never_told(shelf: LookShelf, kind: LookKind, told: dict[str, None]) -> tuple[str, ...]:
    """The files of looks that the show has kept, and that are there no longer."""
    return tuple(look.file for look in shelf.of(kind).values() if look.saved and look.file not in told)
