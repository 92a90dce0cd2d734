"""The table of commands: for each request the least role that may give it, and what carries it out.

This is the one place that knows. A request that is not in the table cannot reach the show.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

import msgspec

from stage.show.air.library import Shelf, ask_for_world
from stage.show.air.listing import on_walls
from stage.show.air.newer import ask_for_newer, is_newer_ready
from stage.show.air.sight import Sight
from stage.show.air.state import AirState, is_ready, key_named
from stage.show.camera.mounts import TrackerMount
from stage.show.commands.answered import AnswerMemory, first_answer, id_used_before, remember, request_digest
from stage.show.commands.fixing import fixes_for
from stage.show.commands.owed import is_owed_to, joined, owe
from stage.show.frame.outcome import Answer
from stage.show.frame.requests import (
    AcknowledgeRequest,
    BatchRequest,
    Command,
    NudgeRequest,
    Request,
    SetRequest,
    ShowRequest,
    TakeRequest,
    Target,
    WorldsRequest,
)
from stage.show.plan.scene import PictureState, frozen_worlds, place_cards_anew
from stage.show.report.conditions import Conditions
from stage.show.report.health import HealthState, acknowledge
from stage.show.report.take import TakeState, ask_for_take
from stage.show.sky.clock import note_midnights
from stage.show.values.changes import note_also
from stage.show.values.controls import Controls
from stage.values.parameters import Refusal
from stage.values.stage_wide import ACTIVE_WORLD
from stage.values.tree import value_at
from tracking.records import Scalar
from tracking.settable import ROLES, Role, Value
from tracking.tracker.tracker import Tracker


class Hands(NamedTuple):
    """What commands work on."""

    controls: Controls
    take: TakeState
    trackers: dict[str, Tracker]
    mounts: dict[str, TrackerMount]
    health: HealthState
    conditions: Conditions
    air: AirState
    pictures: PictureState
    sight: Sight


class Effect(NamedTuple):
    """What carrying out a request led to: the path and value in force, or a refusal. `owed`: the answer comes later.

    `detail` is "loading" where what was asked for waits to be read. `before` is what can be put back.
    """

    path: str = ""
    value: Value | None = None
    refusal: Refusal | None = None
    owed: bool = False
    detail: str = ""
    before: dict[str, Value] | msgspec.UnsetType = msgspec.UNSET


class CommandKind(NamedTuple):
    """One command: its request, the least role that may give it, and what carries it out.

    `least_role` is None where each parameter has its own. Of a request that can ask for several things, this is the
    one that its `action` names; "" is every action.
    """

    request: type[Request]
    least_role: Role | None
    carry_out: Callable[[Hands, Role, ShowRequest], Effect]
    action: str = ""


def _set_one(hands: Hands, role: Role, request: ShowRequest) -> Effect:
    assert isinstance(request, SetRequest)
    return _set_targets(hands, role, (request.target(),), request.path)


def _set_several(hands: Hands, role: Role, request: ShowRequest) -> Effect:
    assert isinstance(request, BatchRequest)
    return _set_targets(hands, role, request.items, "")


def _set_targets(hands: Hands, role: Role, targets: Iterable[Target], path: str) -> Effect:
    """Sets all, or none. `path` is what the answer speaks of, "" where that is no single one."""
    targets = tuple(targets)
    refused = _kept_from_take(hands, targets) or hands.controls.set_all(role, targets)
    if refused is not None:
        present = value_at(hands.controls.state.values, refused[0]) if refused[0] in hands.controls.tree else None
        return Effect(refused[0], present, refused[1])
    note_midnights(hands.controls)
    _fix_overscan(hands.controls, {target.path for target in targets})
    place_cards_anew(hands.pictures.card_eyes, (target.path for target in targets))
    checked = hands.controls.tree.check(path, targets[0].value) if path else None
    return Effect(path, None if isinstance(checked, Refusal) else checked, detail=_waiting(hands, targets))


def _kept_from_take(hands: Hands, targets: Iterable[Target]) -> tuple[str, Refusal] | None:
    """The first target that would put lines or the like over the picture while a take records, and why it may not.

    Those are the guarded values that replace the picture for a moment. Back to normal they may be set at any time.
    """
    tree = hands.controls.tree
    asked = [target for target in targets if hands.take.recording and target.path in tree and target.force is not True]
    for target in asked:
        parameter = tree[target.path]
        if parameter.guarded and parameter.override == "momentary" and target.value != parameter.default:
            values: dict[str, Scalar] = {"path": target.path, "take": hands.take.name}
            return target.path, Refusal(code="conflict", reason="kept_from_take", values=values)
    return None


def _waiting(hands: Hands, targets: Iterable[Target]) -> str:
    """The word "loading" where the targets have a world that must be read before it can be shown.

    A world that is on air is asked for again for its newer content.
    """
    if not any(target.path == ACTIVE_WORLD for target in targets):
        return ""
    air, name = hands.air, hands.controls.state.values.world.active
    shelf = _ask_for_world(hands, name)
    key = key_named(air, name)
    if key is None:
        return ""
    if key in shelf.walls and ask_for_newer(air, key):
        return "" if is_newer_ready(air, key) else "loading"
    return "" if is_ready(air, key) else "loading"


def _ask_for_world(hands: Hands, name: str) -> Shelf:
    """The world that is called `name` stands ready from now on, if it is the library's."""
    walls = on_walls(hands.air, frozen_worlds(hands.pictures))
    shelf = Shelf(hands.air, hands.controls, walls, hands.controls.state.frame)
    ask_for_world(shelf, name)
    return shelf


