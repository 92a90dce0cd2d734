"""Exactly the frames of films that plans show, read at once: for pictures that nobody waits for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path

from render.media.examine import examine_media
from render.media.examined import ExaminedMedia
from render.media.faults import MediaError
from render.plan.frame import FramePlan
from render.renderer import Renderer
from render.worlds.shared.media import frame_bytes
from stage.config.findings import Findings
from stage.loading.files import LoadedConfig
from stage.plates.readers import READ_FAILURES, CannotOpenError, FilmReaders, open_film
from stage.plates.wanted import layers_shown
from stage.plates.wire import MOST_FILMS, Film
from stage.show.air.film_state import rates_differ
from stage.show.frame.plates import MediaReady
from stage.words.sentences import sentence
from tracking.records import ConfigError

FindFilm = Callable[[str, int], Film]
"""Finds the film of an identity, for a frame of the show. Raises ConfigError that says what is missing."""


def examine_films(loaded: LoadedConfig) -> tuple[MediaReady, ...]:
    """What every film of a configuration is, for the show. Raises ConfigError with all findings."""
    findings = Findings(loaded.file)
    ready = films_known(loaded, findings)
    findings.refuse()
    return ready


def films_known(
    loaded: LoadedConfig, findings: Findings, examine: Callable[[Path], ExaminedMedia] = examine_media
) -> tuple[MediaReady, ...]:
    """What every film of a configuration is. What cannot be played, alone or in its set, is reported."""
    ready: dict[str, MediaReady] = {}
    for key, layer in loaded.config.layers_by_place():
        for file in layer.films():
            if file in ready:
                continue
            try:
                examined = examine(loaded.path_of(file))
            except (MediaError, OSError, ConfigError) as error:
                findings.report(key, why_unreadable(error, file))
            else:
                ready[file] = MediaReady(file=file, identity=examined.identity, facts=examined.facts)
        differ = rates_differ([(file, ready[file].facts) for file in layer.films() if file in ready])
        if differ is not None:
            findings.report(key, sentence(differ.code, differ.values))
    return tuple(ready.values())


def films_found(loaded: LoadedConfig, ready: Iterable[MediaReady]) -> FindFilm:
    """Finds films that were examined."""
    films = {
        one.identity: Film(media=one.identity, path=str(loaded.path_of(one.file)), facts=one.facts) for one in ready
    }
    return lambda identity, _frame: films[identity]


def load_exactly(renderer: Renderer, find: FindFilm, plan: FramePlan) -> None:
    """Puts the frames that one plan shows of films on the GPU. Raises ConfigError."""
    with closing(ExactFrames(renderer, find)) as frames:
        frames.load(plan)


def why_unreadable(error: BaseException, file: str) -> str:
    """What is wrong with a film, in words, with its name."""
    if isinstance(error, MediaError):
        return sentence(error.code, {"file": file, **error.values})
    return f"{file}: {(error.strerror if isinstance(error, OSError) else None) or error}"


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
            raise self._error(film, number, frame, error.__cause__ or error) from error
        except READ_FAILURES as error:
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
    def _error(film: Film, number: int, frame: int, error: BaseException) -> ConfigError:
        why = why_unreadable(error, Path(film.path).name)
        return ConfigError(f"frame {frame}: frame {number} of a film cannot be read: {why}")
