"""Commands on looks: recalled, saved, changed, renamed, deleted, taken over from files."""

from __future__ import annotations

from collections.abc import Container, Mapping

import msgspec

from stage.config.look_reader import name_of_look
from stage.show.air.listing import on_walls
from stage.show.air.state import key_named
from stage.show.commands.cue_editing import follow_look
from stage.show.commands.kinds import CommandKind, Effect, Hands
from stage.show.commands.set_values import call_world, kept_targets, put_checked, set_checked
from stage.show.frame.outcome import LookOutcome
from stage.show.frame.requests import Command, LookRequest, Target
from stage.show.looks.capture import look_of_stage, own_keys
from stage.show.looks.recall import Recalled, is_of_other_world, recalled
from stage.show.looks.shelf import (
    MOST_BYTES,
    MOST_LOOKS,
    CalledLook,
    drop_look,
    folded,
    look_called,
    put_look,
    rename_look,
    room_left,
)
from stage.show.people.guards import is_free
from stage.show.plan.scene import place_cards_anew
from stage.show.values.controls import CheckedTarget, ControlState
from stage.values.looks import (
    LONGEST_LOOK_NAME,
    OF_WORLDS_BELOW,
    absent_parameter,
    fitted,
    groups_of_parts,
    look_group_of,
    packed,
)
from stage.values.parameters import Refusal
from stage.values.stage_wide import ACTIVE_WORLD
from tracking.records import Scalar
from tracking.settable import ROLES, LookGroup, Role, Value

MOST_NAMED = 64
"""So many absent things, and so many refused values, are named in an answer."""
_OF_WORLDS: tuple[LookGroup, ...] = ("world", "sky")
"""The look groups that have values of worlds and layers."""


def look_on_stage(
    hands: Hands, name: str, only: frozenset[LookGroup] = frozenset(), *, takes: bool = False
) -> Recalled | Refusal:
    """What a look sets on this stage now. The world that it names stands ready from now on, if it is the library's."""
    called = look_called(hands.looks, name, takes=takes)
    if isinstance(called, Refusal):
        return called
    world = called.kept.look.world
    if world and (not only or any(group in only for group in _OF_WORLDS)):
        call_world(hands, world)
    return recalled(hands.looks, hands.controls.tree, name, only, own_keys(hands.air, world), takes=takes)


def set_look(hands: Hands, role: Role, found: Recalled, fade_s: float = 0.0) -> tuple[Effect, dict[str, Refusal]]:
    """Sets what a look sets, in one frame; what may not be set now is left, with why, and the rest is set."""
    place_cards_anew(hands.pictures.card_eyes, found.values)
    refused = _not_for(hands, role, found)
    values = {path: value for path, value in found.values.items() if path not in refused} if refused else found.values
    present = hands.controls.targets_of(values)
    checked = _look_targets(hands, values, present, fade_s)
    if not checked:
        return Effect(), refused
    if is_free(hands.take, hands.leases):
        return put_checked(hands, checked, "", present), refused
    effect = set_checked(hands, checked, "")
    if effect.refusal is not None:
        refused |= kept_targets(hands, checked)
        checked = tuple(one for one in checked if one.target.path not in refused)
        effect = set_checked(hands, checked, "") if checked else Effect()
    return effect, refused


def _look_targets(
    hands: Hands, values: Mapping[str, Value], present: Mapping[str, Value], fade_s: float
) -> tuple[CheckedTarget, ...]:
    """A look's values as targets: those that are not in force, as `present` says, over `fade_s`.

    A value on its way to what the look has is set too: it is to arrive when the look does, and HOLD may have stopped
    it.
    What belongs to a world that is not on the walls yet is set at once, so that it dissolves in as the look has it.
    """
    hidden = OF_WORLDS_BELOW if is_hidden_world(hands, values) else ()
    on_the_way = _on_the_way(hands.controls.state)
    return tuple(
        CheckedTarget(Target(path=path, value=value, fade_s=0.0 if path.startswith(hidden) else fade_s), value)
        for path, value in values.items()
        if present[path] != value or path in on_the_way
    )


