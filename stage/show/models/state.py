"""What the show remembers of 3D scenes that move. Pure."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from render.worlds.shared.model_values import ModelValues
from render.worlds.shared.running import RunningClock, gone_at, millionths
from tracking.records import Notebook


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
