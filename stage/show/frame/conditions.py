"""Why something happened, and what stands outside the show until further notice. Pure."""

from __future__ import annotations

from typing import Literal

import msgspec

from tracking.records import Evolving, Scalar

Severity = Literal["note", "warning", "alarm"]
"""Worth knowing; something will go wrong; the picture, the take or the safety of either is affected now."""


class Cause(Evolving):
    """Why something happened: a code with the values that its sentence speaks of.

    A value named `cause` holds further codes, in the order in which they came about, with commas between them.
    """

    code: str
    values: dict[str, Scalar] = msgspec.field(default_factory=dict)


class Dropped(Evolving, tag="dropped"):
    """Inputs that an edge had to drop, and why: a cause of `tracking.datagrams.Drop`, or the system's own words."""

    source: str
    count: int
    cause: str


class Condition(Evolving, tag="condition"):
    """Something outside the show that stands until further notice: a device, display, file or process is missing.

    An edge reports it when it begins, when its values change, and with `present` false when it is over. One that
    `lasts`, such as a restart, stands until somebody has acknowledged it.
    """

    code: str
    severity: Severity = "alarm"
    values: dict[str, Scalar] = msgspec.field(default_factory=dict)
    present: bool = True
    lasts: bool = False
