"""The table of requests that the edge answers itself: for each the least role, and what carries it out.

It is the counterpart of `stage.show.commands.table`. Both together are the wire's requests, and nothing else is.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from functools import cached_property
from typing import NamedTuple

from stage.control.cue_views import CUES_A_REPLY
from stage.control.descriptions import Descriptions
from stage.control.light_views import LIGHTS_A_REPLY, LightStatus
from stage.control.look_views import LOOKS_A_REPLY
from stage.control.replies import (
    API_VERSION,
    ChangesReply,
    CueShownReply,
    CuesReply,
    DescribeReply,
    HelloReply,
    LightsReply,
    LookDiffReply,
    LooksReply,
    Moment,
    Reply,
    SnapshotReply,
    StatusReply,
    ValueReply,
    WorldsReply,
    error_reply,
)
from stage.control.requests import (
    WORLDS_A_REPLY,
    DescribeRequest,
    EdgeRequest,
    GetRequest,
    HelloRequest,
    LightsRequest,
    LoadRequest,
    LogRequest,
    SaveRequest,
    SnapshotRequest,
    StatusRequest,
)
from stage.control.saving import Saving
from stage.control.show_view import ShowView
from stage.control.view import StageStatus, WorldStatus
from stage.gate.who import Who, local_client
from stage.show.commands.table import action_of, name_of, role_refusal
from stage.show.frame.entries import RefusedCall
from stage.show.frame.outcome import Outcome
from stage.show.frame.requests import CueRequest, LookRequest, Request, UndoRequest, WorldsRequest
from stage.show.values.controls import headings_of
from stage.values.parameters import Refusal
from stage.values.stage_wide import ACTIVE_WORLD
from stage.values.tree import ParameterTree, snapshot_of, value_at
from tracking.settable import Role, Value


class Present:
    """The show after a step, as everything that is sent in this frame describes it."""

    def __init__(self, outcome: Outcome, view: ShowView) -> None:
        self.view = view
        self.moment = Moment(frame=outcome.frame, epoch=outcome.plan.epoch, seq=view.controls.sequence)
        self._outcome = outcome
        self._lights: dict[int, tuple[tuple[LightStatus, ...], int]] = {}
        self._worlds: dict[int, tuple[tuple[WorldStatus, ...], int]] = {}

    @property
    def tree(self) -> ParameterTree:
        """Everything that can be set now."""
        return self.view.tree

    @cached_property
    def values(self) -> dict[str, Value]:
        """Every value by its path; made once, however many clients want it."""
        return snapshot_of(self.view.controls.values)

    def kept_values(self) -> dict[str, Value]:
        """Every value by its path, as this moment is kept: of those that move, what they move to."""
        return self.values | headings_of(self.view.controls)

    @cached_property
    def status(self) -> StageStatus:
        """The status; made once, however many clients want it."""
        return self.view.status(self._outcome.health)

    def worlds(self, first: int) -> tuple[tuple[WorldStatus, ...], int]:
        """Some of the worlds, and how many there are; made once, however many clients want the same."""
        if first not in self._worlds:
            self._worlds[first] = self.view.worlds(first, WORLDS_A_REPLY)
        return self._worlds[first]

    def lights(self, first: int) -> tuple[tuple[LightStatus, ...], int]:
        """Some of the lights, and how many there are; made once, however many clients want the same."""
        if first not in self._lights:
            self._lights[first] = self.view.lights(self._outcome.lights, first, LIGHTS_A_REPLY)
        return self._lights[first]


class EdgeHands(NamedTuple):
    """What the edge's requests are answered from. `journal` is its folder; what is `refused` for a role goes there."""

    stage: str
    ports: dict[str, int]
    saving: Saving
    journal: str
    refused: deque[RefusedCall]
    descriptions: Descriptions


class Call(NamedTuple):
    """A request of the edge with who sent it, and in which role."""

    sender: str
    role: Role
    request: EdgeRequest
    who: Who = local_client()


CarryOut = Callable[[EdgeHands, Present, Call], Reply | None]
"""Answers a call; None where the answer comes later."""


