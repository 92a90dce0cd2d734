"""What a cue sets on this stage, and what it names that is not there. Pure."""

from __future__ import annotations

from collections.abc import Container, Mapping

from stage.show.air.state import AirState
from stage.show.frame.inputs import Cause
from stage.show.looks.capture import own_keys
from stage.show.looks.recall import Recalled, recalled
from stage.show.looks.shelf import LookShelf, look_called
from stage.values.cues import Cue, as_text
from stage.values.looks import absent_parameter, group_folder, groups_of_parts
from stage.values.parameters import MAX_TEXT, Parameter, Refusal
from stage.values.stage_wide import ACTIVE_WORLD
from stage.values.tree import ParameterTree
from tracking.settable import ROLES, Value

_OF_CUES = ROLES[: ROLES.index("director") + 1]
"""The roles whose values a cue may hold."""


def seen_values(cue: Cue, looks: LookShelf, tree: ParameterTree, air: AirState) -> Recalled | Refusal:
    """What a cue would set, without doing anything for it."""
    if not cue.look:
        return own_values(cue, tree)
    own = own_keys(air, world_of(cue, looks))
    return within_cue(recalled(looks, tree, cue.look, groups_of_parts(cue.only), own), cue, tree)


def own_values(cue: Cue, tree: ParameterTree) -> Recalled:
    """The values of a cue without a look, as the stage with this tree takes them."""
    values: dict[str, Value] = {}
    absent: dict[str, None] = {}
    refused: dict[str, Refusal] = {}
    for path, value in cue.values.items():
        checked = checked_value(tree, path, value)
        if isinstance(checked, Refusal):
            if path == ACTIVE_WORLD and checked.reason == "no_such_choice":
                absent[path] = None
            else:
                refused[path] = checked
        elif path in tree:
            values[path] = checked
        else:
            absent[group_folder(path)] = None
    return Recalled(values, tuple(absent), refused)


def checked_value(tree: ParameterTree, path: str, value: Value) -> Value | Refusal:
    """A value as a cue may hold it: one that a director may set, also while a take records.

    A world, layer, card or light that the stage does not have is no fault: its values are checked all the same.
    """
    parameter = tree[path] if path in tree else absent_parameter(path, tree)
    if parameter is None:
        return Refusal(code="unknown_path", reason="no_parameter", values={"path": path[:MAX_TEXT]})
    return _not_in_cues(parameter) or parameter.check(value)


def world_of(cue: Cue, looks: LookShelf) -> str:
    """The world that a cue puts on air, "" for none."""
    if not cue.look:
        return cue.world
    called = look_called(looks, cue.look)
    return "" if isinstance(called, Refusal) or (cue.only and "world" not in cue.only) else called.kept.look.world


def lacks_of(cue: Cue, looks: LookShelf, worlds: Container[str]) -> list[Cause]:
    """What a cue names that is not there: its look, or the world that it puts on air."""
    number = as_text(cue.number)
    if cue.look and isinstance(look_called(looks, cue.look), Refusal):
        return [Cause(code="cue_look_missing", values={"cue": number, "look": cue.look})]
    world = world_of(cue, looks)
    if world and world not in worlds:
        return [Cause(code="cue_world_missing", values={"cue": number, "world": world})]
    return []


def _not_in_cues(parameter: Parameter) -> Refusal | None:
    if parameter.role in _OF_CUES and not parameter.guarded:
        return None
    return Refusal(code="forbidden", reason="not_in_cues", values={"path": parameter.path})


def within_cue(found: Recalled | Refusal, cue: Cue, tree: ParameterTree) -> Recalled | Refusal:
    """What a look sets as a cue may set it; a look that is not there is refused with the cue that names it."""
    if isinstance(found, Refusal):
        values = {"cue": as_text(cue.number), "look": cue.look}
        return Refusal(code="conflict", reason="cue_without_look", values=dict(values)) if _is_absent(found) else found
    parameters = tree.by_path
    kept_back = {path: why for path in found.values if (why := _not_in_cues(parameters[path])) is not None}
    if not kept_back:
        return found
    values_left: Mapping[str, Value] = {path: value for path, value in found.values.items() if path not in kept_back}
    return Recalled(dict(values_left), found.absent, {**found.refused, **kept_back})


def _is_absent(refusal: Refusal) -> bool:
    return refusal.reason == "no_look"
