"""Which frames of films will be wanted next: what an edge reads ahead. Pure.

That is about a second of what plays on the walls, round its loop; and the first frames of what the next cues and the
world that is asked for begin with.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from functools import lru_cache

from render.worlds.configured import World
from render.worlds.plate.record import PlateLayer
from render.worlds.plate.times import Clip, frame_at_us, shown
from render.worlds.shared.plate_values import PlateValues
from stage.show.air.film_state import facts_of, rate_of
from stage.show.air.films import clip_of_layer
from stage.show.air.state import AirState
from stage.show.frame.outcome import FilmAhead
from stage.show.plates.planned import endless_frames, worlds_on_air
from stage.show.plates.state import PlatesState

MOST_FRAMES = 32
"""So many frames of a film ahead, about a second of most."""
_MOST_KEPT = 64
"""A film stands at a frame for some slots, and what comes after it is the same in all of them."""
FIRST_FRAMES = 12
"""So many of what waits for its cue."""


def films_ahead(
    plates: PlatesState, air: AirState, values: Mapping[str, PlateValues], slot: tuple[int, Fraction]
) -> tuple[FilmAhead, ...]:
    """What will be wanted of films after a slot, its number and how many there are a second; the most urgent first."""
    if not values:
        return ()
    now = list(worlds_on_air(air))
    keys = dict.fromkeys((air.asked, *air.ahead))
    coming = [air.worlds[key] for key in keys if key in air.worlds and air.worlds[key] not in now]
    return (
        *_of_worlds(plates, air, values, slot, now),
        *_of_worlds(plates, air, values, slot, coming, waits=True),
        *_called(plates, air, values, (*now, *coming)),
    )


def _of_worlds(
    plates: PlatesState,
    air: AirState,
    values: Mapping[str, PlateValues],
    slot: tuple[int, Fraction],
    worlds: Iterable[World],
    *,
    waits: bool = False,
) -> Iterator[FilmAhead]:
    """What plays now, from where it is; of what `waits`, its first frames from where it would be."""
    for layer in _layers(worlds, values):
        facts, clip = facts_of(air.films, layer), clip_of_layer(air, layer, values[layer.key or ""])
        if facts is None or clip is None or (waits and (layer.key or "") in plates.calls):
            continue
        now, clock = values[layer.key or ""], plates.clocks.get(layer.key or "")
        stands = clock is not None and clock.waits
        speed = 1.0 if stands or waits else now.speed * now.play
        step = max(1, round(speed * _frames_a_slot(rate_of(facts[0]), slot[1])))
        count = FIRST_FRAMES if waits else MOST_FRAMES
        for file, frame in zip(layer.films(), endless_frames(plates, layer, facts, now, slot), strict=True):
            frames = _run(clip, frame, step, count if speed > 0.0 else 1)
            yield FilmAhead(media=air.films[file].identity, file=file, frames=frames, waits=waits)


def _called(
    plates: PlatesState, air: AirState, values: Mapping[str, PlateValues], worlds: Iterable[World]
) -> Iterator[FilmAhead]:
    """Where the next cue sends films."""
    for layer in _layers(worlds, values) if plates.calls else ():
        time_us, facts = plates.calls.get(layer.key or ""), facts_of(air.films, layer)
        clip = clip_of_layer(air, layer, values[layer.key or ""])
        if time_us is None or facts is None or clip is None:
            continue
        frames = _run(clip, frame_at_us(time_us, rate_of(facts[0])), 1, FIRST_FRAMES)
        for file in layer.films():
            yield FilmAhead(media=air.films[file].identity, file=file, frames=frames, waits=True)


def _layers(worlds: Iterable[World], values: Mapping[str, PlateValues]) -> Iterator[PlateLayer]:
    for world in worlds:
        for layer in world.layers:
            if isinstance(layer, PlateLayer) and (layer.key or "") in values:
                yield layer


@lru_cache(_MOST_KEPT)
def _frames_a_slot(rate: Fraction, slots_a_second: Fraction) -> float:
    return float(rate / slots_a_second)


@lru_cache(_MOST_KEPT)
def _run(clip: Clip, frame: int, step: int, count: int) -> tuple[int, ...]:
    """So many different frames of a clip in the order in which it shows them, those of a dissolve with what comes."""
    found: dict[int, None] = {}
    begin = max(frame, clip.first)
    for number in range(min(count, max(1, -(-clip.frames // step)))):
        one = shown(clip, begin + number * step)
        found[one.frame] = None
        if one.coming is not None:
            found[one.coming] = None
    return tuple(found)
