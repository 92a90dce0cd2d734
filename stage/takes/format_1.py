"""Takes of format 1 as this version folds and compares them: the same numbers under today's names.

Format 1 kept answers, trackers and health in the plan, values in one flat map, and sentences where there are codes now.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from render.plan.frame import FramePlan, OuterPlan
from render.plan.inner import InnerPlan
from stage.config.records import StageConfig
from stage.config.starting_values import starting_values
from stage.show.plan.reprojection import ReprojectionState
from stage.takes import format_2
from stage.takes.compare import Tree
from stage.values.parameters import Refusal
from stage.values.stage_wide import ShowValues
from stage.values.tree import ParameterTree, put_value

Table = dict[str, Any]
_ENCODER = msgspec.msgpack.Encoder()
_REPORTED = ("trackers", "acknowledgements", "health")
"""What the plan of format 1 held beyond the picture."""
_LENS = ("focal_length_mm", "entrance_pupil_m", "zoom_raw", "projection_offset_mm")
_ANSWER = ("id", "path", "value", "frame")
"""What answers of both formats say alike. `sequence` is left out: format 1 gave 0 for some commands."""
_OWED = ("take_failed", "take_not_confirmed", "take_stopped_first")
"""Reasons for which the start of a take is refused after the frame in which it was asked for."""
_LastPossible = dict[str, dict[str, InnerPlan]]


def upgraded_state(encoded: bytes, config: StageConfig) -> bytes:
    """An encoded state of format 1 as one of this version.

    Left out are the words of alarms, and what clients were answered: a command that was answered before the snapshot
    and sent again after it is carried out again. What earlier versions of format 1 wrote in another shape (held and
    frozen pictures) is left out too: it counts only where a wall is held or frozen at that moment.

    Raises msgspec.DecodeError, LookupError or TypeError where the bytes are not a state.
    """
    old: Table = msgspec.msgpack.decode(encoded)
    new = {
        **_copied(old, "trackers", "epoch", "frame", "present_ns", "now_ns", "missed", "losses", "ledger"),
        "controls": _controls(old["controls"], starting_values(config)),
        "air": format_2.upgraded_air(old.get("assets", {}), config),
        "cameras": {name: _camera(camera) for name, camera in old["cameras"].items()},
        "take": {**old.get("take", {}), "alarm": None, "recorder": None},
        "pictures": _pictures(old),
    }
    return _ENCODER.encode(new)


def upgraded_inputs(encoded: bytes) -> bytes:
    """Encoded inputs of format 1 as this version has them. Raises what `upgraded_state` raises."""
    old: Table = msgspec.msgpack.decode(encoded)
    changed = {
        "commands": [_command(command) for command in old.get("commands", ())],
        "observations": [_without(observation, "detail") for observation in old.get("observations", ())],
    }
    return _ENCODER.encode({**old, **changed})


def comparable(plan: bytes) -> Tree:
    """What of an encoded plan of format 1 can be compared with this version's outcome.

    Every number of the picture, whether each wall is held, and what both formats say of answers and trackers.
    """
    old: Table = msgspec.msgpack.decode(plan)
    answers = [
        {**_copied(answer, *_ANSWER), "sender": answer["client"], "refused": answer["error"]}
        for answer in old["acknowledgements"]
    ]
    picture = _ENCODER.encode(msgspec.convert(format_2.upgraded_plan(_plan(old)), FramePlan))
    return {**_with_held(picture), "outcome": {"answers": _without_takes(answers), "trackers": old["trackers"]}}


def compared_with(plan: bytes, report: bytes) -> Tree:
    """An encoded plan and report of this version in the shape of `comparable`."""
    new: Table = msgspec.msgpack.decode(report)
    answers = [
        {**_copied(answer, *_ANSWER, "sender"), "refused": (answer["refusal"] or {}).get("code", "")}
        for answer in new["answers"]
        if (answer["refusal"] or {}).get("reason") not in _OWED
    ]
    picture = format_2.without_colour_spaces(_with_held(plan))
    return {**picture, "outcome": {"answers": _without_takes(answers), "trackers": new["trackers"]}}


def _without_takes(answers: list[Table]) -> list[Table]:
    """The answers but for those that name a take: format 1 answered the start of a take before it was on disk."""
    return [answer for answer in answers if answer["path"] or not isinstance(answer["value"], str)]


def _controls(old: Table, starting: ShowValues) -> Table:
    """Values and fades whose parameter is there no more are left out. Fades that run move evenly, as format 1 did."""
    tree = ParameterTree(starting)
    for path, value in old["values"].items():
        checked = tree.check(path, value)
        if not isinstance(checked, Refusal):
            put_value(starting, path, checked)
    fades = {path: fade for path, fade in old.get("fades", {}).items() if path in tree}
    return {**_without(old, "answers"), "values": starting, "fades": fades}


def _camera(old: Table) -> Table:
    return {"lens": _copied(old, *_LENS), **_copied(old, "stage_from_pupil", "overscan")}


def _pictures(old: Table) -> Table:
    pictures: Table = {}
    if old.get("frozen") is not None:
        _put_fitting(pictures, "frozen", lambda: format_2.upgraded_plan(_plan(old["frozen"])), FramePlan)
    if old.get("frozen_outer") is not None:
        _put_fitting(pictures, "frozen_outer", lambda: format_2.upgraded_outer(_outer(old["frozen_outer"])), OuterPlan)
    _put_fitting(pictures, "last_possible", lambda: _last_possible(old), _LastPossible)
    late_pose = old.get("late_pose", {})
    _put_fitting(pictures, "reprojection", lambda: _reprojection(late_pose), ReprojectionState)
    return pictures


def _last_possible(old: Table) -> Table:
    return {
        wall: {camera: format_2.upgraded_inner(inner) for camera, inner in inners.items()}
        for wall, inners in old["last_possible"].items()
    }


def _reprojection(late_pose: Table) -> Table:
    memories = {name: format_2.upgraded_memory(one) for name, one in late_pose.get("pictures", {}).items()}
    return {"pictures": memories, "governor": late_pose.get("load", {})}


def _plan(old: Table) -> Table:
    """The picture of a plan. The sentence of a hold stands where there is a code now."""
    walls = [
        {**wall, "holds": [{"camera": "", "reason": wall["hold"]}] if wall.get("hold") else []} for wall in old["walls"]
    ]
    return {**_without(old, *_REPORTED), "outer": _outer(old["outer"]), "walls": walls}


def _outer(old: Table) -> Table:
    return {**old, "cards": [_card(card) for card in old.get("cards", ())]}


def _card(old: Table) -> Table:
    """A card of a plan was always on the walls, and its colour one vector."""
    red, green, blue = old["colour"]
    return {**_without(old, "colour"), "enabled": True, "red": red, "green": green, "blue": blue}


def _with_held(plan: bytes) -> Table:
    """An encoded plan of this version with only whether each wall is held: reasons are words in one of the formats."""
    picture: Table = msgspec.msgpack.decode(plan)
    picture["walls"] = [{**_without(wall, "holds"), "held": bool(wall["holds"])} for wall in picture["walls"]]
    return picture


def _put_fitting(into: Table, name: str, make: Callable[[], Table], kind: Any) -> None:
    try:
        into[name] = msgspec.convert(make(), kind)
    except (msgspec.ValidationError, LookupError, TypeError, AttributeError):
        return


def _command(old: Table) -> Table:
    return {
        "sender": old["client"],
        "role": old["role"],
        "order": old["order"],
        "request": {**old["request"], "id": old["id"]},
    }


def _copied(table: Table, *names: str) -> Table:
    return {name: table[name] for name in names if name in table}


def _without(table: Table, *names: str) -> Table:
    return {name: value for name, value in table.items() if name not in names}
