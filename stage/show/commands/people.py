"""Commands of people among people: take back what one has done, and hold what one moves."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from stage.show.commands.kinds import CommandKind, Effect, Hands
from stage.show.commands.set_values import set_targets
from stage.show.frame.requests import Command, LeaseRequest, Target, UndoRequest
from stage.show.people.guards import MAY_FORCE, leased_refusal
from stage.show.people.leases import LEASE_S, drop_leases, lease_of, lease_of_another, renew_leases, take_lease
from stage.show.values.changes import Change, ClientChanges, drop_change, move_change, newest_of
from stage.show.values.controls import Controls
from stage.values.parameters import Refusal
from stage.values.tree import value_at
from tracking.records import Scalar
from tracking.settable import ROLES, Value


def _undo(hands: Hands, command: Command) -> Effect:
    """Takes back the newest change of the client, or what it took back last; all of it or nothing."""
    request = command.request
    assert isinstance(request, UndoRequest)
    own = hands.controls.state.history.by_client.get(command.client, ClientChanges())
    redo = request.action == "redo"
    change = newest_of(own.undone if redo else own.steps)
    if change is None:
        return Effect(refusal=Refusal(code="conflict", reason="nothing_to_redo" if redo else "nothing_to_undo"))
    own.note_change()
    if request.action == "forget":
        drop_change(hands.controls.state.history, own, change.number)
        return Effect(path=_single(change))
    left, wanted = (change.before, change.after) if redo else (change.after, change.before)
    refused = _not_as_left(hands.controls, change, left)
    if refused is not None:
        return refused
    before = {path: hands.controls.target_of(path) for path in wanted}
    targets = [
        Target(path=path, value=value, fade_s=request.fade_s, force=request.force) for path, value in wanted.items()
    ]
    effect = set_targets(hands, command.role, targets, _single(change))
    if effect.refusal is not None:
        return effect
    move_change(own, change)
    return msgspec.structs.replace(effect, before=before)


def _single(change: Change) -> str:
    """The one value that a change is about; "" where it is about several."""
    own = [path for path in change.before if path not in change.followed]
    return own[0] if len(own) == 1 else ""


def _not_as_left(controls: Controls, change: Change, left: Mapping[str, Value]) -> Effect | None:
    """The first value that is no longer what the change left, and who changed it; None where all are.

    A value that follows later may not have moved yet.
    """
    for path, value in left.items():
        if path not in controls.tree:
            return Effect(path, refusal=Refusal(code="conflict", reason="undo_value_gone", values={"path": path}))
        target = controls.target_of(path)
        if target == value or (path in change.followed and target in (change.before[path], change.after[path])):
            continue
        values: dict[str, Scalar] = {"path": path, "found": target, "left": value}
        who = controls.state.marks.by.get(path)
        reason = "undo_value_changed" if who is None else "undo_value_changed_by"
        refusal = Refusal(code="conflict", reason=reason, values=values if who is None else {**values, "who": who})
        return Effect(path, value_at(controls.state.values, path), refusal)
    return None


def _lease(hands: Hands, command: Command) -> Effect:
    """Takes, renews or drops leases: of all the paths, or of none."""
    request, controls, frame = command.request, hands.controls, hands.controls.state.frame
    assert isinstance(request, LeaseRequest)
    single = request.paths[0] if len(request.paths) == 1 else ""
    for path in request.paths:
        refusal = _not_leased(hands, command, path, forced=request.force is True)
        if refusal is not None:
            return Effect(path, refusal=refusal)
    if request.action == "take":
        take_lease(hands.leases, request.paths, command.client, command.called, frame=frame, rate=controls.rate)
    elif request.action == "renew":
        renew_leases(hands.leases, request.paths, command.client, frame=frame, rate=controls.rate)
    else:
        drop_leases(hands.leases, request.paths)
    return Effect(single, None if request.action == "drop" else LEASE_S)


def _not_leased(hands: Hands, command: Command, path: str, *, forced: bool) -> Refusal | None:
    """Why a client may not take, renew or drop the lease on a value."""
    request, frame = command.request, hands.controls.state.frame
    assert isinstance(request, LeaseRequest)
    parameter = hands.controls.tree.find(path)
    if isinstance(parameter, Refusal):
        return parameter
    values: dict[str, Scalar] = {"path": path, "role": command.role}
    if ROLES.index(command.role) < ROLES.index(parameter.role):
        return Refusal(code="forbidden", reason="value_needs_role", values={**values, "needed": parameter.role})
    lease = lease_of_another(hands.leases, path, command.client, frame)
    if lease is not None and not (forced and request.action == "take"):
        return leased_refusal(path, lease.who)
    if lease is not None and ROLES.index(command.role) < ROLES.index(MAY_FORCE):
        return Refusal(code="forbidden", reason="force_needs_role", values={**values, "needed": MAY_FORCE})
    if request.action == "renew" and lease_of(hands.leases, path, frame) is None:
        return Refusal(code="conflict", reason="no_lease", values={"path": path})
    return None


PEOPLE_COMMANDS = (
    CommandKind(UndoRequest, "director", _undo, "undo"),
    CommandKind(UndoRequest, "director", _undo, "redo"),
    CommandKind(UndoRequest, "director", _undo, "forget"),
    CommandKind(LeaseRequest, "director", _lease),
)
