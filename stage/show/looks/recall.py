"""What a look sets when it is recalled, as this stage takes it; what is left of it, and if it is in force. Pure."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import NamedTuple

from stage.show.air.state import AirState
from stage.show.looks.capture import own_keys
from stage.show.looks.shelf import CalledLook, KeptLook, LookShelf, look_called
from stage.show.sky.clock import DATE, DRIFT, HOUR
from stage.show.values.controls import ControlState
from stage.values.looks import OF_WORLDS_BELOW, FittedLook, fitted, group_folder
from stage.values.parameters import Refusal
from stage.values.stage_wide import ACTIVE_WORLD
from stage.values.tree import ParameterTree, values_at
from tracking.settable import ROLES, LookGroup, Role, Value

_FITTED = "fitted"
"""The name under which a look carries what it is on this stage. It is no field, so it is neither encoded nor compared.
"""
NOTHING_REFUSED: Mapping[str, Refusal] = {}


class Recalled(NamedTuple):
    """A look on this stage: the values that it sets, by path; what it names and the stage has not got; and why further
    values cannot be set, by path. `roles` are those that its values need, where that is known.

    `absent` has `/world/active` for a world that is missing, and the folder of a missing layer, card or the like:
    `/layer/sea`.
    """

    values: Mapping[str, Value]
    absent: tuple[str, ...]
    refused: Mapping[str, Refusal] = NOTHING_REFUSED
    roles: frozenset[Role] = frozenset(ROLES)


def recalled(
    shelf: LookShelf,
    tree: ParameterTree,
    name: str,
    only: frozenset[LookGroup] = frozenset(),
    own: Container[str] | None = None,
    *,
    takes: bool = False,
) -> Recalled | Refusal:
    """What the look that is called `name` sets: all of it, or `only` some look groups. A refusal where there is none.

    `own` are the keys of the world that the look names and of its layers: values of any other world are refused, so
    that a file made by hand cannot change what it does not show. None lets them pass. Whoever knows the worlds calls
    the named one first, so that its values are in the tree (`stage.show.commands.look_work.look_on_stage`). With
    `takes` a look of a take is meant.
    """
    called = look_called(shelf, name, takes=takes)
    if isinstance(called, Refusal):
        return called
    found = _fitted(called.kept, tree) if not only else fitted(called.kept.values, tree, only)
    foreign = [] if own is None else [path for path in found.of_worlds if is_of_other_world(path, own)]
    refused = {path: Refusal(code="conflict", reason="not_of_its_world", values={"path": path}) for path in foreign}
    values = {path: value for path, value in found.values.items() if path not in refused} if foreign else found.values
    absent = dict.fromkeys(path if path == ACTIVE_WORLD else group_folder(path) for path in found.absent)
    return Recalled(values, tuple(absent), {**found.refused, **refused}, found.roles)


def fit_look(shelf: LookShelf, tree: ParameterTree, name: str) -> None:
    """Finds ahead what a look is on the stage with this tree."""
    called = look_called(shelf, name)
    if not isinstance(called, Refusal):
        _fitted(called.kept, tree)


def _fitted(kept: KeptLook, tree: ParameterTree) -> FittedLook:
    """A whole look on the stage with this tree. It is found once for as long as the tree stays as it is: a look that
    is called again and again takes half the time.
    """
    of_tree, version, found = kept.__dict__.get(_FITTED, (None, 0, None))
    if of_tree is tree and version == tree.version and isinstance(found, FittedLook):
        return found
    found = fitted(kept.values, tree)
    kept.__dict__[_FITTED] = (tree, tree.version, found)
    return found


def is_of_other_world(path: str, own: Container[str]) -> bool:
    """Whether a value is one of a world or layer, and of none with these keys."""
    return path.startswith(OF_WORLDS_BELOW) and path.split("/", 3)[2] not in own


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
