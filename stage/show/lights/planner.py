"""From the values of lights and the light that reached them to what every cell is to give in a frame. Pure.

And where light is measured in it: for those who follow, and for those who asked once.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from msgspec import UNSET, UnsetType

from render.plan.probes import MOST_PROBES, ProbesPlan
from render.worlds.on_air import AirPlan
from stage.config.records import StageConfig
from stage.show.frame.inputs import FrameTime
from stage.show.frame.lights import LightsPlan
from stage.show.lights.colour import light_of
from stage.show.lights.following import kept_share, mean_of, note_layout, slot_targets, smoothed
from stage.show.lights.key_light import KeySky, direction_deg
from stage.show.lights.rows import probes_of
from stage.show.lights.state import LightsState, asked_slot, light_of_slot
from stage.show.lights.tables import LightTables
from stage.show.report.tracker_health import Fault
from stage.values.stage_wide import ShowValues
from tracking.records import Vec3

_DARK: Vec3 = (0.0, 0.0, 0.0)


class PlannedLights(NamedTuple):
    """What the lights are to give in a frame, and where their light is measured; UNSET where there is nothing."""

    plan: LightsPlan | UnsetType = UNSET
    probes: ProbesPlan | UnsetType = UNSET


class _Key(NamedTuple):
    """The light of sun, moon or brightest source, and its direction; `no_sky` says that it has to be measured."""

    light: Vec3 | None = None
    direction: tuple[float, float] | None = None
    no_sky: bool = False


class LightPlanner:
    """Plans the lights of one configuration. What it keeps follows from values and state, so it is no state itself."""

    def __init__(self, config: StageConfig) -> None:
        self._tables = LightTables(config)
        self._probing = Probing(self._tables)
        self._key_sky = KeySky()
        self._rate: Fraction = config.stage.rate()
        self._half_period_ns = round(500_000_000 / self._rate)
        self._is_plain = all(light.cells == 1 for light in self._tables.rig)
        self._shown: tuple[float, ...] | None = None
        self._targets: tuple[float, ...] = ()

    def plan(self, state: LightsState, values: ShowValues, air: AirPlan, time: FrameTime) -> PlannedLights:
        """The frame's targets and probes. It moves what follows on to this frame; a frozen stage moves nothing."""
        tables = self._tables
        if not tables.rig:
            return PlannedLights()
        is_other = tables.read(values)
        if tables.slots.slots != state.slots:
            self._admit(state)
        key = self._key(state, values, air)
        if state.slots and not values.output.freeze:
            self._follow(state, key, max(time.frame - state.frame, 0))
        state.frame = time.frame
        if state.asked:
            self._give(state, key)
        if is_other or self._shown != state.now:
            self._targets, self._shown = self._all_targets(state), state.now
        plan = LightsPlan(
            frame=time.frame,
            light_ns=self._light_ns(values, time.present_ns),
            targets=self._targets,
            patch=tables.patch,
            directions=dict(state.directions),
            dark=values.lights.blackout,
        )
        return PlannedLights(plan, self._probing.plan(state, time.frame, brightest=key.no_sky))

    def faults(self) -> tuple[Fault, ...]:
        """What is wrong with the patch and with what is measured, as of the last frame."""
        return self._tables.faults

    def _admit(self, state: LightsState) -> None:
        """Brings the slots to what follows now. A new follower begins with the light that it gave by hand, and in the
        first frame of all with none.
        """
        slots = self._tables.slots.slots
        goal = dict(zip(state.slots, _triples(state.goal), strict=True))
        now = dict(zip(state.slots, _triples(state.now), strict=True))
        dark = state.frame < 0
        begins = [now.get(slot) or (_DARK if dark else self._first_light(slot)) for slot in slots]
        state.now = _flat(iter(begins))
        state.goal = _flat(goal.get(slot, begin) for slot, begin in zip(slots, begins, strict=True))
        state.held = {slot: xy for slot, xy in state.held.items() if slot in now}
        rows = self._tables.rows
        state.directions = {index: one for index, one in state.directions.items() if rows[index].follow == "sun"}
        state.slots = slots

    def _first_light(self, slot: int) -> Vec3:
        row = self._tables.rows[light_of_slot(slot)]
        x, y, level = row.hand
        return light_of((x, y, level / row.gain))

    def _key(self, state: LightsState, values: ShowValues, air: AirPlan) -> _Key:
        """The key light of this frame, where anybody wants it."""
        if not self._tables.slots.suns and not any(one.follow == "sun" for one in state.asked):
            return _Key()
        found = self._key_sky.key_light(air, values.grade, values.outer)
        if found is not None:
            return _Key(found.light, None if found.towards is None else direction_deg(found.towards))
        if state.brightest is None:
            return _Key(no_sky=True)
        azimuth, elevation, red, green, blue = state.brightest
        return _Key((red / math.pi, green / math.pi, blue / math.pi), (azimuth, elevation), no_sky=True)

    def _follow(self, state: LightsState, key: _Key, passed: int) -> None:
        """Moves the light shown on by the frames that have passed, towards what reached the followers."""
        slots = self._tables.slots
        if slots.suns and key.light is not None:
            goal = list(state.goal)
            for place in slots.suns:
                goal[3 * place : 3 * place + 3] = key.light
                if key.direction is not None and not slots.holds[place]:
                    state.directions[light_of_slot(state.slots[place])] = key.direction
            state.goal = tuple(goal)
        passed_s = passed * self._rate.denominator / self._rate.numerator
        if state.frame < 0:
            state.now = state.goal
        elif slots.even_s is not None:
            state.now = smoothed(state.now, state.goal, kept_share(slots.even_s, passed_s))
        else:
            state.now = smoothed(state.now, state.goal, self._ways(passed_s))

    def _ways(self, passed_s: float) -> list[float]:
        """How much of the way to its goal each number goes."""
        slots = self._tables.slots
        shares = {smooth_s: kept_share(smooth_s, passed_s) for smooth_s in dict.fromkeys(slots.smooth_s)}
        ways: list[float] = []
        for smooth_s, hold in zip(slots.smooth_s, slots.holds, strict=True):
            way = 0.0 if hold else shares[smooth_s]
            ways += (way, way, way)
        return ways

    def _give(self, state: LightsState, key: _Key) -> None:
        """Gives those who asked for a light once what is known already: what it follows, or the key light."""
        for one in state.asked:
            row = self._tables.rows[one.light]
            if one.reached:
                continue
            if row.follow == one.follow:
                places = [place for place, slot in enumerate(state.slots) if light_of_slot(slot) == one.light]
                one.reached = mean_of([part for place in places for part in state.now[3 * place : 3 * place + 3]])
            elif one.follow == "sun" and key.light is not None:
                one.reached = key.light

    def _all_targets(self, state: LightsState) -> tuple[float, ...]:
        """x, y and level of every cell, in the order of the configuration."""
        tables = self._tables
        slots = tables.slots
        followed = slot_targets(state, slots.gains, slots.lows, slots.highs, tables.slot_scales)
        if self._is_plain and len(slots.slots) == len(tables.rows):
            return tuple(followed)
        found: list[float] = []
        place = 0
        for light, row, scale in zip(tables.rig, tables.rows, tables.scales, strict=True):
            if row.slots == 0:
                x, y, level = row.hand
                found += (x, y, min(level, row.high) * scale) * light.cells
                continue
            part = followed[place : place + 3 * row.slots]
            found += part if row.slots == light.cells else part * light.cells
            place += 3 * row.slots
        return tuple(found)

    def _light_ns(self, values: ShowValues, present_ns: int) -> int:
        """When the light of the slowest wall leaves it: then all of the picture is there."""
        slowest_ms = max((wall.latency_ms for wall in values.wall.values()), default=0.0)
        return present_ns + self._half_period_ns + round(slowest_ms * 1e6)


