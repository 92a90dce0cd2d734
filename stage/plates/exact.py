"""Exactly the frames of films that plans show, read at once: for pictures that nobody waits for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from render.media.faults import MediaError
from render.plan.frame import FramePlan
from render.renderer import Renderer
from render.worlds.shared.media import frame_bytes
from stage.plates.media_files import open_film
from stage.plates.readers import CannotOpenError, FilmReaders
from stage.plates.wanted import layers_shown
from stage.plates.wire import MOST_FILMS, Film
from stage.words.sentences import sentence
from tracking.records import ConfigError

FindFilm = Callable[[str, int], Film]
"""Finds the film of an identity, for a frame of the show. Raises ConfigError that says what is missing."""


class ExactFrames:
    """Puts the frames that plans show of films on a renderer's GPU, each before its plan is drawn."""

    def __init__(self, renderer: Renderer, find: FindFilm) -> None:
        self._renderer = renderer
        self._find = find
        self._films: dict[str, tuple[Film, FilmReaders]] = {}

    def load(self, plan: FramePlan) -> None:
        """Reads what a plan shows and is not there yet. Raises ConfigError with frame, film and reason."""
        for media, number in (one for layer in layers_shown(plan) for one in layer):
            if (media, number) not in self._renderer.plates:
                self._load(media, number, plan.frame)

    def close(self) -> None:
        """Lets go of the files."""
        for _, readers in self._films.values():
            readers.close()
        self._films.clear()

    def _load(self, media: str, number: int, frame: int) -> None:
        film, readers = self._opened(media, frame)
        content = bytearray(frame_bytes(film.facts))
        try:
            readers.read(number, memoryview(content))
        except CannotOpenError as error:
            raise self._error(film, number, frame, error.__cause__) from error
        except (MediaError, OSError) as error:
            raise self._error(film, number, frame, error) from error
        self._renderer.load_plate(media, number, film.facts, memoryview(content))

    def _opened(self, media: str, frame: int) -> tuple[Film, FilmReaders]:
        found = self._films.pop(media, None)
        if found is None:
            film = self._find(media, frame)
            found = film, FilmReaders(film, open_film)
        self._films[media] = found
        while len(self._films) > MOST_FILMS:
            self._films.pop(next(iter(self._films)))[1].close()
        return found

    @staticmethod
    def _error(film: Film, number: int, frame: int, error: BaseException | None) -> ConfigError:
        why = sentence(error.code, error.values) if isinstance(error, MediaError) else str(error)
        return ConfigError(f"frame {frame}: {Path(film.path).name}: its frame {number} cannot be read: {why}")
