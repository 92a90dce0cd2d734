"""What a command leaves behind when it sets values: what it replaced, and that it was forced."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from stage.show.commands.kinds import Hands
from stage.show.frame.inputs import Condition
from stage.show.people.guards import is_guarded_now
from stage.show.people.leases import drag_of, drop_leases, lease_of_another
from stage.show.report.conditions import note_condition, standing_condition
from stage.show.values.changes import NO_CHANGE, NOBODY, add_changes
from stage.show.values.controls import CheckedTarget
from tracking.records import Scalar
from tracking.settable import Value

GUARD_FORCED = "guard_forced"


class Follower(NamedTuple):
    """A value that follows from others that were set: what it was, and what it will be."""

    before: Value
    after: Value


def note_replaced(
    hands: Hands, before: Mapping[str, Value], after: Mapping[str, Value], followers: Mapping[str, Follower]
) -> None:
    """Notes what a command changed, for who gave it and for a recovery: the values of all that it set, `before` and
    `after`.
    """
    replaced = {path: value for path, value in before.items() if after[path] != value}
    put = {path: after[path] for path in replaced}
    followed = tuple(path for path, (was, will_be) in followers.items() if was != will_be)
    if not replaced and not followed:
        return
    by, leases = hands.by, hands.leases
    lease = drag_of(leases, replaced, by.client, hands.controls.state.frame) if leases.by_path and by.undoable else 0
    for path in followed:
        replaced[path], put[path] = followers[path]
    note_change(hands, replaced, put, followed, lease)


def note_change(
    hands: Hands,
    before: dict[str, Value],
    after: dict[str, Value],
    followed: tuple[str, ...] = (),
    lease: int = 0,
) -> None:
    """The same of values that all differ `before` and `after`; the fields are those of `Change`."""
    controls, by = hands.controls, hands.by
    change = replace(
        NO_CHANGE,
        frame=controls.state.frame,
        before=before,
        after=after,
        followed=followed,
        lease=lease,
        names=by.names,
    )
    add_changes(controls.state.history, by.client if by.undoable else NOBODY, (change,), controls.frames_a_second)


def note_forced(hands: Hands, checked: Sequence[CheckedTarget]) -> None:
    """Ends the leases that a command breaks, and says in health what it forces upon a recording take."""
    forced = [one for one in checked if one.target.force is True]
    if not forced:
        return
    frame, watch = hands.controls.state.frame, hands.watch()
    paths = [one.target.path for one in forced]
    drop_leases(hands.leases, [path for path in paths if lease_of_another(hands.leases, path, hands.by.client, frame)])
    guarded = [one.target.path for one in forced if is_guarded_now(watch, one)]
    if guarded:
        _log(hands, guarded)


def _log(hands: Hands, guarded: Sequence[str]) -> None:
    """One condition for each take: it counts what was forced, and names the newest of it and who did that."""
    take = hands.take.name
    before = standing_condition(hands.conditions, GUARD_FORCED, {"take": take})
    count = len(guarded) + (0 if before is None else int(before.values.get("count", 0)))
    values: dict[str, Scalar] = {"take": take, "count": count, "found": guarded[-1], "who": hands.by.who}
    why = "forced_by_somebody" if hands.by.who else "forced_by_unknown"
    note_condition(
        hands.conditions,
        Condition(code=GUARD_FORCED, severity="note", values={**values, "why": why}, lasts=True),
    )
