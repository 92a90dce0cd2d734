"""Changes of the list of cues: by requests, all of one or nothing, and by its file. Pure."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from render.worlds.shared.keys import is_shown
from stage.show.commands.kinds import Effect, Hands
from stage.show.cues.cue_list import CueList, cue_at, no_cue, number_after, number_of
from stage.show.cues.cue_values import checked_value, lacks_of
from stage.show.cues.play import CuePlay
from stage.show.frame.outcome import LookOutcome
from stage.show.frame.requests import CueRequest
from stage.show.looks.shelf import folded
from stage.values.cues import (
    A_WHOLE,
    MOST_BYTES,
    MOST_CUES,
    Cue,
    CueFields,
    as_number,
    as_text,
    fields_given,
    with_values,
)
from stage.values.parameters import Refusal
from stage.values.stage_wide import ACTIVE_WORLD
from stage.values.tree import ParameterTree
from tracking.records import Scalar
from tracking.settable import Value

_LONGEST_SHOWN = 32


def add(hands: Hands, request: CueRequest) -> Effect:
    """Puts new cues into the list: by their numbers, or after one, or at the end; or in place of all."""
    cues = {} if request.replace is True else {cue.number: cue for cue in hands.cues.cues}
    after = max(cues, default=0)
    if not isinstance(request.after, msgspec.UnsetType):
        place = number_of(request.after)
        if isinstance(place, Refusal):
            return Effect(refusal=place)
        after = place
    number = after
    for fields in request.cues:
        found = _new_number(list(cues.values()), fields, after)
        if isinstance(found, Refusal):
            return Effect(refusal=found)
        number = after = found
        made = _changed(Cue(number=number), fields, hands.controls.tree)
        if not isinstance(made, Cue):
            return made
        cues[number] = made
        cues = dict(sorted(cues.items()))
    return _put(hands, cues, number, len(request.cues))


def edit(hands: Hands, request: CueRequest) -> Effect:
    """Changes the given fields of cues that are there."""
    cues, number = {cue.number: cue for cue in hands.cues.cues}, 0
    for fields in request.cues:
        found = number_of(fields.number)
        if isinstance(found, Refusal):
            return Effect(refusal=found)
        if found not in cues:
            return Effect(refusal=no_cue(hands.cues.cues, found))
        number = found
        made = _changed(cues[number], fields, hands.controls.tree)
        if not isinstance(made, Cue):
            return made
        cues[number] = made
    return _put(hands, cues, number, len(request.cues))


def delete(hands: Hands, request: CueRequest) -> Effect:
    """Takes one cue out of the list, or all from one number to another."""
    first = number_of(request.number)
    last = first if isinstance(request.to, msgspec.UnsetType) else number_of(request.to)
    for found in (first, last):
        if isinstance(found, Refusal):
            return Effect(refusal=found)
    assert isinstance(first, int)
    assert isinstance(last, int)
    if last == first and cue_at(hands.cues.cues, first) is None:
        return Effect(refusal=no_cue(hands.cues.cues, first))
    left = {cue.number: cue for cue in hands.cues.cues if not first <= cue.number <= last}
    return _put(hands, left, first, len(hands.cues.cues) - len(left))


def renumber(hands: Hands, request: CueRequest) -> Effect:
    """Gives one cue another number, or all of them whole ones. The pointer stays at its cue."""
    cues = hands.cues.cues
    if isinstance(request.number, msgspec.UnsetType) and isinstance(request.to, msgspec.UnsetType):
        moved = {cue.number: A_WHOLE * (place + 1) for place, cue in enumerate(cues)}
        return _renumbered(hands, moved, A_WHOLE if cues else 0)
    number, to = number_of(request.number), number_of(request.to)
    if isinstance(number, Refusal):
        return Effect(refusal=number)
    if isinstance(to, Refusal):
        return Effect(refusal=to)
    if cue_at(cues, number) is None:
        return Effect(refusal=no_cue(cues, number))
    if to != number and cue_at(cues, to) is not None:
        return Effect(refusal=_taken(to))
    return _renumbered(hands, {number: to}, to)


def follow_look(cues: CueList, was: str, name: str) -> None:
    """Cues that name a look by what it `was` called name it by its new name."""
    alike = folded(was)
    if any(cue.look and folded(cue.look) == alike for cue in cues.cues):
        changed = [
            msgspec.structs.replace(cue, look=name) if cue.look and folded(cue.look) == alike else cue
            for cue in cues.cues
        ]
        _replace(cues, changed)


def _new_number(cues: list[Cue], fields: CueFields, after: int) -> int | Refusal:
    if isinstance(fields.number, msgspec.UnsetType):
        found = number_after(cues, after)
        if found is not None:
            return found
        return Refusal(code="conflict", reason="no_room_between_cues", values={"number": as_text(after)})
    number = number_of(fields.number)
    return _taken(number) if isinstance(number, int) and cue_at(cues, number) is not None else number


def _taken(number: int) -> Refusal:
    return Refusal(code="conflict", reason="cue_number_taken", values={"number": as_text(number)})


def _changed(cue: Cue, fields: CueFields, tree: ParameterTree) -> Cue | Effect:
    """The cue with the given fields; an effect with the refusal where it would be none."""
    values: dict[str, Scalar] = {"number": as_text(cue.number)}
    given = fields_given(fields)
    if not is_shown(str(given.get("name", ""))):
        refusal = Refusal(code="bad_message", reason="cue_name_not_one_line", values={**values, "found": given["name"]})
        return Effect(refusal=refusal)
    changed = msgspec.structs.replace(cue, **given)
    if fields.look and fields.values:
        return Effect(refusal=Refusal(code="bad_message", reason="cue_of_look_and_values", values=values))
    if fields.look:
        changed = msgspec.structs.replace(changed, look=fields.look, content=b"", count=0, world="")
    if fields.values:
        kept = _kept(tree, fields.values)
        if isinstance(kept, Effect):
            return kept
        changed = with_values(changed, kept)
    if not isinstance(fields.only, msgspec.UnsetType):
        changed = msgspec.structs.replace(changed, only=fields.only)
    if not changed.look and not changed.count:
        return Effect(refusal=Refusal(code="bad_message", reason="cue_of_nothing", values=values))
    if changed.only and not changed.look:
        return Effect(refusal=Refusal(code="bad_message", reason="cue_part_of_no_look", values=values))
    return changed


def _kept(tree: ParameterTree, values: Mapping[str, Value]) -> dict[str, Value] | Effect:
    """A cue's own values as it keeps them. A world that is not there is no fault of theirs: it may come."""
    kept: dict[str, Value] = {}
    for path, value in values.items():
        checked = checked_value(tree, path, value)
        is_missing_world = isinstance(checked, Refusal) and path == ACTIVE_WORLD and checked.reason == "no_such_choice"
        if isinstance(checked, Refusal) and not is_missing_world:
            nearer = tree.find(path) if checked.reason == "no_parameter" else checked
            return Effect(path=path, refusal=nearer if isinstance(nearer, Refusal) else checked)
        kept[path] = value if isinstance(checked, Refusal) else checked
    return kept


