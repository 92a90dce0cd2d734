"""Films of worlds as the edges report them, and what is played of each. Pure."""

from __future__ import annotations

from collections.abc import Container, Iterable
from fractions import Fraction

from render.worlds.plate.record import PlateLayer
from render.worlds.plate.times import Clip, Cut, clip_of
from render.worlds.shared.plate_values import PlateValues
from render.worlds.shared.running import millionths
from stage.show.air.film_state import FilmState, facts_of, films_of, rate_of
from stage.show.air.state import AirState, worlds_needed
from stage.show.frame.conditions import Cause
from stage.show.frame.plates import MediaFailed, MediaReady


def note_media(air: AirState, observation: MediaReady | MediaFailed, walls: Container[str]) -> None:
    """Remembers what a film is, or why it cannot be played, as long as some world shows it.

    New content of a film on the walls waits: nothing on them changes with its file.
    """
    file = observation.file
    if not any(file in films_of(world) for world in worlds_needed(air)):
        return
    film = air.films.setdefault(file, FilmState())
    if isinstance(observation, MediaFailed):
        film.failed = Cause(code=observation.cause.code, values={"file": file, **observation.cause.values})
        return
    film.failed = None
    if film.identity in ("", observation.identity) or file not in shown_films(air, walls):
        _take(film, observation)
    else:
        film.newer = observation


def take_newer_films(air: AirState, walls: Container[str], *, recording: bool, follow: bool) -> None:
    """Once a frame: what films hold since is what they are, once they have left the walls.

    With `follow` at once, but for what came while a take records: that waits also after the take.
    """
    waiting = [(file, film) for file, film in air.films.items() if film.newer is not None]
    if not waiting:
        return
    shown = shown_films(air, walls)
    for file, film in waiting:
        film.held = film.held or recording
        if file not in shown or (follow and not film.held):
            _take_all(air, (file,))


def take_newer_of(air: AirState, key: str) -> bool:
    """Somebody asks for a world that is on air: its films are what their files hold. Returns whether any was not."""
    newer = [file for file in films_of(air.worlds[key]) if file in air.films and air.films[file].newer is not None]
    _take_all(air, newer)
    return bool(newer)


def shown_films(air: AirState, walls: Container[str]) -> frozenset[str]:
    """The files of the films on the walls."""
    return frozenset(file for key, world in air.worlds.items() if key in walls for file in films_of(world))


def forget_unneeded_films(air: AirState) -> None:
    """Forgets what no world shows any more."""
    needed = {file for world in worlds_needed(air) for file in films_of(world)}
    for file in [file for file in air.films if file not in needed]:
        del air.films[file]


def lead_rate(air: AirState, layer: PlateLayer) -> Fraction | None:
    """The rate of a layer's films; None while they are not known."""
    facts = facts_of(air.films, layer)
    return None if facts is None else rate_of(facts[0])


def clip_of_layer(air: AirState, layer: PlateLayer, values: PlateValues) -> Clip | None:
    """What is played of a layer's films: as much as all of them have. None while they are not known."""
    facts = facts_of(air.films, layer)
    if facts is None:
        return None
    cut = Cut(millionths(values.in_s), millionths(values.out_s), values.end, int(values.loop_frames))
    return clip_of(cut, min(one.frames for one in facts), rate_of(facts[0]))


def _take_all(air: AirState, files: Iterable[str]) -> None:
    for file in files:
        newer = air.films[file].newer
        if newer is not None:
            _take(air.films[file], newer)


def _take(film: FilmState, ready: MediaReady) -> None:
    film.identity, film.facts, film.notes = ready.identity, ready.facts, ready.notes
    film.thumbnail, film.version, film.newer, film.held = ready.thumbnail, ready.version, None, False