def _on_the_way(state: ControlState) -> Container[str]:
    """The paths of values that move, stand held in their fade, or wait for their cue."""
    waiting = {path: None for one in state.delayed for path in one.values}
    if state.dissolve_held:
        waiting[ACTIVE_WORLD] = None
    return state.fades.keys() | waiting.keys() if waiting else state.fades


def is_hidden_world(hands: Hands, values: Mapping[str, Value]) -> bool:
    """Whether the world that the values name, or else the one that is asked for, is not on the walls yet."""
    key = key_named(hands.air, str(values.get(ACTIVE_WORLD, hands.controls.state.values.world.active)))
    return key is not None and key not in on_walls(hands.air, ())


def _not_for(hands: Hands, role: Role, found: Recalled) -> dict[str, Refusal]:
    """The values that need more than this role."""
    below, tree = ROLES[ROLES.index(role) + 1 :], hands.controls.tree
    if found.roles.isdisjoint(below):
        return {}
    return {
        path: Refusal(
            code="forbidden",
            reason="value_needs_role",
            values={"path": path, "needed": tree[path].role, "role": role},
        )
        for path in found.values
        if tree[path].role in below
    }


def _recall(hands: Hands, command: Command) -> Effect:
    request = _asked(command)
    only, takes = groups_of_parts(request.only), request.takes is True
    found = look_on_stage(hands, request.name, only, takes=takes)
    if isinstance(found, Refusal):
        return Effect(refusal=found)
    effect, kept_back = set_look(hands, command.role, found, request.fade_s)
    if effect.refusal is not None:
        return effect
    if not only and not takes:
        hands.controls.state.look = _name_of(hands, request)
    outcome = outcome_of(found._replace(refused={**found.refused, **kept_back}), len(found.values) - len(kept_back))
    return msgspec.structs.replace(effect, path="", value=_name_of(hands, request), look=outcome)


def outcome_of(found: Recalled, count: int) -> LookOutcome:
    """What came of values of which so many were set: the others, as far as an answer names them."""
    named = dict(list(found.refused.items())[:MOST_NAMED])
    more = len(found.refused) - len(named) + max(0, len(found.absent) - MOST_NAMED)
    return LookOutcome(count=count, absent=found.absent[:MOST_NAMED], refused=named, more=more)


def _save(hands: Hands, command: Command) -> Effect:
    request = _asked(command)
    name = _new_name(hands, request.name)
    if isinstance(name, Refusal):
        return Effect(refusal=name)
    if not request.only:
        hands.controls.state.look = name
    return _put(hands, name, look_of_stage(hands.controls.state, hands.air, request.only))


def _update(hands: Hands, command: Command) -> Effect:
    """Puts the present values into a look: of the parts that are asked for, or of those that it has.

    What it has of other parts stays, and what it has of cards or lights that this stage has not got.
    """
    request = _asked(command)
    called = _own(hands, request, "update")
    if isinstance(called, Refusal):
        return Effect(refusal=called)
    parts = request.only or called.kept.look.parts
    groups, tree = groups_of_parts(parts), hands.controls.tree
    present = look_of_stage(hands.controls.state, hands.air, parts)
    world = str(present.get(ACTIVE_WORLD, called.kept.look.world))
    own = own_keys(hands.air, world)
    kept = {
        path: value
        for path, value in called.kept.values.items()
        if (look_group_of(path) not in groups or absent_parameter(path, tree) is not None)
        and not ("world" in groups and is_of_other_world(path, own))
    }
    return _put(hands, called.name, {**kept, **present})


def _rename(hands: Hands, command: Command) -> Effect:
    """Gives a look another name; a look of a take is one made by hand from then on. Cues that mean it follow."""
    request = _asked(command)
    called = _own(hands, request, "rename")
    if isinstance(called, Refusal):
        return Effect(refusal=called)
    name = _new_name(hands, request.to, beside=called)
    if isinstance(name, Refusal):
        return Effect(refusal=name)
    meant = look_called(hands.looks, called.name)
    rename_look(hands.looks, called, name)
    if isinstance(meant, CalledLook) and meant.kind == called.kind:
        follow_look(hands.cues, called.name, name)
        if hands.controls.state.look == called.name:
            hands.controls.state.look = name
    return Effect(value=name, look=LookOutcome(count=called.kept.look.count))


