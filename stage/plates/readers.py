"""The readers of one film: two at most, since a loop that dissolves plays two places of it at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol

from render.media.faults import MediaError
from render.media.reader import MediaReader, identity_now
from stage.plates.wire import Film
from stage.run.realtime import allowed_processors
from stage.show.frame.conditions import Cause
from tracking.records import JOB_FAILURES, ConfigError

MOST_READERS = 2
NEAR = 16
"""So many frames on, a reader goes there by itself; farther is a seek for any reader."""
SOON = 4
"""A reader is left where it is for one of so many of the frames that are wanted next: two places that alternate."""


READ_FAILURES: tuple[type[Exception], ...] = (MediaError, ConfigError, *JOB_FAILURES)
"""What a film can raise that is opened or read: the film fails, and the thread that reads it goes on."""


_MOST_IN_A_ROW = 64
"""After so many numbered frames that are others by now, the folder is opened anew: it may be as it was again."""


class ReadsFrames(Protocol):
    """Reads frames of a film, cheaply in order; any other is sought."""

    def read(self, number: int, into: memoryview, first: int = 0) -> None:
        """Fills the memory with the planes of a frame and their levels from `first` on. Raises MediaError."""

    def close(self) -> None:
        """Lets go of the file."""


OpenFilm = Callable[[Film], ReadsFrames]


class CannotOpenError(Exception):
    """The film as a whole cannot be read now; its cause is why."""


class FilmReaders:
    """Reads frames of a film, with the reader for which each is the cheapest. One thread uses it at a time."""

    def __init__(self, film: Film, opened: OpenFilm) -> None:
        self._film = film
        self._open = opened
        self._readers: list[tuple[int, ReadsFrames]] = []
        self._in_a_row = 0

    def read(self, number: int, into: memoryview, wanted: Sequence[int] = (), first: int = 0) -> None:
        """Fills the memory with a frame from level `first` on. Readers that come soon to another of the frames that are
        `wanted`, the next ones first, are left there.

        Raises CannotOpenError, or what the reader raises; the next frame is read by readers that are opened anew,
        unless one file of many has changed: the others play on.
        """
        try:
            self._readers.append((number, self._reader_for(number, wanted)))
            self._readers[-1][1].read(number, into, first)
        except BaseException as error:
            self._in_a_row += 1
            if not (isinstance(error, MediaError) and error.is_of_frame) or self._in_a_row >= _MOST_IN_A_ROW:
                self.close()
            raise
        self._in_a_row = 0

    def close(self) -> None:
        """Lets go of the file."""
        readers, self._readers, self._in_a_row = self._readers, [], 0
        for _, reader in readers:
            reader.close()

    def _reader_for(self, number: int, wanted: Sequence[int]) -> ReadsFrames:
        """The one that is a little before the frame; else one that is nowhere near what is wanted soon, or a new one.

        A film that is sent elsewhere is read on by the reader that it has: opening another would take longer.
        """
        near = [index for index, (at, _) in enumerate(self._readers) if 0 < number - at <= NEAR]
        if near:
            return self._take(max(near, key=lambda index: self._readers[index][0]))
        soon = [one for one in wanted if one != number][:SOON]
        idle = [index for index, (at, _) in enumerate(self._readers) if not any(0 < one - at <= NEAR for one in soon)]
        if not idle and len(self._readers) < MOST_READERS:
            try:
                return self._open(self._film)
            except READ_FAILURES as error:
                raise CannotOpenError from error
        return self._take(idle[0] if idle else 0)

    def _take(self, index: int) -> ReadsFrames:
        return self._readers.pop(index)[1]


def open_film(film: Film) -> ReadsFrames:
    """A reader of a film. Raises MediaError, also where its file holds another film by now: whoever asked for this one
    would be shown that, and a take would name what nobody saw.
    """
    path = Path(film.path)
    threads = 1 if film.is_too_heavy(allowed_processors()) else None  # several would take all processors at once
    with ExitStack() as stack:
        reader = MediaReader(path, film.facts, threads)
        stack.callback(reader.close)
        if identity_now(path) != film.media:
            raise MediaError("media_replaced")
        stack.pop_all()
    return reader


def cause_of(error: BaseException) -> Cause | None:
    """What an error of the media room says; None for any other."""
    return Cause(code=error.code, values=error.values) if isinstance(error, MediaError) else None
