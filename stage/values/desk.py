"""Which parameters a lighting desk moves, and how its levels become values. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated, Literal

import msgspec

from stage.values.parameters import Parameter
from tracking.records import Record
from tracking.settable import ROLES, Role, Value

MOST_MAPPED = 512
TakeOver = Literal["jump", "pickup", "always"]
"""When a desk's level moves a value: with every change of the level; once the level has passed the value; always."""
_NEVER = ("/wall/", "/camera/", "/tracker/", "/place/")
"""Geometry: a desk that moves it by mistake would move the walls under the actors' feet."""
_NEVER_OF_LIGHTS = ("universe", "address")
_ON = 0.5
_OFF = 0.4
"""A switch is off again only below this level, so that one between does not flutter."""


class DeskMap(Record):
    """One parameter that a desk moves: by the slot `address` of `universe`, and with 16 bits by the next one too.

    Level 0 is `low`, the highest is `high`; without them the parameter's own ends. A switch is on from half level, a
    choice has equal parts of the level for each of its words.
    """

    path: Annotated[str, msgspec.Meta(pattern="^/", max_length=256)]
    universe: Annotated[int, msgspec.Meta(ge=0, le=63_999)]
    address: Annotated[int, msgspec.Meta(ge=1, le=512)]
    bits: Literal[8, 16] = 8
    low: float | None = None
    high: float | None = None
    take_over: TakeOver = "jump"

    @property
    def highest(self) -> int:
        """The highest level."""
        return 255 if self.bits == 8 else 65535

    def level(self, slots: bytes) -> int:
        """The level in the slots of its universe; slots that are not sent are 0."""
        coarse = slots[self.address - 1] if self.address <= len(slots) else 0
        if self.bits == 8:
            return coarse
        return coarse << 8 | (slots[self.address] if self.address < len(slots) else 0)

    def value(self, parameter: Parameter, level: int, present: Value) -> Value:
        """The value that a level stands for."""
        share = level / self.highest
        if parameter.kind == "float":
            low, high = self.ends(parameter)
            return low + (high - low) * share
        if parameter.kind == "boolean":
            return share >= (_OFF if present is True else _ON)
        return parameter.choices[min(len(parameter.choices) - 1, int(share * len(parameter.choices)))]

    def ends(self, parameter: Parameter) -> tuple[float, float]:
        """The values of level 0 and of the highest."""
        low, high = parameter.minimum or 0.0, 1.0 if parameter.maximum is None else parameter.maximum
        return (low if self.low is None else self.low, high if self.high is None else self.high)


def broken_map_rule(mapped: DeskMap, parameter: Parameter | None, role: Role) -> str | None:
    """Why a parameter cannot be moved by a desk with this role, as a code; None where it can."""
    if parameter is None:
        return "desk_unknown_path"
    if is_geometry(mapped.path):
        return "desk_geometry"
    if ROLES.index(parameter.role) > ROLES.index(role):
        return "desk_role"
    if parameter.kind == "choice":
        return None if parameter.choices else "desk_no_choices"
    if parameter.kind == "float":
        low, high = mapped.ends(parameter)
        least, most = parameter.minimum, parameter.maximum
        if (least is not None and min(low, high) < least) or (most is not None and max(low, high) > most):
            return "desk_range"
        return None
    return None if parameter.kind == "boolean" else "desk_text"


def is_geometry(path: str) -> bool:
    """Whether a value belongs to how the stage is set up, such as where something is: no desk ever moves that."""
    if path.startswith(_NEVER):
        return True
    last = path.rpartition("/")[2]
    return last in _NEVER_OF_LIGHTS or (last.endswith("_m") and path.startswith(("/light/", "/outer/")))


def overlapping(maps: Iterable[DeskMap]) -> Iterator[tuple[int, int]]:
    """Pairs of rows that speak of the same parameter: the later and the earlier, by number."""
    first: dict[str, int] = {}
    for number, one in enumerate(maps):
        if first.setdefault(one.path, number) != number:
            yield number, first[one.path]
