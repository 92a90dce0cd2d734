"""What is in force that replaces what the film camera would see: safe hands, patterns, cameras driven by hand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from stage.show.report.tracker_health import Fault
from stage.values.parameters import Parameter
from stage.values.stage_wide import ShowValues
from stage.values.tree import ParameterTree, value_at
from tracking.settable import Value


class Override(NamedTuple):
    """A value in force, and what it is normally: what the configuration says, or else the declared default."""

    path: str
    value: Value
    normal: Value


def overrides_of(tree: ParameterTree) -> tuple[Parameter, ...]:
    """The parameters that are declared to replace what a film camera would see."""
    return tuple(parameter for parameter in tree if parameter.override is not None)


def in_force(parameters: Iterable[Parameter], values: ShowValues) -> Iterator[Override]:
    """Those of the overrides `parameters` that are not as they normally are."""
    for parameter in parameters:
        value = value_at(values, parameter.path)
        if value != parameter.default:
            yield Override(parameter.path, value, parameter.default)


def started_faults(started_with: list[str], tree: ParameterTree, values: ShowValues) -> Iterator[Fault]:
    """A fault for each of the paths with which the stage started in force, until it is back to normal."""
    for override in in_force((tree[path] for path in started_with if path in tree), values):
        yield Fault("started_in_force", "warning", dict(override._asdict()))
