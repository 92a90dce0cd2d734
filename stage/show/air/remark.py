"""One thing to know of a world: a code with values for its sentence, and the values that would cure it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from render.worlds.shared.values import LayerValues
from tracking.records import Scalar
from tracking.settable import Value, declarations_of

_LIMITS = {declared.name: (declared.low, declared.high) for declared in declarations_of(LayerValues)}
_NONE: Mapping[str, Value] = MappingProxyType({})


class Remark(NamedTuple):
    """A code of the words' table with its values; `fix` are values by path, empty where none cures it."""

    code: str
    values: Mapping[str, Scalar]
    fix: Mapping[str, Value] = _NONE


def within(name: str, value: float) -> float:
    """The nearest value to this one that may be set of a layer."""
    low, high = _LIMITS[name]
    return value if low is None or high is None else min(max(value, low), high)
