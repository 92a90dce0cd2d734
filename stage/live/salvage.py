"""What can be used of an encoded state whose whole may be wrong: each part by itself, and the values one by one.

The state may be of another version, of a configuration that has changed, or the very thing that kills cores.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

import msgspec

from stage.show.air.state import AirState
from stage.show.commands.answered import AnswerMemory
from stage.show.cues.cue_list import CueList
from stage.show.looks.shelf import LookShelf
from stage.show.report.conditions import Conditions
from stage.show.report.take import TakeState
from stage.show.values.changes import ChangeHistory
from stage.values.parameters import Refusal
from stage.values.stage_wide import folder_of
from stage.values.tree import ParameterTree
from tracking.records import UNDECODABLE
from tracking.settable import Value

Part = TypeVar("Part")
_FAILURES: tuple[type[Exception], ...] = (*UNDECODABLE, TypeError, LookupError, AttributeError)


class Salvage:
    """The parts of an encoded state. A part that cannot be decoded is as in a new show.

    `values` are the targets that were last put in force, by path; `refused` the paths of those that no longer fit.
    """

    def __init__(self, encoded: bytes, tree: ParameterTree) -> None:
        whole = _table(encoded)
        controls = _sub(whole, "controls")
        self.history = _part(controls.get("history"), ChangeHistory)
        self.take = _part(whole.get("take"), TakeState)
        self.conditions = _part(whole.get("conditions"), Conditions)
        self.cues = _part(whole.get("cues"), CueList)
        play = _sub(whole, "play")
        self.pointer, self.goes = (_whole_number(play.get(name), 0) for name in ("pointer", "goes"))
        self.looks = _part(whole.get("looks"), LookShelf)
        self.epoch, self.frame = _whole_number(whole.get("epoch"), 0), _whole_number(whole.get("frame"), -1)
        self.present_ns = _whole_number(whole.get("present_ns"), 0)
        self.missed = _whole_number(whole.get("missed"), 0)
        self.entries = _whole_number(whole.get("entries"), 0)
        self.answers = _part(whole.get("answers"), AnswerMemory)
        self.values: dict[str, Value] = {}
        self.refused: list[str] = []
        kept = _sub(controls, "values")
        found = {path: value for family in kept for path, value in _leaves(folder_of(family), _sub(kept, family))}
        found |= {path: _sub(_sub(controls, "fades"), path).get("target") for path in _sub(controls, "fades")}
        for path, value in found.items():
            checked = tree.check(path, value)
            if isinstance(checked, Refusal):
                self.refused.append(path)
            else:
                self.values[path] = checked


def salvaged_air(encoded: bytes) -> AirState | None:
    """What an encoded state knew of its worlds; None where that cannot be used."""
    try:
        return msgspec.convert(_table(encoded).get("air"), AirState)
    except _FAILURES:
        return None


def _table(encoded: bytes) -> dict[str, Any]:
    try:
        found = msgspec.msgpack.decode(encoded)
    except _FAILURES:
        return {}
    return found if isinstance(found, dict) else {}


def _sub(table: dict[str, Any], name: str) -> dict[str, Any]:
    found = table.get(name)
    return found if isinstance(found, dict) else {}


def _part(found: object, kind: type[Part]) -> Part:
    try:
        return msgspec.convert(found, kind)
    except _FAILURES:
        return kind()


def _whole_number(found: object, otherwise: int) -> int:
    return found if isinstance(found, int) and not isinstance(found, bool) else otherwise


def _leaves(prefix: str, table: dict[str, Any]) -> Iterator[tuple[str, object]]:
    """Every value of nested tables by its path."""
    for name, found in table.items():
        path = f"{prefix}/{name}"
        if isinstance(found, dict):
            yield from _leaves(path, found)
        else:
            yield path, found
