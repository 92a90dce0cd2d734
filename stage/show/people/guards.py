"""What keeps a value from being set: another client moves it, it has changed meanwhile, or a take records. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from stage.show.frame.requests import Aim, Command, LookRequest, WorldsRequest
from stage.show.people.leases import Leases, lease_of_another
from stage.show.report.take import TakeState
from stage.show.values.controls import CheckedTarget, Controls, Refused
from stage.values.parameters import Refusal
from tracking.records import Scalar
from tracking.settable import ROLES, Role, Value

MAY_FORCE: Role = "operator"
"""The least role that may set what is kept from the others."""


class Giver(msgspec.Struct, frozen=True):
    """Who gives a command: the client, what it is called, its role; and whether it can undo what this changes.

    `names` is the look that it recalls or the world that it mends, "" for none.
    """

    client: str
    who: str
    role: Role
    undoable: bool = False
    names: str = ""


_NAMING = (LookRequest, WorldsRequest)
"""The requests that name what they work on. A tuple: a union would be made anew with every command."""
_GUARDED_FIRST = "/world/guide"
"""The one value that was guarded before all were that are declared so (`TakeState.guarded`)."""
THE_SHOW = Giver("", "", "admin")
"""What happens without a command."""


def giver_of(command: Command, *, undoable: bool) -> Giver:
    """Who gives this command."""
    request = command.request
    names = request.name if isinstance(request, _NAMING) else ""
    who = command.person or request.client or ""
    return Giver(request.session or command.sender, who, command.role, undoable, names)


class Watch(NamedTuple):
    """What values are kept by, and from whom."""

    controls: Controls
    take: TakeState
    leases: Leases
    by: Giver


def is_free(take: TakeState, leases: Leases) -> bool:
    """Whether nothing is kept from anybody: mostly it is so."""
    return not take.recording and not leases.by_path


def is_plain(target: Aim) -> bool:
    """Whether a target is to be set whatever has changed meanwhile, and not by force: most are."""
    return target.if_seq is msgspec.UNSET and target.force is msgspec.UNSET


def first_kept(watch: Watch, checked: Sequence[CheckedTarget]) -> Refused | None:
    """The first target that may not be set now, and why; None where all may."""
    always = watch.take.recording or bool(watch.leases.by_path)
    for one in checked:
        refusal = kept(watch, one) if always or isinstance(one.target.if_seq, int) else None
        if refusal is not None:
            return Refused(one.target.path, refusal)
    return None


def kept(watch: Watch, checked: CheckedTarget) -> Refusal | None:
    """Why a target may not be set now; None where it may."""
    target = checked.target
    changed = _changed_since(watch.controls, target)
    if changed is not None:
        return changed
    refusal = _moved_by_another(watch, target.path) or _kept_from_take(watch, target.path, checked.value)
    if refusal is None or target.force is not True:
        return refusal
    if ROLES.index(watch.by.role) >= ROLES.index(MAY_FORCE):
        return None
    values: dict[str, Scalar] = {"path": target.path, "needed": MAY_FORCE, "role": watch.by.role}
    return Refusal(code="forbidden", reason="force_needs_role", values=values)


def is_guarded_now(watch: Watch, checked: CheckedTarget) -> bool:
    """Whether setting this changes what a recording take is kept from."""
    return _kept_from_take(watch, checked.target.path, checked.value) is not None


def _changed_since(controls: Controls, target: Aim) -> Refusal | None:
    """Compare and set: refused where the value has changed after the set of changes that the client knows."""
    if not isinstance(target.if_seq, int):
        return None
    marks = controls.state.marks
    changed = marks.at.get(target.path, 0)
    if changed <= target.if_seq:
        return None
    values: dict[str, Scalar] = {"path": target.path, "if_seq": target.if_seq, "seq": changed}
    who = marks.by.get(target.path)
    if who is None:
        return Refusal(code="conflict", reason="changed_since", values=values)
    return Refusal(code="conflict", reason="changed_since_by", values={**values, "who": who})


def _moved_by_another(watch: Watch, path: str) -> Refusal | None:
    lease = lease_of_another(watch.leases, path, watch.by.client, watch.controls.state.frame)
    return None if lease is None else leased_refusal(path, lease.who)


def leased_refusal(path: str, who: str) -> Refusal:
    """Why a value may not be set that another client moves."""
    if not who:
        return Refusal(code="busy", reason="value_leased", values={"path": path})
    return Refusal(code="busy", reason="value_leased_by", values={"path": path, "who": who})


def _kept_from_take(watch: Watch, path: str, value: Value) -> Refusal | None:
    """Why a guarded value may not change while a take records.

    What replaces the picture for a moment may be set back to normal at any time: that is what anybody wants then.
    """
    if not watch.take.recording:
        return None
    parameter = watch.controls.tree[path]
    if not (watch.take.guarded or path == _GUARDED_FIRST):
        return None
    if not parameter.guarded or value == watch.controls.target_of(path):
        return None
    if parameter.override == "momentary" and value == parameter.default:
        return None
    return Refusal(code="conflict", reason="kept_from_take", values={"path": path, "take": watch.take.name})