def _put(hands: Hands, cues: Mapping[int, Cue], number: int, count: int) -> Effect:
    """Makes these the list. The answer has the number of the last cue that was changed, how many, and what it lacks."""
    if count == 0:
        return Effect(refusal=Refusal(code="bad_message", reason="no_cue_named"))
    if len(cues) > MOST_CUES:
        return Effect(refusal=Refusal(code="conflict", reason="too_many_cues", values={"most": MOST_CUES}))
    if sum(len(cue.content) for cue in cues.values()) > MOST_BYTES:
        most = MOST_BYTES >> 20
        return Effect(refusal=Refusal(code="conflict", reason="cues_too_large", values={"most_mib": most}))
    _replace(hands.cues, [cues[one] for one in sorted(cues)])
    if not cues:  # the next list begins with its first cue
        hands.play.pointer = 0
        hands.play.note_change()
    cue = cues.get(number)
    lacks = [] if cue is None else lacks_of(cue, hands.looks, hands.controls.tree[ACTIVE_WORLD].choices)
    absent = tuple(f"{what} {name}" for one in lacks for what, name in one.values.items() if what != "cue")
    return Effect(value=as_number(number), look=LookOutcome(count=count, absent=absent))


def _renumbered(hands: Hands, moved: Mapping[int, int], number: int) -> Effect:
    cues = [msgspec.structs.replace(cue, number=moved.get(cue.number, cue.number)) for cue in hands.cues.cues]
    cues.sort(key=lambda cue: cue.number)
    _follow_numbers(hands.play, moved)
    _replace(hands.cues, cues)
    return Effect(value=as_number(number))


def _follow_numbers(play: CuePlay, moved: Mapping[int, int]) -> None:
    """Pointers stay at their cues; one at a cue that was deleted stays behind the cue before it."""

    def now(number: int) -> int:
        if len(moved) == 1 or number in moved:
            return moved.get(number, number)
        return max((to for was, to in moved.items() if was <= number), default=0)

    play.note_change()
    play.pointer = now(play.pointer)
    play.runs = [msgspec.structs.replace(run, number=now(run.number)) for run in play.runs]
    play.steps = [
        msgspec.structs.replace(step, number=now(step.number), pointer=now(step.pointer)) for step in play.steps
    ]


def _replace(cues: CueList, changed: list[Cue]) -> None:
    cues.note_change()
    cues.cues = changed
    cues.edition += 1
    cues.version += 1
