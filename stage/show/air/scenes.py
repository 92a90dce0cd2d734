"""3D scenes on the walls: how far each has moved, and where it stands in a frame. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import msgspec

from render.worlds.configured import World
from render.worlds.model.record import ModelLayer, ModelPlan
from render.worlds.shared.model_values import ModelValues
from render.worlds.shared.running import RunningClock, gone_at, millionths
from stage.show.air.state import AirState, ready_assets, worlds_on_air
from stage.values.stage_wide import ShowValues
from tracking.records import Notebook

_NO_CLOCK = RunningClock(since=0, runs=False)


class ModelsState(Notebook):
    """How far the movement of each scene has come, by the key of its layer."""

    clocks: dict[str, RunningClock] = msgspec.field(default_factory=dict)


def move_on(models: ModelsState, values: Mapping[str, ModelValues], slot: int, *, frozen: bool) -> None:
    """Brings every scene on to a slot: what was set of it since holds from there on."""
    for key in [key for key in models.clocks if key not in values]:
        del models.clocks[key]
    for key, now in values.items():
        clock = models.clocks.setdefault(key, RunningClock(since=slot))
        runs, speed = now.moves and not frozen, millionths(now.pace)
        if (runs, speed) != (clock.runs, clock.speed):
            clock.gone, clock.since = gone_at(clock, slot), slot
            clock.runs, clock.speed = runs, speed


def model_plans(
    models: ModelsState, air: AirState, values: ShowValues, slot: tuple[int, Fraction]
) -> dict[str, ModelPlan]:
    """The scenes on air, by the keys of their layers. `slot` is its number and how many a second."""
    if not values.model:
        return {}
    ready, found = ready_assets(air), dict[str, ModelPlan]()
    for world in worlds_on_air(air):
        for key, layer in _scenes(world):
            time_us = moved_us(models.clocks.get(key, _NO_CLOCK), slot)
            turn_deg = values.worlds[world.key or ""].turn_deg
            found[key] = layer.placed(ready, values.model[key], turn_deg, time_us)
    return found


def moved_us(clock: RunningClock, slot: tuple[int, Fraction]) -> int:
    """How far a movement has come in a slot, in whole microseconds."""
    number, slots_a_second = slot
    return gone_at(clock, number) * slots_a_second.denominator // slots_a_second.numerator


def _scenes(world: World) -> list[tuple[str, ModelLayer]]:
    return [(layer.key or "", layer) for layer in world.layers if isinstance(layer, ModelLayer)]
