"""What is known of films, and how the worlds that show them stand. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import lru_cache

from render.worlds.configured import World
from render.worlds.kinds import Layer
from render.worlds.shared.media import MediaFacts
from stage.show.frame.conditions import Cause
from stage.show.frame.plates import MediaReady
from tracking.records import Notebook, Scalar


class FilmState(Notebook):
    """One film: its identity and facts once it was examined, or why it cannot be played.

    `notes`, `thumbnail` and `version` are as they were reported. `newer` is what its file holds since, while the film
    is on the walls as it was; it is `held` where it came while a take recorded.
    """

    identity: str = ""
    facts: MediaFacts | None = None
    notes: tuple[Cause, ...] = ()
    thumbnail: str = ""
    version: str = ""
    failed: Cause | None = None
    newer: MediaReady | None = None
    held: bool = False


_MOST_RATES = 64
Films = Mapping[str, FilmState]
"""Films by their files."""


def films_of(world: World) -> tuple[str, ...]:
    """The files of every film that a world shows, each once."""
    return tuple(dict.fromkeys(file for layer in world.layers for file in layer.films()))


def facts_of(films: Films, layer: Layer) -> tuple[MediaFacts, ...] | None:
    """The facts of a layer's films in order; None while one of them is not known, or they do not go together."""
    found = tuple(facts for file in layer.films() if (facts := films.get(file, _UNKNOWN).facts) is not None)
    is_whole = bool(found) and len(found) == len(layer.films())
    return found if is_whole and len({facts.rate for facts in found}) == 1 else None


def all_known(films: Films, world: World) -> bool:
    """Whether it is known of every film of a world what it is, and those of each set go together."""
    return all(facts_of(films, layer) is not None for layer in world.layers if layer.films())


def film_failure(films: Films, world: World) -> Cause | None:
    """Why a film of a world cannot be played, or films of a set not together; None where they can, as far as known."""
    for file in films_of(world):
        film = films.get(file, _UNKNOWN)
        if film.failed is not None:
            return film.failed
    for layer in world.layers:
        known = [(file, facts) for file in layer.films() if (facts := films.get(file, _UNKNOWN).facts) is not None]
        if (differ := rates_differ(known)) is not None:
            return differ
    return None


def rates_differ(known: Sequence[tuple[str, MediaFacts]]) -> Cause | None:
    """Why films of a set cannot be played together: one has another rate than the first. None where they can."""
    for file, facts in known:
        if facts.rate != known[0][1].rate:
            rates: dict[str, Scalar] = {"found": _hz(facts), "expected": _hz(known[0][1]), "other": known[0][0]}
            return Cause(code="plate_rates_differ", values={"file": file, **rates})
    return None


def rate_of(facts: MediaFacts) -> Fraction:
    """How many frames a second a film has, exactly."""
    return _fraction(facts.rate)


@lru_cache(_MOST_RATES)
def _fraction(rate: tuple[int, int]) -> Fraction:
    return Fraction(*rate)


def _hz(facts: MediaFacts) -> float:
    return round(float(rate_of(facts)), 3)


_UNKNOWN = FilmState()