class EdgeCommand(NamedTuple):
    """One request of the edge: its record, the least role that may send it, and what carries it out.

    Of a request that can ask for several things, this is the one that its `action` names; "" is every action.
    """

    request: type[Request]
    least_role: Role
    carry_out: CarryOut
    action: str = ""


def _hello(hands: EdgeHands, present: Present, call: Call) -> Reply:
    fields = present.moment.fields(call.request.id)
    return HelloReply(**fields, api=API_VERSION, stage=hands.stage, role=call.role, ports=hands.ports)


def _get(_hands: EdgeHands, present: Present, call: Call) -> Reply:
    assert isinstance(call.request, GetRequest)
    path, fields = call.request.path, present.moment.fields(call.request.id)
    found = present.tree.find(path)
    if isinstance(found, Refusal):
        return error_reply(fields, found, path)
    return ValueReply(**fields, path=path, value=value_at(present.view.controls.values, path))


def _describe(hands: EdgeHands, present: Present, call: Call) -> Reply:
    assert isinstance(call.request, DescribeRequest)
    path, fields = call.request.path, present.moment.fields(call.request.id)
    found = hands.descriptions.below(present.tree, path)
    if isinstance(found, Refusal):
        return error_reply(fields, found, path)
    return DescribeReply(**fields, parameters=found, tree=present.tree.version)


def _snapshot(_hands: EdgeHands, present: Present, call: Call) -> Reply:
    return SnapshotReply(**present.moment.fields(call.request.id), values=present.values, tree=present.tree.version)


def _status(_hands: EdgeHands, present: Present, call: Call) -> Reply:
    return StatusReply(**present.moment.fields(call.request.id), status=present.status)


def _worlds(_hands: EdgeHands, present: Present, call: Call) -> Reply:
    assert isinstance(call.request, WorldsRequest)
    worlds, total = present.worlds(call.request.first or 0)
    return WorldsReply(**present.moment.fields(call.request.id), worlds=worlds, total=total)


def _lights(_hands: EdgeHands, present: Present, call: Call) -> Reply:
    assert isinstance(call.request, LightsRequest)
    lights, total = present.lights(call.request.first or 0)
    return LightsReply(**present.moment.fields(call.request.id), lights=lights, total=total)


def _changes(_hands: EdgeHands, present: Present, call: Call) -> Reply:
    undo, redo = present.view.changes(call.request.session or call.sender)
    return ChangesReply(**present.moment.fields(call.request.id), undo=undo, redo=redo)


def _looks(_hands: EdgeHands, present: Present, call: Call) -> Reply:
    assert isinstance(call.request, LookRequest)
    looks, total = present.view.looks(call.request.first or 0, LOOKS_A_REPLY, takes=call.request.takes is True)
    return LooksReply(**present.moment.fields(call.request.id), looks=looks, total=total)


def _look_diff(_hands: EdgeHands, present: Present, call: Call) -> Reply:
    assert isinstance(call.request, LookRequest)
    fields = present.moment.fields(call.request.id)
    compared = present.view.look_comparison(call.request, LOOKS_A_REPLY)
    return error_reply(fields, compared) if isinstance(compared, Refusal) else LookDiffReply(**fields, look=compared)


def _cues(_hands: EdgeHands, present: Present, call: Call) -> Reply:
    assert isinstance(call.request, CueRequest)
    cues, total = present.view.cues(call.request.first or 0, CUES_A_REPLY)
    return CuesReply(**present.moment.fields(call.request.id), cues=cues, total=total, status=present.status.cues)


def _shown_cue(_hands: EdgeHands, present: Present, call: Call) -> Reply:
    assert isinstance(call.request, CueRequest)
    fields, shown = present.moment.fields(call.request.id), present.view.shown_cue(call.request, CUES_A_REPLY)
    return error_reply(fields, shown) if isinstance(shown, Refusal) else CueShownReply(**fields, shown=shown)


