"""How what is on air changes: cuts, dissolves, and targets that wait. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import NamedTuple

from render.worlds.configured import Around
from render.worlds.model.record import ModelPlan
from render.worlds.on_air import AirPlan, WorldPlan
from render.worlds.plate.record import PlatePlan
from stage.show.air.dissolve import Dissolve, end_frame, hastened, held_or_not, is_over, light_at, turned
from stage.show.air.state import AirState, failure_of, is_ready, key_named, known_depths, ready_assets, try_again
from stage.show.frame.outcome import AirReport
from stage.show.sky.planned import ShotSkies, adapted_stops, sky_plan
from stage.show.values.controls import Controls
from stage.values.stage_wide import ACTIVE_WORLD, ShowValues
from tracking.records import Vec3


def advance_air(air: AirState, controls: Controls, frame: int, rate: Fraction) -> None:
    """Moves what is on air on to `frame`, towards the world that `/world/active` names.

    A dissolve that has ended puts its world on air. Then a target that is ready is cut or dissolved to. A target that
    cannot be read is given up: `/world/active` is what is on air again.
    """
    target = key_named(air, controls.state.values.world.active) or air.on_air
    if target != air.asked:
        air.asked = target
        try_again(air, target)
    if air.dissolve is not None:
        dissolve = held_or_not(air.dissolve, frame, held=controls.state.dissolve_held)
        air.dissolve = _steered(air, dissolve, target, frame, rate)
        _settle(air, air.dissolve, frame, rate)
    if air.dissolve is None and target != air.on_air:
        _turn_to(air, target, controls, frame)


def catch_up(air: AirState, controls: Controls, frame: int, rate: Fraction) -> None:
    """Ends and begins the dissolves that were due in frames which were skipped before `frame`.

    It comes before anything else of that frame, so that a skipped frame leaves no trace.
    """
    while air.dissolve is not None and (end := end_frame(air.dissolve, rate)) is not None and end < frame:
        advance_air(air, controls, end, rate)


class Others(NamedTuple):
    """What worlds show beside pictures: `shots` remembers skies, `played` are what layers that are films or
    scenes show.
    """

    shots: ShotSkies
    played: Mapping[str, PlatePlan | ModelPlan] = MappingProxyType({})


def air_plan(
    air: AirState, values: ShowValues, frame: int, rate: Fraction, anchor_m: Vec3, *, others: Others
) -> AirPlan:
    """What is on air in this frame. Flat pictures are placed from `anchor_m`."""
    keys = (air.on_air,) if air.dissolve is None else (air.on_air, air.dissolve.coming)
    worlds = [air.worlds[key] for key in keys]
    sky = sky_plan(values) if any(world.knows_hour for world in worlds) else None
    adapted = 0.0 if sky is None else adapted_stops(sky, values.grade.adapt)
    shots = others.shots.of(worlds, values.place)
    around = Around(ready_assets(air), anchor_m, sky, adapted, shots, others.played, known_depths(air))

    def planned(key: str) -> WorldPlan:
        return air.worlds[key].plan(values.worlds[key], values.layer, around)

    if air.dissolve is None:
        return AirPlan(world=planned(air.on_air))
    share = light_at(air.dissolve, frame, rate)
    return AirPlan(world=planned(air.on_air), coming=planned(air.dissolve.coming), share=share)


def air_report(air: AirState, values: ShowValues, frame: int, rate: Fraction) -> AirReport:
    """What is on air in this frame, for people: worlds by their names."""
    dissolve = air.dissolve
    return AirReport(
        target=values.world.active,
        on_air=air.worlds[air.on_air].name,
        coming="" if dissolve is None else air.worlds[dissolve.coming].name,
        share=0.0 if dissolve is None else light_at(dissolve, frame, rate),
        since_frame=air.since_frame,
    )


def _steered(air: AirState, dissolve: Dissolve, target: str, frame: int, rate: Fraction) -> Dissolve:
    """Onwards to its own world, back to the one that goes, and in haste where a third one is asked for."""
    if target == dissolve.coming:
        return turned(dissolve, frame, rate, back=False)
    if target == air.on_air:
        return turned(dissolve, frame, rate, back=True)
    return hastened(dissolve, frame, rate)


def _settle(air: AirState, dissolve: Dissolve, frame: int, rate: Fraction) -> None:
    if is_over(dissolve, frame, rate):
        air.on_air = air.on_air if dissolve.back else dissolve.coming
        air.dissolve, air.since_frame = None, frame


def _turn_to(air: AirState, target: str, controls: Controls, frame: int) -> None:
    if not is_ready(air, target):
        if failure_of(air, target) is not None:
            controls.assign(ACTIVE_WORLD, air.worlds[air.on_air].name)
            air.asked = air.on_air
        return
    state = controls.state
    if state.dissolve_held:
        return
    raw = air.worlds[target].raw or air.worlds[air.on_air].raw
    air.since_frame = frame
    if state.dissolve_s > 0.0 and not raw:
        air.dissolve = Dissolve(
            coming=target, frame=frame, share=0.0, fade_s=state.dissolve_s, curve=state.dissolve_curve
        )
    else:
        air.on_air = target
