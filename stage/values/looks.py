"""A look: values by path that make a picture what it is, whatever stage it is called on. Pure.

It holds no geometry, placement, delay or output, so that recalling one never undoes what the crew has set up.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, get_args, get_type_hints

from stage.values.parameters import Parameter, Refusal
from stage.values.stage_wide import ACTIVE_WORLD, ShowValues
from stage.values.tree import ParameterTree
from tracking.records import Record
from tracking.settable import Value


class Look(Record):
    """A look as its file has it: what it is called, and its values by path, not yet checked against a stage."""

    name: str
    values: dict[str, Value]


class FittedLook(NamedTuple):
    """What a stage makes of a look: the values that it takes, the paths that are of something it does not have, and
    why it refuses others.
    """

    values: dict[str, Value]
    absent: tuple[str, ...]
    refused: dict[str, Refusal]


def fitted(look: Look, tree: ParameterTree) -> FittedLook:
    """The look's values as the stage with this tree keeps them.

    A world, layer, card or light that the stage does not have is no fault of the look; its values are checked all the
    same, so that a look is right or wrong wherever it is called.
    """
    values: dict[str, Value] = {}
    absent: list[str] = []
    refused: dict[str, Refusal] = {}
    for path, value in look.values.items():
        stands_for = _absent_group(path, tree)
        checked = _checked(path, value, tree if stands_for is None else stands_for)
        if isinstance(checked, Refusal):
            if path == ACTIVE_WORLD and checked.reason == "no_such_choice":
                absent.append(path)
            else:
                refused[path] = checked
        elif stands_for is not None:
            absent.append(path)
        else:
            values[path] = checked
    return FittedLook(values, tuple(absent), refused)


def _checked(path: str, value: Value, tree: ParameterTree) -> Value | Refusal:
    parameter = tree.find(path)
    if isinstance(parameter, Parameter) and not parameter.in_looks:
        return Refusal(code="forbidden", reason="not_in_looks", values={"path": path})
    return tree.check(path, value)


def _absent_group(path: str, tree: ParameterTree) -> ParameterTree | None:
    """What the group of a path would have if the stage had it; None where it does, or there are no such groups."""
    _, family, key, rest, *_ = [*path.split("/", 3), "", "", ""]
    kinds = _named_groups()
    if family not in kinds or not rest or tree.under(f"/{family}/{key}"):
        return None
    declared = ParameterTree()
    declared.admit(f"/{family}/{key}", kinds[family]())
    return declared


def _named_groups() -> Mapping[str, type]:
    """The families whose groups have names and may be missing, with what each group of them holds."""
    hints = get_type_hints(ShowValues)
    return {name: get_args(hint)[1] for name, hint in hints.items() if get_args(hint)[:1] == (str,)}
