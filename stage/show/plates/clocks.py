"""Brings films on to a slot: what was set of them since holds from there on. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import NamedTuple

from render.worlds.plate.record import PlateLayer
from render.worlds.plate.times import FilmClock, frame_on_clock
from render.worlds.shared.plate_values import PlateValues
from render.worlds.shared.running import gone_at, millionths
from stage.show.air.films import clip_of_layer, lead_rate
from stage.show.air.state import AirState
from stage.show.plates.state import PlatesState, timecode_at
from stage.show.report.take import TakeState


class Jump(NamedTuple):
    """Where a film was sent, in microseconds, and in which slot."""

    time_us: int
    slot: int


class FilmTime(NamedTuple):
    """What films are brought on by: the slot, how many there are a second, the take, and whether time stands.

    `jumps` are where films were sent in it, by the keys of their layers.
    """

    slot: int
    slots_a_second: Fraction
    take: TakeState
    frozen: bool = False
    jumps: Mapping[str, Jump] = MappingProxyType({})


def plate_layers(air: AirState) -> Iterator[tuple[str, PlateLayer]]:
    """Every layer that is a film, of all worlds that stand ready, by its key."""
    for world in air.worlds.values():
        for layer in world.layers:
            if isinstance(layer, PlateLayer):
                yield layer.key or "", layer


def bring_on(plates: PlatesState, air: AirState, values: Mapping[str, PlateValues], time: FilmTime) -> None:
    """Brings every film on to a slot."""
    if not values:
        plates.clocks.clear()
        return
    layers = dict(plate_layers(air))
    for key in [key for key in plates.clocks if key not in values]:
        del plates.clocks[key]
    for key, now in values.items():
        if key in layers:
            _bring_on(plates, air, layers[key], now, time)


def _bring_on(plates: PlatesState, air: AirState, layer: PlateLayer, now: PlateValues, time: FilmTime) -> None:
    key, in_us, offset_us = layer.key or "", millionths(now.in_s), millionths(now.offset_s)
    clock = plates.clocks.get(key)
    if clock is None:
        clock = FilmClock(since=time.slot, from_us=in_us, in_us=in_us, waits=layer.start == "take")
        plates.clocks[key] = clock
    _follow_cut(clock, air, layer, now, time)
    if layer.start == "take":
        _follow_take(clock, in_us, time.take, runs=now.play and not time.frozen)
    jump = time.jumps.get(key)
    if jump is not None:
        _begin_at(clock, jump.time_us, jump.slot, late_us=offset_us)
    runs, speed = now.play and not time.frozen and not clock.waits, millionths(now.speed)
    if (runs, speed) != (clock.runs, clock.speed):
        if clock.since <= time.slot:
            clock.gone, clock.since = gone_at(clock, time.slot), time.slot
        clock.runs, clock.speed = runs, speed
    _follow_timecode(clock, plates, time)


def _follow_cut(clock: FilmClock, air: AirState, layer: PlateLayer, now: PlateValues, time: FilmTime) -> None:
    """Where a film begins was moved: one that is before that goes on from there, any other from where it is."""
    in_us, offset_us = millionths(now.in_s), millionths(now.offset_s)
    if in_us == clock.in_us:
        return
    clip, rate = clip_of_layer(air, layer, now), lead_rate(air, layer)
    if clip is None or rate is None:
        clock.from_us = in_us
    elif frame_on_clock(clock, time.slot, time.slots_a_second, rate, offset_us) < clip.first:
        _begin_at(clock, in_us, time.slot, late_us=offset_us)
    clock.in_us = in_us


def _follow_take(clock: FilmClock, in_us: int, take: TakeState, *, runs: bool) -> None:
    """Begins a film anew with the first frame of a take, once that is known."""
    if not take.recording or take.first_frame < 0 or (clock.take, clock.begun) == (take.count, take.first_frame):
        return
    clock.take, clock.begun, clock.runs = take.count, take.first_frame, runs
    _begin_at(clock, in_us, take.first_frame, late_us=0)


def _begin_at(clock: FilmClock, time_us: int, slot: int, *, late_us: int) -> None:
    """Lets a film begin at a time of it in a slot, as late as it is there already."""
    clock.from_us, clock.late_us, clock.gone, clock.since, clock.waits = time_us, late_us, 0, slot, False


def _follow_timecode(clock: FilmClock, plates: PlatesState, time: FilmTime) -> None:
    """Where a film that does not run stands on time code."""
    if clock.runs:
        clock.stood = None
    elif clock.stood is None:
        now = timecode_at(plates.timecode, time.slot, time.slots_a_second)
        clock.stood = None if now is None else now.frames // now.parts
