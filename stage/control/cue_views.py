"""Cues as clients see them: in a list, in the status, and what one would set."""

from __future__ import annotations

from typing import Literal

import msgspec

from stage.control.look_views import LookRefused
from stage.show.air.state import Standing
from stage.values.looks import LookPart
from tracking.records import Evolving
from tracking.settable import Curve, Value, Way

CUES_A_REPLY = 256
"""So many cues, or values of one, are in one reply."""


class CueStatus(Evolving):
    """One cue in a list.

    It has a `look`, all of it or `only` some parts, or `count` values of its own. `world` is what it puts on air, ""
    for none, and `world_state` how that stands. `missing` is what it names and is not there: "look", "world".
    """

    number: float
    name: str = ""
    look: str = ""
    only: tuple[LookPart, ...] = ()
    count: int = 0
    world: str = ""
    world_state: Standing | Literal["missing", ""] = ""
    fade_s: float = 0.0
    delay_s: float = 0.0
    curve: Curve = "linear"
    way: Way = "shorter"
    follow_on: bool = False
    missing: tuple[Literal["look", "world"], ...] = ()


class CueRunStatus(Evolving):
    """One cue that plays: it waits for its `delay`, fades, waits for its `world`, or is `held`.

    `share` (0 to 1) is how much of its fade's time is over, `left_s` how long until its values have arrived. BACK began
    it where it `takes_back`; with `follow_on` the next cue follows by itself.
    """

    number: float
    state: Literal["delay", "fade", "world", "held"]
    share: float
    left_s: float
    takes_back: bool = False
    follow_on: bool = False


class CuesStatus(Evolving):
    """Where the show stands in its cues.

    There are `count`. `pointer` is the number of the cue that was played last, `next` that of the one that GO plays,
    None where there is none; `next_name` is its name or that of its look. `goes` counts every GO, `steps` are those
    that BACK can take back.
    """

    count: int = 0
    pointer: float | None = None
    next: float | None = None
    next_name: str = ""
    running: tuple[CueRunStatus, ...] = ()
    held: bool = False
    goes: int = 0
    steps: int = 0


class CueChange(Evolving):
    """A value that a cue sets, and what is in force (the target, where a fade runs)."""

    path: str
    cue: Value
    present: Value


class CueShown(Evolving):
    """What a cue would set if it were played now: of `total` values some, what it names and the stage has not got, and
    why further values cannot be set, by path.
    """

    cue: CueStatus
    changes: tuple[CueChange, ...]
    total: int
    absent: tuple[str, ...] = ()
    refused: dict[str, LookRefused] = msgspec.field(default_factory=dict)
