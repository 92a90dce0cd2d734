"""Commands for the crew's work: takes, headings, findings, and worlds that their findings' values mend."""

from __future__ import annotations

import msgspec

from stage.show.air.remarks import world_remarks
from stage.show.air.sight import Sight
from stage.show.air.state import AirState, key_called, no_world
from stage.show.commands.kinds import CommandKind, Effect, Hands
from stage.show.commands.owed import owing
from stage.show.commands.set_values import call_world, set_targets
from stage.show.desk.state import learn
from stage.show.frame.requests import (
    AcknowledgeRequest,
    Command,
    DeskRequest,
    NudgeRequest,
    TakeRequest,
    Target,
    WorldsRequest,
)
from stage.show.report.health import acknowledge
from stage.show.report.take import TakeState, ask_for_take
from stage.show.values.controls import Controls
from stage.values.desk import broken_map_rule
from stage.values.parameters import Refusal
from tracking.records import Scalar
from tracking.settable import Value


def _start_or_stop_take(hands: Hands, command: Command) -> Effect:
    request = command.request
    assert isinstance(request, TakeRequest)
    refusal = ask_for_take(hands.take, request, hands.controls.state.frame)
    if refusal is not None:
        return Effect(refusal=refusal)
    if request.action == "start":
        hands.take.owed = owing(command)
    return Effect(value=hands.take.name, owed=request.action == "start")


def _set_heading(hands: Hands, command: Command) -> Effect:
    """Turns the tracker's offset so that the tracked body's pan in the stage is what was asked for, or by so much."""
    request = command.request
    assert isinstance(request, NudgeRequest)
    tracker = hands.trackers.get(request.tracker)
    if tracker is None:
        values: dict[str, Scalar] = {"tracker": request.tracker, "trackers": ", ".join(hands.trackers)}
        reason = "no_tracker" if hands.trackers else "no_tracker_at_all"
        return Effect(refusal=Refusal(code="unknown_path", reason=reason, values=values))
    if not tracker.state.accepted:
        return Effect(refusal=Refusal(code="conflict", reason="no_pose_yet", values={"tracker": request.tracker}))
    offset = hands.controls.state.values.tracker[request.tracker].offset
    if isinstance(request.by_deg, float):
        pan_deg = (offset.pan_deg + request.by_deg + 180.0) % 360.0 - 180.0
    else:
        pan_deg = hands.mounts[request.tracker].offset_for_heading(tracker, offset, request.pan_deg)
    path = f"/tracker/{request.tracker}/offset/pan_deg"
    return set_targets(hands, command.role, (Target(path=path, value=pan_deg, force=request.force),), path)


def _acknowledge(hands: Hands, command: Command) -> Effect:
    request = command.request
    assert isinstance(request, AcknowledgeRequest)
    if acknowledge(hands.health, hands.conditions, request.code):
        return Effect(value=request.code)
    return Effect(refusal=Refusal(code="conflict", reason="no_such_finding", values={"found": request.code}))


def _fix_world(hands: Hands, command: Command) -> Effect:
    """Sets what mends a world, all or nothing."""
    request = command.request
    assert isinstance(request, WorldsRequest)
    call_world(hands, request.name)
    fixes = fixes_for(hands.air, hands.controls, hands.take, hands.sight, (request.name, request.code))
    if isinstance(fixes, Refusal):
        return Effect(refusal=fixes)
    before = {path: hands.controls.target_of(path) for path in fixes}
    effect = set_targets(hands, command.role, (Target(path=path, value=value) for path, value in fixes.items()), "")
    return effect if effect.refusal is not None else msgspec.structs.replace(effect, value=request.name, before=before)


def _map_desk(hands: Hands, command: Command) -> Effect:
    """Gives a desk parameters to move, all or none; it moves them with the role that the configuration gives it."""
    request = command.request
    assert isinstance(request, DeskRequest)
    for row in request.maps:
        reason = broken_map_rule(row, hands.controls.tree.get(row.path), command.role)
        if reason is not None:
            values: dict[str, Scalar] = {"path": row.path, "role": command.role}
            return Effect(refusal=Refusal(code="conflict", reason=reason, values=values))
    learn(hands.desk, request.maps)
    return Effect(value=float(len(request.maps)))


CREW_COMMANDS = (
    CommandKind(TakeRequest, "director", _start_or_stop_take),
    CommandKind(NudgeRequest, "operator", _set_heading, undoable=True),
    CommandKind(AcknowledgeRequest, "director", _acknowledge),
    CommandKind(WorldsRequest, "director", _fix_world, "fix", undoable=True),
    CommandKind(DeskRequest, "operator", _map_desk),
)


def fixes_for(
    air: AirState, controls: Controls, take: TakeState, sight: Sight, asked: tuple[str, str]
) -> dict[str, Value] | Refusal:
    """The values by path that mend a world: of all its findings, or of those of one code. `asked` is name and code.

    They are refused where there are none, and while a take records this world: it would leap in the picture.
    """
    name, code = asked
    key = key_called(air, name)
    if key is None:
        return no_world(air, name)
    values: dict[str, Scalar] = {"world": air.worlds[key].name}
    found = [one for one in world_remarks(air, controls.state.values, key, sight) if one.fix]
    fixes = {path: value for one in found if code in ("", one.code) for path, value in one.fix.items()}
    if not fixes:
        codes = ", ".join(dict.fromkeys(one.code for one in found))
        if code:
            return Refusal(
                code="conflict", reason="no_such_fix", values={**values, "found": code, "codes": codes or "none"}
            )
        return Refusal(code="conflict", reason="nothing_to_fix", values=values)
    if take.recording and key in (air.on_air, "" if air.dissolve is None else air.dissolve.coming):
        return Refusal(code="conflict", reason="fix_in_a_take", values={**values, "take": take.name})
    return fixes
