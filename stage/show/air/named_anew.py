"""Worlds of the library that are called something else, since other files came beside theirs or went. Pure."""

from __future__ import annotations

import msgspec

from stage.show.air.library_names import TakenNames
from stage.show.air.state import AirState
from stage.show.values.controls import Controls
from stage.values.stage_wide import ACTIVE_WORLD


def free_last_twin(air: AirState, controls: Controls, taken: TakenNames, stem: str) -> None:
    """The only file that is left of those that shared a stem is called by it alone."""
    twins = taken.twins_of(stem)
    if len(twins) == 1:
        call_anew(air, controls, taken, twins[0], alone=True)


def call_anew(air: AirState, controls: Controls, taken: TakenNames, file: str, *, alone: bool) -> None:
    """Gives a file's world the name that it has beside the files that there are now."""
    known = air.library.files[file]
    name = taken.name_for(file, known.stem, known.suffix, alone=alone)
    if name == known.name or known.cause is not None:
        return
    before, known.name = known.name, name
    taken.call(file, before, name)
    if known.key not in air.library.full:
        return
    world = air.worlds[known.key]
    layers = tuple(
        msgspec.structs.replace(layer, name=name) if layer.name == before else layer for layer in world.layers
    )
    air.worlds[known.key] = msgspec.structs.replace(world, name=name, layers=layers)
    if controls.state.values.world.active == before:
        controls.call_anew(ACTIVE_WORLD, name)
