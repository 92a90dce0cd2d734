"""The table of commands: for each request the least role that may give it, and what carries it out.

This is the one place that knows. A request that is not in the table cannot reach the show.
"""

from __future__ import annotations

import msgspec

from stage.show.commands.answered import (
    KNOWN,
    AnswerMemory,
    first_answer,
    id_used_before,
    meet,
    refused_answer,
    remember,
    request_digest,
)
from stage.show.commands.crew_work import CREW_COMMANDS
from stage.show.commands.cue_work import CUE_COMMANDS
from stage.show.commands.kinds import CommandKind, Effect, Hands
from stage.show.commands.light_work import LIGHT_COMMANDS
from stage.show.commands.look_work import LOOK_COMMANDS
from stage.show.commands.owed import is_owed_to, joined
from stage.show.commands.people import PEOPLE_COMMANDS
from stage.show.commands.set_values import SET_COMMANDS
from stage.show.frame.outcome import NO_ANSWER, Answer
from stage.show.frame.requests import Command, CueRequest, LookRequest, Request, UndoRequest, WorldsRequest
from stage.show.people.guards import THE_SHOW, giver_of
from stage.show.report.take import OwedAnswer
from stage.show.values.changes import forget_client
from stage.values.parameters import Refusal
from tracking.records import Scalar
from tracking.settable import ROLES, Role

COMMANDS: tuple[CommandKind, ...] = (
    *SET_COMMANDS,
    *CREW_COMMANDS,
    *LOOK_COMMANDS,
    *CUE_COMMANDS,
    *PEOPLE_COMMANDS,
    *LIGHT_COMMANDS,
)
_KINDS = {(kind.request, kind.action): kind for kind in COMMANDS}
_SINGLE_KINDS = {kind.request: kind for kind in COMMANDS if not kind.action}


def kind_of(request: Request) -> CommandKind | None:
    """The command that a request asks for; None where the show has nothing to do with it."""
    return _SINGLE_KINDS.get(type(request)) or _KINDS.get((type(request), action_of(request)))


def action_of(request: Request) -> str:
    """Which of several commands a request asks for; "" where there is one for all of its actions."""
    return request.action if isinstance(request, WorldsRequest | LookRequest | CueRequest | UndoRequest) else ""


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
    client = command.client
    met = meet(memory, client, command.owner)
    if met is not KNOWN:
        for gone in met.gone:
            forget_client(hands.controls.state.history, gone)
        if met.refusal is not None:
            return refused_answer(command, met.refusal)
    for owed in _owed(hands):
        if is_owed_to(owed, command):
            return None if joined(owed, command) else id_used_before(command)
    known = memory.by_client[client]
    first = first_answer(known, command)
    if first is not None:
        return first
    kind = kind_of(command.request)
    if kind is None:
        return refused_answer(command, _not_of_the_show(command.request))
    effect = _effect(hands, kind, command, frame)
    if effect.owed:
        return None
    answer = msgspec.structs.replace(
        NO_ANSWER,
        sender=command.sender,
        id=command.request.id,
        path=effect.path,
        value=effect.value,
        refusal=effect.refusal,
        sequence=hands.controls.state.sequence,
        detail=effect.detail,
        before=effect.before,
        look=effect.look,
    )
    remember(known, request_digest(command), answer, frame)
    return answer


def _owed(hands: Hands) -> tuple[OwedAnswer, ...]:
    """Every answer that is owed."""
    take, asked = hands.take.owed, hands.lights.asked
    return (*(() if take is None else (take,)), *(one.owed for one in asked)) if asked or take is not None else ()


def _effect(hands: Hands, kind: CommandKind, command: Command, frame: int) -> Effect:
    """Carries out a command that its client's role allows."""
    hands.controls.begin(frame)
    if kind.least_role is not None:
        refusal = role_refusal(kind.request, kind.least_role, command.role)
        if refusal is not None:
            return Effect(refusal=refusal)
    hands.by = giver_of(command, undoable=kind.undoable)
    effect = kind.carry_out(hands, command)
    hands.by = THE_SHOW
    return effect
