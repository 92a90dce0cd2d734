"""Whether a look is in force: all that it sets on this stage is as it has it, or on its way there. Pure."""

from __future__ import annotations

from stage.show.air.state import AirState
from stage.show.looks.capture import own_keys
from stage.show.looks.recall import recalled
from stage.show.looks.shelf import CalledLook, LookShelf
from stage.show.sky.clock import DATE, DRIFT, HOUR
from stage.show.values.controls import ControlState
from stage.values.parameters import Refusal
from stage.values.stage_wide import ACTIVE_WORLD
from stage.values.tree import ParameterTree, values_at


def is_in_force(
    called: CalledLook, shelf: LookShelf, air: AirState, controls: ControlState, tree: ParameterTree
) -> bool:
    """Whether a look of the shelf is in force. One that sets nothing here, or whose world is missing, is not.

    Clouds that the wind has moved, and an hour that has run on, leave it in force; a value that HOLD has stopped on its
    way is not on its way there.
    """
    found = recalled(shelf, tree, called.name, own=own_keys(air, called.kept.look.world))
    if isinstance(found, Refusal) or not found.values or ACTIVE_WORLD in found.absent:
        return False
    fades = controls.fades
    by_itself = (HOUR, DATE, DRIFT) if controls.values.time.running else (DRIFT,)
    for path, present in values_at(controls.values, found.values).items():
        fade = fades.get(path)
        if (present if fade is None or fade.held >= 0 else fade.target) != found.values[path] and path not in by_itself:
            return False
    return True
