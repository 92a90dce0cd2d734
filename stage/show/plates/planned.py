"""What of its films a layer shows in a frame: for the plan. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import msgspec

from render.worlds.plate.record import NO_LENSES, FilmLenses, PlateLayer, PlatePart, PlatePlan
from render.worlds.plate.times import FilmClock, FilmFrame, TimeCode, frame_on_clock, frame_on_timecode, shown
from render.worlds.shared.media import MediaFacts
from render.worlds.shared.plate_values import PlateValues
from render.worlds.shared.running import millionths
from stage.show.air.film_state import facts_of, rate_of
from stage.show.air.films import clip_of_layer
from stage.show.air.state import AirState, worlds_on_air
from stage.show.plates.state import PlatesState, timecode_at

_NO_CLOCK = FilmClock(since=0, runs=False)


def plate_plans(
    plates: PlatesState,
    air: AirState,
    values: Mapping[str, PlateValues],
    slot: tuple[int, Fraction],
    lenses: FilmLenses = NO_LENSES,
) -> dict[str, PlatePlan]:
    """What the layers on air show that are films, by their keys. `slot` is its number and how many a second."""
    found: dict[str, PlatePlan] = {}
    for world in worlds_on_air(air) if values else ():
        for layer in world.layers:
            if isinstance(layer, PlateLayer) and (layer.key or "") in values:
                planned = plate_plan(plates, air, layer, values[layer.key or ""], slot, lenses=lenses)
                found[layer.key or ""] = layer.light({}) if planned is None else planned
    return found


def plate_plan(
    plates: PlatesState,
    air: AirState,
    layer: PlateLayer,
    values: PlateValues,
    slot: tuple[int, Fraction],
    *,
    lenses: FilmLenses = NO_LENSES,
) -> PlatePlan | None:
    """What a layer shows of its films in a slot; None while one of them is not known, since all change together."""
    facts, clip = facts_of(air.films, layer), clip_of_layer(air, layer, values)
    if facts is None or clip is None:
        return None
    frames = tuple(endless_frames(plates, layer, facts, values, slot))
    seen = [shown(clip, frame) for frame in frames]
    crop = (values.crop_left, values.crop_top, values.crop_right, values.crop_bottom)
    parts = (
        msgspec.structs.replace(
            _part(layer, one, frame),
            media=air.films[file].identity,
            place=place,
            crop=crop if any(crop) else msgspec.UNSET,
        )
        for file, place, one, frame in zip(layer.films(), layer.places(lenses), facts, seen, strict=True)
    )
    return PlatePlan(parts=tuple(parts), is_hidden=all(frame.is_hidden for frame in seen))


def endless_frames(
    plates: PlatesState,
    layer: PlateLayer,
    facts: tuple[MediaFacts, ...],
    values: PlateValues,
    slot: tuple[int, Fraction],
) -> tuple[int, ...]:
    """Where each film of a layer would be in a slot if it had no end.

    On time code each of a set goes by its own start, so that cameras which did not begin together play together.
    """
    number, slots_a_second = slot
    clock, rate = plates.clocks.get(layer.key or "", _NO_CLOCK), rate_of(facts[0])
    offset_us = millionths(values.offset_s)
    if layer.start != "timecode":
        return (frame_on_clock(clock, number, slots_a_second, rate, offset_us),) * len(facts)
    now = timecode_at(plates.timecode, number, slots_a_second)
    if now is not None and clock.stood is not None:
        now = TimeCode(clock.stood, 1, now.rate, now.drop)
    if now is None:
        return (-1,) * len(facts)
    found = (frame_on_timecode(now, layer.start_timecode or one.start, rate, offset_us) for one in facts)
    return tuple(-1 if frame is None else frame for frame in found)


def _part(layer: PlateLayer, facts: MediaFacts, frame: FilmFrame) -> PlatePart:
    """The frame, and the colour that was taken: the layer's own, or what the film's tags say."""
    colours = layer.colours_of(facts)
    return PlatePart(
        frame=frame.frame,
        coming=msgspec.UNSET if frame.coming is None else frame.coming,
        share=msgspec.UNSET if frame.coming is None else frame.share,
        colour_space=colours.colour_space,
        matrix=colours.matrix,
        full_range=colours.full_range,
    )