def _fix_overscan(controls: Controls, paths: set[str]) -> None:
    """A margin given as a number is meant to stay that number, unless its mode is set with it."""
    for camera in controls.state.values.camera:
        prefix = f"/camera/{camera}/overscan"
        if f"{prefix}_deg" in paths and f"{prefix}_mode" not in paths:
            note_also(controls.state.history, f"{prefix}_mode", controls.target_of(f"{prefix}_mode"))
            controls.assign(f"{prefix}_mode", "fixed")


def _start_or_stop_take(hands: Hands, _role: Role, request: ShowRequest) -> Effect:
    assert isinstance(request, TakeRequest)
    refusal = ask_for_take(hands.take, request, hands.controls.state.frame)
    if refusal is not None:
        return Effect(refusal=refusal)
    return Effect(value=hands.take.name, owed=request.action == "start")


def _set_heading(hands: Hands, role: Role, request: ShowRequest) -> Effect:
    """Turns the tracker's offset so that the tracked body's pan in the stage is what was asked for."""
    assert isinstance(request, NudgeRequest)
    tracker = hands.trackers.get(request.tracker)
    if tracker is None:
        values: dict[str, Scalar] = {"tracker": request.tracker, "trackers": ", ".join(hands.trackers)}
        reason = "no_tracker" if hands.trackers else "no_tracker_at_all"
        return Effect(refusal=Refusal(code="unknown_path", reason=reason, values=values))
    if not tracker.state.accepted:
        return Effect(refusal=Refusal(code="conflict", reason="no_pose_yet", values={"tracker": request.tracker}))
    offset = hands.controls.state.values.tracker[request.tracker].offset
    pan_deg = hands.mounts[request.tracker].offset_for_heading(tracker, offset, request.pan_deg)
    path = f"/tracker/{request.tracker}/offset/pan_deg"
    return _set_targets(hands, role, (Target(path=path, value=pan_deg),), path)


def _acknowledge(hands: Hands, _role: Role, request: ShowRequest) -> Effect:
    assert isinstance(request, AcknowledgeRequest)
    if acknowledge(hands.health, hands.conditions, request.code):
        return Effect(value=request.code)
    return Effect(refusal=Refusal(code="conflict", reason="no_such_finding", values={"found": request.code}))


def _fix_world(hands: Hands, role: Role, request: ShowRequest) -> Effect:
    """Sets what mends a world, all or nothing."""
    assert isinstance(request, WorldsRequest)
    _ask_for_world(hands, request.name)
    fixes = fixes_for(hands.air, hands.controls, hands.take, hands.sight, (request.name, request.code))
    if isinstance(fixes, Refusal):
        return Effect(refusal=fixes)
    before = {path: hands.controls.target_of(path) for path in fixes}
    effect = _set_targets(hands, role, (Target(path=path, value=value) for path, value in fixes.items()), "")
    return effect if effect.refusal is not None else effect._replace(value=request.name, before=before)


COMMANDS = (
    CommandKind(SetRequest, None, _set_one),
    CommandKind(BatchRequest, None, _set_several),
    CommandKind(TakeRequest, "director", _start_or_stop_take),
    CommandKind(NudgeRequest, "operator", _set_heading),
    CommandKind(AcknowledgeRequest, "director", _acknowledge),
    CommandKind(WorldsRequest, "director", _fix_world, "fix"),
)
_KINDS = {(kind.request, kind.action): kind for kind in COMMANDS}


def kind_of(request: Request) -> CommandKind | None:
    """The command that a request asks for; None where the show has nothing to do with it."""
    return _KINDS.get((type(request), action_of(request)))


def action_of(request: Request) -> str:
    """Which of several commands a request asks for; "" where there is one for all of its actions."""
    return request.action if isinstance(request, WorldsRequest) else ""


def name_of(request: type[Request]) -> str:
    """A command's name: the `type` of its request on the wire."""
    return str(request.__struct_config__.tag)


def role_refusal(request: type[Request], least_role: Role | None, role: Role) -> Refusal | None:
    """The refusal where `role` is less than a command needs; None where it is enough."""
    if least_role is None or ROLES.index(role) >= ROLES.index(least_role):
        return None
    values: dict[str, Scalar] = {"command": name_of(request), "needed": least_role, "role": role}
    return Refusal(code="forbidden", reason="command_needs_role", values=values)


def _not_of_the_show(request: Request) -> Refusal:
    """A take of another version may hold a request that the show no longer carries out."""
    values: dict[str, Scalar] = {"found": f"{name_of(type(request))} {action_of(request)}".rstrip()}
    return Refusal(code="bad_message", reason="not_a_request", values=values)


def carry_out(hands: Hands, memory: AnswerMemory, command: Command, frame: int) -> Answer | None:
    """Carries out one command in `frame` and answers it; one that was sent before gets its first answer.

    None where the answer is owed: it is given by `stage.show.commands.owed.settled` in a later frame.
    """
    if is_owed_to(hands.take, command):
        return None if joined(hands.take, command) else id_used_before(command)
    first = first_answer(memory, command)
    if first is not None:
        return first
    kind = kind_of(command.request)
    if kind is None:
        return Answer(sender=command.sender, id=command.request.id, refusal=_not_of_the_show(command.request))
    refusal = role_refusal(kind.request, kind.least_role, command.role)
    hands.controls.begin(frame)
    effect = Effect(refusal=refusal) if refusal is not None else kind.carry_out(hands, command.role, command.request)
    if effect.owed:
        owe(hands.take, command)
        return None
    answer = Answer(
        sender=command.sender,
        id=command.request.id,
        path=effect.path,
        value=effect.value,
        refusal=effect.refusal,
        sequence=hands.controls.state.sequence,
        detail=effect.detail,
        before=effect.before,
    )
    remember(memory, request_digest(command), answer, frame)
    return answer
