"""Commands that set values: one, or several in one frame."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

import msgspec

from stage.show.air.library import Shelf, ask_for_world
from stage.show.air.listing import on_walls
from stage.show.air.newer import ask_for_newer, is_newer_ready
from stage.show.air.state import is_ready, key_named
from stage.show.commands.kinds import CommandKind, Effect, Hands
from stage.show.commands.replaced import Follower, note_forced, note_replaced
from stage.show.frame.requests import Aim, BatchRequest, Command, SetRequest, Target
from stage.show.people.guards import first_kept, is_free, is_plain, kept
from stage.show.people.leases import renew_leases
from stage.show.plan.scene import frozen_worlds, place_cards_anew
from stage.show.plates.jumps import places_left
from stage.show.sky.clock import DATE, HOUR, date_after_fade
from stage.show.values.controls import CheckedTarget, Controls, Refused
from stage.values.parameters import Refusal
from stage.values.stage_wide import ACTIVE_WORLD
from stage.values.tree import value_at
from tracking.settable import Role, Value

_MOST_CAMERAS = 64
LEADERS = ("/camera/", HOUR)
"""How the paths of those values begin that others follow from."""


def _set_one(hands: Hands, command: Command) -> Effect:
    request = command.request
    assert isinstance(request, SetRequest)
    return set_targets(hands, command.role, (request,), request.path)


def _set_several(hands: Hands, command: Command) -> Effect:
    request = command.request
    assert isinstance(request, BatchRequest)
    items: Iterable[Target] = request.items
    if isinstance(request.if_seq, int):
        items = (_since(item, request.if_seq) for item in items)
    return set_targets(hands, command.role, items, "")


def _since(item: Target, if_seq: int) -> Target:
    return item if isinstance(item.if_seq, int) else msgspec.structs.replace(item, if_seq=if_seq)


def set_targets(hands: Hands, role: Role, targets: Iterable[Aim], path: str) -> Effect:
    """Sets all, or none. `path` is what the answer speaks of, "" where that is no single one.

    All that people set goes through here, so that it is kept from a take and from whom it is leased to, and can be
    undone.
    """
    checked = hands.controls.checked(role, targets)
    return _refused(hands, checked) if isinstance(checked, Refused) else set_checked(hands, checked, path)


def set_checked(hands: Hands, checked: Sequence[CheckedTarget], path: str) -> Effect:
    """Sets all of these targets, which fit and which the role may set; or none, where one may not be set now."""
    if not (is_free(hands.take, hands.leases) and all(is_plain(one.target) for one in checked)):
        refused = first_kept(hands.watch(), checked)
        if refused is not None:
            return _refused(hands, refused)
        note_forced(hands, checked)
    return put_checked(hands, checked, path)


def put_checked(
    hands: Hands, checked: Sequence[CheckedTarget], path: str, present: Mapping[str, Value] | None = None
) -> Effect:
    """Sets all of these targets, which may be set now. `present` is what they and perhaps others are, where that is
    known.
    """
    controls, leases = hands.controls, hands.leases
    left = places_of_films(hands, (one.target.path for one in checked))
    before = {**controls.put_all(checked, hands.by.who, present), **left}
    after = {one.target.path: one.value for one in checked}
    note_replaced(hands, before, after, followers_of(controls, before))
    if leases.by_path:
        renew_leases(leases, before, hands.by.client, frame=controls.state.frame, rate=controls.rate)
    if hands.pictures.card_eyes:
        place_cards_anew(hands.pictures.card_eyes, before)
    detail = call_active_world(hands) if ACTIVE_WORLD in before else ""
    return Effect(path, checked[0].value if path else None, detail=detail)


def places_of_films(hands: Hands, paths: Iterable[str]) -> dict[str, Value]:
    """Where the films are that some values send elsewhere: that is to be put back, not where they were sent last."""
    if not hands.plates.clocks:
        return {}
    controls = hands.controls
    slot = (controls.state.frame, controls.rate)
    return places_left(hands.plates, hands.air, controls.state.values, paths, slot)


def _refused(hands: Hands, refused: Refused) -> Effect:
    present = value_at(hands.controls.state.values, refused.path) if refused.path in hands.controls.tree else None
    return Effect(refused.path, present, refused.refusal)


def kept_targets(hands: Hands, checked: Iterable[CheckedTarget]) -> dict[str, Refusal]:
    """Why some of these targets may not be set now, by path: for whoever then sets the others."""
    watch = hands.watch()
    found = {one.target.path: kept(watch, one) for one in checked}
    return {path: refusal for path, refusal in found.items() if refusal is not None}


def followers_of(controls: Controls, set_: Mapping[str, Value]) -> dict[str, Follower]:
    """The values that follow from those that were `set_` (what each was, by path), with what they were and will be."""
    if len(set_) == 1 and not next(iter(set_)).startswith(LEADERS):
        return {}
    followers = _fix_overscan(controls, set_)
    is_new = HOUR in set_ and set_[HOUR] != controls.target_of(HOUR)
    date = date_after_fade(controls) if is_new else None
    if date is not None and DATE not in set_:
        followers[DATE] = Follower(controls.target_of(DATE), date)
    return followers


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


def _fix_overscan(controls: Controls, set_: Mapping[str, Value]) -> dict[str, Follower]:
    """A margin given as a number is meant to stay that number, unless its mode is set with it."""
    fixed = {}
    for camera in controls.state.values.camera:
        margin, mode = _overscan_of(camera)
        if margin in set_ and mode not in set_:
            fixed[mode] = Follower(controls.target_of(mode), "fixed")
            controls.assign(mode, "fixed")
    return fixed


@lru_cache(_MOST_CAMERAS)
def _overscan_of(camera: str) -> tuple[str, str]:
    """The paths of a camera's margin and of its mode: asked for with every value that is set."""
    return f"/camera/{camera}/overscan_deg", f"/camera/{camera}/overscan_mode"


SET_COMMANDS = (
    CommandKind(SetRequest, None, _set_one, undoable=True),
    CommandKind(BatchRequest, None, _set_several, undoable=True),
)