def _triples(flat: tuple[float, ...]) -> Iterator[Vec3]:
    return zip(flat[0::3], flat[1::3], flat[2::3], strict=True)


def _flat(triples: Iterator[Vec3]) -> tuple[float, ...]:
    return tuple(part for triple in triples for part in triple)


class Probing:
    """Makes the probes of frames. The same ones are the same record, so that the renderer sees at once what changed."""

    def __init__(self, tables: LightTables) -> None:
        self._tables = tables
        self._kept: ProbesPlan | UnsetType = UNSET

    def plan(self, state: LightsState, frame: int, *, brightest: bool) -> ProbesPlan | UnsetType:
        """This frame's probes; UNSET where nothing is measured."""
        tables = self._tables
        probes, slots = tables.probes, tables.probed
        asks = [one for one in state.asked if not one.reached]
        if asks:
            more, whose = list(probes), list(slots)
            for one in asks:
                found = probes_of(tables.rig[one.light], tables.values[one.light], one.follow)
                if len(more) + len(found) <= MOST_PROBES:
                    more += found
                    whose += (asked_slot(one.number, cell) for cell in range(len(found)))
            probes, slots = tuple(more), tuple(whose)
        note_layout(state, frame, slots)
        since_frame = state.layouts[-1].from_frame
        kept = self._kept
        if not probes and not brightest:
            self._kept = UNSET
        elif (
            kept is UNSET
            or (kept.brightest, kept.since_frame) != (brightest, since_frame)
            or (kept.probes is not probes and kept.probes != probes)
        ):
            self._kept = ProbesPlan(probes=probes, brightest=brightest, since_frame=since_frame)
        return self._kept
