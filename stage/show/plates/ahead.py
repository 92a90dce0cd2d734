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
from render.worlds.plate.times import Clip, frame_at_us, frames_on_clock, shown
from render.worlds.shared.media import MediaFacts
from render.worlds.shared.plate_values import PlateValues
from render.worlds.shared.running import MILLION, millionths
from stage.show.air.film_state import facts_of, rate_of
from stage.show.air.films import clip_of_layer
from stage.show.air.state import AirState, worlds_on_air
from stage.show.frame.outcome import FilmAhead
from stage.show.plates.planned import endless_frames
from stage.show.plates.state import PlatesState

MOST_FRAMES = 32
"""So many frames of a film ahead, about a second of most."""
_MOST_KEPT = 64
"""A film stands at a frame for some slots, and what comes after it is the same in all of them."""
FIRST_FRAMES = 12
"""So many of what waits for its cue."""
_ONE = Fraction(1)


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
        *_called(plates, air, values, slot[1], (*now, *coming)),
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
        stands = waits or (clock is not None and clock.waits)
        pace = _frames_a_slot(rate_of(facts[0]), slot[1], _speed(layer, now, stands=stands))
        count = FIRST_FRAMES if waits else MOST_FRAMES
        first = endless_frames(plates, layer, facts, now, slot)
        runs = clock is not None and clock.runs and not stands
        leaps = tuple(_leaping(plates, layer, facts, now, slot)) if pace > 1 and runs else ()
        for number, file in enumerate(layer.films()):
            if leaps:
                frames = _in_turn(clip, (one[number] for one in leaps))
            else:
                frames = _run(clip, first[number], max(pace, _ONE), count if pace > 0 else 1)
            yield FilmAhead(media=air.films[file].identity, file=file, frames=frames, waits=waits)


def _speed(layer: PlateLayer, now: PlateValues, *, stands: bool) -> int:
    """How fast a layer's films go on, in millionths; what `stands` will once it begins. Time code has its own speed."""
    if not now.play and not stands:
        return 0
    return MILLION if layer.start == "timecode" else millionths(now.speed)


def _leaping(
    plates: PlatesState, layer: PlateLayer, facts: tuple[MediaFacts, ...], now: PlateValues, slot: tuple[int, Fraction]
) -> Iterator[tuple[int, ...]]:
    """The endless frames of a layer's films in this slot and the next ones, where more pass than there are slots.

    Which of them are left out depends on where in its cadence a film is: another frame is not read in its place.
    """
    slots = range(slot[0], slot[0] + MOST_FRAMES)
    clock = plates.clocks.get(layer.key or "")
    if layer.start == "timecode" or clock is None:
        yield from (endless_frames(plates, layer, facts, now, (one, slot[1])) for one in slots)
        return
    frames = frames_on_clock(clock, slots, slot[1], rate_of(facts[0]), millionths(now.offset_s))
    yield from ((one,) * len(facts) for one in frames)


def _called(
    plates: PlatesState,
    air: AirState,
    values: Mapping[str, PlateValues],
    slots_a_second: Fraction,
    worlds: Iterable[World],
) -> Iterator[FilmAhead]:
    """Where the next cue sends films."""
    for layer in _layers(worlds, values) if plates.calls else ():
        time_us, facts = plates.calls.get(layer.key or ""), facts_of(air.films, layer)
        clip = clip_of_layer(air, layer, values[layer.key or ""])
        if time_us is None or facts is None or clip is None:
            continue
        pace = _frames_a_slot(rate_of(facts[0]), slots_a_second, _speed(layer, values[layer.key or ""], stands=True))
        frames = _run(clip, frame_at_us(time_us, rate_of(facts[0])), max(pace, _ONE), FIRST_FRAMES)
        for file in layer.films():
            yield FilmAhead(media=air.films[file].identity, file=file, frames=frames, waits=True)


def _layers(worlds: Iterable[World], values: Mapping[str, PlateValues]) -> Iterator[PlateLayer]:
    for world in worlds:
        for layer in world.layers:
            if isinstance(layer, PlateLayer) and (layer.key or "") in values:
                yield layer


@lru_cache(_MOST_KEPT)
def _frames_a_slot(rate: Fraction, slots_a_second: Fraction, speed: int) -> Fraction:
    """How many frames of a film pass in a slot at a speed in millionths."""
    return rate / slots_a_second * Fraction(speed, MILLION)


@lru_cache(_MOST_KEPT)
def _run(clip: Clip, frame: int, step: Fraction, count: int) -> tuple[int, ...]:
    """So many different frames of a clip in the order in which it shows them, one every `step` of them."""
    begin = max(frame, clip.first)
    steps = range(min(count, max(1, (clip.frames / step).__ceil__())))
    return _in_turn(clip, (begin + number * step.numerator // step.denominator for number in steps))


def _in_turn(clip: Clip, frames: Iterable[int]) -> tuple[int, ...]:
    """What a clip shows of endless frames, each once, those of a dissolve with what comes."""
    found: dict[int, None] = {}
    for frame in frames:
        one = shown(clip, frame)
        found[one.frame] = None
        if one.coming is not None:
            found[one.coming] = None
    return tuple(found)
