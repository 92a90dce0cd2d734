"""What the fold remembers of lighting desks."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from stage.values.desk import MOST_MAPPED, DeskMap
from tracking.records import Evolving, Notebook
from tracking.settable import Value

MOST_SOURCES = 4
"""Senders of one universe that are followed at once."""


class DeskSource(Notebook):
    """One sender of a universe: its newest levels, and when they came (host monotonic)."""

    name: str
    address: str
    priority: int
    sequence: int
    heard_ns: int
    slots: bytes = b""


class DeskUniverse(Notebook):
    """One universe: its senders by CID or address, and what came of them together: the levels, and whose they are.

    It is `lost` while the last of them has gone without saying so.
    """

    sources: dict[str, DeskSource] = msgspec.field(default_factory=dict)
    slots: bytes = b""
    winners: tuple[str, ...] = ()
    lost: bool = False


class DeskHold(Notebook):
    """How a mapped parameter stands: the level that was seen last, -1 before the first; the value that the desk set.

    The desk has it while that is the value in force; None where it could not set it.
    """

    level: int = -1
    value: Value | None = None


class DeskMove(Evolving):
    """A slot that is moved: from which level to which so far, and the newest frame of that."""

    universe: int
    address: int
    before: int
    level: int
    frame: int


class DeskState(Notebook):
    """All that is known of desks. `learned` are rows made while the show runs; each takes the place of its path's.
    `moving` is the fader that moves, `moved` the last one that was moved far enough to be meant, for learning.

    `rejected` counts packets that could not be used, by cause. `refused` are values that could not be set, by path,
    with the reason of the newest.
    """

    universes: dict[int, DeskUniverse] = msgspec.field(default_factory=dict)
    holds: dict[str, DeskHold] = msgspec.field(default_factory=dict)
    learned: tuple[DeskMap, ...] = ()
    moving: DeskMove | None = None
    moved: DeskMove | None = None
    rejected: dict[str, int] = msgspec.field(default_factory=dict)
    refused: dict[str, str] = msgspec.field(default_factory=dict)


def learn(state: DeskState, rows: Sequence[DeskMap]) -> None:
    """Maps parameters from now on; each row takes the place of the one that its path had."""
    paths = [row.path for row in rows]
    kept = [one for one in state.learned if one.path not in paths]
    state.learned = (*kept, *rows)[-MOST_MAPPED:]
    for path in paths:
        state.holds.pop(path, None)
