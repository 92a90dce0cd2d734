"""What a settable value is, and short ways to declare one. Pure."""

from __future__ import annotations

from typing import Literal

import msgspec

from stage.show.frame.inputs import Value
from tracking.records import Record

Kind = Literal["float", "boolean", "text", "choice"]
Role = Literal["viewer", "director", "operator", "admin"]
ROLES: tuple[Role, ...] = ("viewer", "director", "operator", "admin")


class Parameter(Record):
    """One settable value.

    `minimum` and `maximum` (in `unit`) bound floats, `choices` lists what a choice accepts, `role` is the least role
    that may set it, `in_looks` says whether a look stores it, `fades` whether it can move over time.
    """

    path: str
    kind: Kind
    default: Value
    help: str
    unit: str = ""
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()
    role: Role = "director"
    in_looks: bool = False
    fades: bool = False


def switch(path: str, text: str, *, default: bool = False) -> Parameter:
    """Something that is on or off."""
    return Parameter(path=path, kind="boolean", default=default, help=text)


def look(path: str, unit: str, bounds: tuple[float, float], default: float, text: str) -> Parameter:
    """A number that a look stores and a director may fade."""
    number = setting(path, unit, bounds, default, text)
    return msgspec.structs.replace(number, role="director", in_looks=True)


def setting(path: str, unit: str, bounds: tuple[float, float], default: float, text: str) -> Parameter:
    """A number that belongs to the stage and not to a look: geometry, delays, the hand-driven camera."""
    return Parameter(
        path=path,
        kind="float",
        default=default,
        help=text,
        unit=unit,
        minimum=bounds[0],
        maximum=bounds[1],
        role="operator",
        fades=True,
    )


def operator_switch(path: str, text: str) -> Parameter:
    """A switch that is off at first and not the director's."""
    return msgspec.structs.replace(switch(path, text), role="operator")


def choice(path: str, choices: tuple[str, ...], text: str) -> Parameter:
    """One of several words; the first is the default."""
    return Parameter(path=path, kind="choice", default=choices[0], choices=choices, help=text, role="operator")
