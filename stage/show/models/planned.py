"""Where 3D scenes stand in a frame, and how far they have moved: for the plan. Pure."""

from __future__ import annotations

from fractions import Fraction

from render.worlds.configured import World
from render.worlds.model.record import ModelLayer, ModelPlan
from render.worlds.shared.running import RunningClock, gone_at
from stage.show.air.state import AirState, ready_assets
from stage.show.models.state import ModelsState
from stage.show.plates.planned import worlds_on_air
from stage.values.stage_wide import ShowValues

_NO_CLOCK = RunningClock(since=0, runs=False)


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
