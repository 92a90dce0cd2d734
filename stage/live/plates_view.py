"""What clients see of the films of a running show."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Literal

import msgspec

from render.worlds.configured import World
from render.worlds.plate.record import PlateLayer
from render.worlds.shared.media import MediaFacts
from render.worlds.shared.plate_values import PlateValues
from stage.control.world_views import FilmStatus
from stage.show.air.films import clip_of_layer
from stage.show.air.state import AirState, worlds_on_air
from stage.show.plates.planned import plate_plan
from stage.show.show import Show


def films_on_air(show: Show) -> tuple[FilmStatus, ...]:
    """The films of the worlds on air, where they are in this frame."""
    return tuple(film for world in worlds_on_air(show.state.air) for film in _playing(show, world))


def films_of_world(air: AirState, world: World) -> tuple[FilmStatus, ...]:
    """The films of a world: what they are."""
    return tuple(
        _film(air, layer, file) for layer in world.layers if isinstance(layer, PlateLayer) for file in layer.films()
    )


def _playing(show: Show, world: World) -> Iterator[FilmStatus]:
    for layer in world.layers:
        values = show.state.controls.values.plate.get(layer.key or "")
        if isinstance(layer, PlateLayer) and values is not None:
            yield from _placed(show, layer, values)


def _placed(show: Show, layer: PlateLayer, values: PlateValues) -> Iterator[FilmStatus]:
    state = show.state
    planned = plate_plan(state.plates, state.air, layer, values, (state.frame, show.rate))
    clip, clock = clip_of_layer(state.air, layer, values), state.plates.clocks.get(layer.key or "")
    for number, file in enumerate(layer.films()):
        film = _film(state.air, layer, file)
        if planned is None or clip is None:
            yield film
            continue
        frame, late = planned.parts[number].frame, state.plates.late.get(planned.parts[number].media)
        yield msgspec.structs.replace(
            film,
            frame=frame,
            position_s=frame / film.rate_hz,
            first=clip.first,
            last=clip.first + clip.frames,
            runs=clock is not None and clock.runs,
            late={} if late is None else dict(late.counts),
        )


def _film(air: AirState, layer: PlateLayer, file: str) -> FilmStatus:
    known = air.films.get(file)
    if known is None or known.facts is None:
        return FilmStatus(layer=layer.key or "", file=file, begins=layer.start)
    facts = known.facts
    colours = layer.colours_of(facts)
    return FilmStatus(
        layer=layer.key or "",
        file=file,
        codec=facts.codec,
        columns=facts.columns,
        rows=facts.rows,
        frames=facts.frames,
        rate_hz=float(Fraction(*facts.rate)),
        start=layer.start_timecode or facts.start,
        colour_space=colours.colour_space,
        matrix=colours.matrix,
        full_range=colours.full_range,
        taken_from=_taken_from(layer, facts),
        begins=layer.start,
    )


def _taken_from(layer: PlateLayer, facts: MediaFacts) -> Literal["configuration", "tags", "size"]:
    """Where it is known from how the film's colours are meant."""
    if layer.colour_space is not None or layer.matrix is not None or layer.range is not None:
        return "configuration"
    return "tags" if facts.tagged else "size"