def _save_world(hands: EdgeHands, present: Present, call: Call) -> Reply | None:
    assert isinstance(call.request, WorldsRequest)
    world = present.view.library_world(call.request.name)
    if not isinstance(world, Refusal):
        refusal = hands.saving.save_world(call.sender, call.role, call.request, world, present.kept_values())
    else:
        refusal = world
    return None if refusal is None else error_reply(present.moment.fields(call.request.id), refusal)


def _make_world(hands: EdgeHands, present: Present, call: Call) -> Reply | None:
    assert isinstance(call.request, WorldsRequest)
    taken = present.tree[ACTIVE_WORLD].choices
    refusal = hands.saving.make_world(call.sender, call.role, call.request, taken)
    return None if refusal is None else error_reply(present.moment.fields(call.request.id), refusal)


def _save(hands: EdgeHands, present: Present, call: Call) -> Reply | None:
    assert isinstance(call.request, SaveRequest)
    refusal = hands.saving.save(call.sender, call.role, call.request, present.tree, present.kept_values())
    return None if refusal is None else error_reply(present.moment.fields(call.request.id), refusal)


def _load(hands: EdgeHands, present: Present, call: Call) -> Reply | None:
    request, take = call.request, present.view.recording
    assert isinstance(request, LoadRequest)
    if take and request.force is not True:
        refusal: Refusal | None = Refusal(code="conflict", reason="not_in_a_take", values={"take": take})
    else:
        refusal = hands.saving.load(call.sender, call.role, request, call.who)
    return None if refusal is None else error_reply(present.moment.fields(call.request.id), refusal)


def _log(hands: EdgeHands, present: Present, call: Call) -> Reply | None:
    assert isinstance(call.request, LogRequest)
    refusal = hands.saving.read_log(call.sender, call.request, hands.journal)
    return None if refusal is None else error_reply(present.moment.fields(call.request.id), refusal)


EDGE_COMMANDS = (
    EdgeCommand(HelloRequest, "viewer", _hello),
    EdgeCommand(GetRequest, "viewer", _get),
    EdgeCommand(DescribeRequest, "viewer", _describe),
    EdgeCommand(SnapshotRequest, "viewer", _snapshot),
    EdgeCommand(StatusRequest, "viewer", _status),
    EdgeCommand(WorldsRequest, "viewer", _worlds, "list"),
    EdgeCommand(WorldsRequest, "director", _save_world, "save"),
    EdgeCommand(WorldsRequest, "director", _make_world, "make"),
    EdgeCommand(LightsRequest, "viewer", _lights),
    EdgeCommand(LookRequest, "viewer", _looks, "list"),
    EdgeCommand(LookRequest, "viewer", _look_diff, "diff"),
    EdgeCommand(CueRequest, "viewer", _cues, "list"),
    EdgeCommand(CueRequest, "viewer", _shown_cue, "show"),
    EdgeCommand(UndoRequest, "viewer", _changes, "list"),
    EdgeCommand(SaveRequest, "operator", _save),
    EdgeCommand(LoadRequest, "operator", _load),
    EdgeCommand(LogRequest, "operator", _log),
)
_BY_REQUEST = {(command.request, command.action): command for command in EDGE_COMMANDS}


def answer_call(hands: EdgeHands, present: Present, call: Call) -> Reply | None:
    """The reply to a call, or None where the keeper of saved values answers later."""
    command = _BY_REQUEST[type(call.request), action_of(call.request)]
    refusal = role_refusal(command.request, command.least_role, call.role)
    if refusal is not None:
        hands.refused.append(refused_call(call, refusal))
        return error_reply(present.moment.fields(call.request.id), refusal)
    return command.carry_out(hands, present, call)


def refused_call(call: Call, refusal: Refusal) -> RefusedCall:
    """A call that was refused, for the journal."""
    asked = " ".join(filter(None, (name_of(type(call.request)), action_of(call.request))))
    return RefusedCall(
        sender=call.sender,
        role=call.role,
        request=asked,
        refusal=refusal,
        owner=call.who.owner,
        person=call.who.person,
        origin=call.who.origin,
    )
