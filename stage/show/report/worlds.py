"""What is wrong with worlds: pictures that cannot be read, and worlds that are there no longer."""

from __future__ import annotations

from collections.abc import Iterator

from stage.show.air.newer import newer_failure
from stage.show.air.state import AirState, failure_of, is_ready
from stage.show.report.tracker_health import Fault


def _films_fail(air: AirState) -> bool:
    """Whether any film cannot be played, or some may not go together, since not all have one rate."""
    rates = {film.facts.rate for film in air.films.values() if film.facts is not None}
    return len(rates) > 1 or any(film.failed is not None for film in air.films.values())


def world_faults(air: AirState) -> Iterator[Fault]:
    """A fault for each world that could not be read, whose newer content could not be, or that is there no longer.

    One that is on air and black is an alarm. What is on the GPU stays on air, whatever became of its file.
    """
    shown = (air.on_air, "" if air.dissolve is None else air.dissolve.coming)
    library = air.library
    failed = any(asset.failed is not None for asset in air.assets.values()) or _films_fail(air)
    for key, world in air.worlds.items() if failed else ():
        cause = failure_of(air, key)
        if cause is not None and not (key in library.full and library.missing is not None):
            black = key in shown and not is_ready(air, key)
            values = {**cause.values, "world": world.name, "why": cause.code}
            yield Fault("world_unreadable", "alarm" if black else "warning", values)
    newer_failed = any(asset.failed is not None for asset in air.newer.values())
    for key, world in air.worlds.items() if newer_failed else ():
        cause = newer_failure(air, key)
        if cause is not None:
            values = {**cause.values, "world": world.name, "why": cause.code}
            yield Fault("world_newer_unreadable", "warning", values)
    if library.missing is not None:
        yield Fault("library_missing", "warning", library.missing.values)
    if library.refused:
        yield Fault("library_refused", "note", {"count": library.refused, "example": library.example})
    if library.left_out:
        yield Fault("library_too_many", "warning", {"count": library.left_out, "most": len(library.files)})
    for key in air.going:
        yield Fault("world_gone", "warning", {"world": air.worlds[key].name})
