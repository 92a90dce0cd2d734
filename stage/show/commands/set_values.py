"""Commands that set values: one, or several in one frame."""

from __future__ import annotations

from collections.abc import Iterable

from stage.show.air.library import Shelf, ask_for_world
from stage.show.air.listing import on_walls
from stage.show.air.newer import ask_for_newer, is_newer_ready
from stage.show.air.state import is_ready, key_named
from stage.show.commands.kinds import CommandKind, Effect, Hands
from stage.show.frame.requests import BatchRequest, Command, SetRequest, Target
from stage.show.plan.scene import frozen_worlds, place_cards_anew
from stage.show.sky.clock import note_midnights
from stage.show.values.changes import note_also
from stage.show.values.controls import Controls
from stage.values.parameters import Refusal
from stage.values.stage_wide import ACTIVE_WORLD
from stage.values.tree import value_at
from tracking.records import Scalar
from tracking.settable import Role


def _set_one(hands: Hands, command: Command) -> Effect:
    request = command.request
    assert isinstance(request, SetRequest)
    return set_targets(hands, command.role, (request.target(),), request.path)


def _set_several(hands: Hands, command: Command) -> Effect:
    assert isinstance(command.request, BatchRequest)
    return set_targets(hands, command.role, command.request.items, "")


def set_targets(hands: Hands, role: Role, targets: Iterable[Target], path: str) -> Effect:
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
    asks_for_world = any(target.path == ACTIVE_WORLD for target in targets)
    detail = call_active_world(hands) if asks_for_world else ""
    return Effect(path, None if isinstance(checked, Refusal) else checked, detail=detail)


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


def call_active_world(hands: Hands) -> str:
    """The world that is asked for stands ready from now on. Returns "loading" where it must be read before it is shown.

    A world that is on air is asked for again for its newer content.
    """
    air, name = hands.air, hands.controls.state.values.world.active
    shelf = call_world(hands, name)
    key = key_named(air, name)
    if key is None:
        return ""
    if key in shelf.walls and ask_for_newer(air, key):
        return "" if is_newer_ready(air, key) else "loading"
    return "" if is_ready(air, key) else "loading"


def call_world(hands: Hands, name: str) -> Shelf:
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


SET_COMMANDS = (
    CommandKind(SetRequest, None, _set_one),
    CommandKind(BatchRequest, None, _set_several),
)
