"""What clients see of looks: each in a list, and one beside what is in force."""

from __future__ import annotations

from typing import Literal

import msgspec

from stage.show.air.state import Standing
from stage.show.frame.inputs import LookKind
from stage.values.looks import LookPart
from tracking.records import Evolving
from tracking.settable import Value

LOOKS_A_REPLY = 256
"""So many looks, or values of one, are in one reply."""


class LookStatus(Evolving):
    """One look in a list.

    `kind` is "show" for one made by hand, "take" for one kept of a take, "shipped" for one that cannot be changed. It
    has `count` values of these `parts`. `world` is what it names, "" for none, and `world_state` how that stands;
    "missing" is one that the stage has not got. `file` is its place in the folder of the looks, `saved` whether that is
    written. `frame` is when its values were taken from the stage, -1 where they never were. `thumbnail` is the path of
    a small JPEG of the wall at that moment, None where there is none.
    """

    name: str
    kind: LookKind
    parts: tuple[LookPart, ...]
    count: int
    world: str = ""
    world_state: Standing | Literal["missing", ""] = ""
    file: str = ""
    saved: bool = False
    frame: int = -1
    thumbnail: str | None = None


class LookChange(Evolving):
    """A value that a look would change: what it sets, and what is in force (the target, where a fade runs)."""

    path: str
    look: Value
    present: Value


class LookRefused(Evolving):
    """Why a value of a look cannot be set: for programs, and in English."""

    code: str
    reason: str
    detail: str


class LookComparison(Evolving):
    """A look beside what is in force: the values that it would change, of which there are `total`, what it names and
    the stage has not got, and why further values cannot be set, by path.
    """

    name: str
    changes: tuple[LookChange, ...]
    total: int
    absent: tuple[str, ...] = ()
    refused: dict[str, LookRefused] = msgspec.field(default_factory=dict)