def _delete(hands: Hands, command: Command) -> Effect:
    called = _own(hands, _asked(command), "delete")
    if isinstance(called, Refusal):
        return Effect(refusal=called)
    drop_look(hands.looks, called.kind, called.name)
    return Effect(value=called.name, look=LookOutcome(count=called.kept.look.count))


def _import(hands: Hands, command: Command) -> Effect:
    """Takes a look over from a file that somebody has sent: all of it, or nothing and the first value that is wrong."""
    request = _asked(command)
    if not request.values:
        return Effect(refusal=Refusal(code="bad_message", reason="look_without_values", values={"look": request.name}))
    known = look_called(hands.looks, request.name)
    replaced = known if isinstance(known, CalledLook) and known.kind == "show" and request.replace is True else None
    name = _new_name(hands, request.name, beside=replaced)
    if isinstance(name, Refusal):
        return Effect(refusal=name)
    found = fitted(request.values, hands.controls.tree)
    for path, refusal in found.refused.items():
        return Effect(path=path, refusal=refusal)
    look = packed(request.values)
    if len(look.content) > room_left(hands.looks):
        return Effect(refusal=Refusal(code="conflict", reason="looks_too_large", values={"most_mib": MOST_BYTES >> 20}))
    if replaced is not None and replaced.name != name:
        drop_look(hands.looks, "show", replaced.name)
    put_look(hands.looks, "show", name, look)
    return _made(hands, name)


def _asked(command: Command) -> LookRequest:
    assert isinstance(command.request, LookRequest)
    return command.request


def _put(hands: Hands, name: str, values: Mapping[str, Value]) -> Effect:
    put_look(hands.looks, "show", name, packed(values), frame=hands.controls.state.frame)
    return _made(hands, name)


def _made(hands: Hands, name: str) -> Effect:
    return Effect(value=name, look=LookOutcome(count=hands.looks.looks[name].look.count))


def _name_of(hands: Hands, request: LookRequest) -> str:
    called = look_called(hands.looks, request.name, takes=request.takes is True)
    return called.name if isinstance(called, CalledLook) else request.name


def _own(hands: Hands, request: LookRequest, what: str) -> CalledLook | Refusal:
    """The look that a request wants to change; shipped ones stay as they are, and so does what a take began with."""
    called = look_called(hands.looks, request.name, takes=request.takes is True)
    if isinstance(called, CalledLook) and called.kind == "shipped":
        return Refusal(code="conflict", reason="look_is_shipped", values={"look": called.name})
    if isinstance(called, CalledLook) and called.kind == "take" and what == "update":
        return Refusal(code="conflict", reason="look_is_of_a_take", values={"look": called.name})
    return called


def _new_name(hands: Hands, wanted: str, beside: CalledLook | None = None) -> str | Refusal:
    """A name for one more look; a refusal where it cannot be one, or another look than `beside` has it."""
    name = name_of_look(wanted)
    if name is None:
        values: dict[str, Scalar] = {"found": wanted, "most": LONGEST_LOOK_NAME}
        return Refusal(code="bad_message", reason="not_a_look_name", values=values)
    shelf = hands.looks
    for kind in ("show", "shipped"):
        for other in shelf.looks if kind == "show" else shelf.shipped:
            is_itself = beside is not None and (beside.kind, beside.name) == (kind, other)
            if folded(other) == folded(name) and not is_itself:
                return Refusal(code="conflict", reason="look_name_taken", values={"look": other})
    if len(shelf.looks) >= MOST_LOOKS and (beside is None or beside.kind != "show"):
        return Refusal(code="conflict", reason="too_many_looks", values={"most": MOST_LOOKS})
    return name


LOOK_COMMANDS = (
    CommandKind(LookRequest, "director", _recall, "recall", undoable=True),
    CommandKind(LookRequest, "director", _save, "save"),
    CommandKind(LookRequest, "director", _update, "update"),
    CommandKind(LookRequest, "director", _rename, "rename"),
    CommandKind(LookRequest, "director", _delete, "delete"),
    CommandKind(LookRequest, "director", _import, "import"),
)
