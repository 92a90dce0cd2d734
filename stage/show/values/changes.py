"""What commands replaced: so that a client can take its own back, and a recovery what killed cores."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec
from msgspec.structs import replace

from stage.show.parts.part import KeptRecord, Part
from tracking.records import Notebook
from tracking.settable import Value

STEPS_OF_ONE = 32
MOST_VALUES = 8192
NEVER_TAKEN_BACK = ("/output/blackout", "/output/freeze")
"""The emergency switches: what they say is somebody's decision, whatever happens to the core."""
NOBODY = ""
"""Who is noted for changes that no client can undo: those of cues, and of undo itself."""


class Change(KeptRecord):
    """What one command changed, or one drag under a lease: the values `before` it and `after` it, by path.

    `number` counts the changes of all clients, `frame` is when the newest of it took effect, `lease` the lease of the
    drag (0 is none). The values `followed` follow from the others, perhaps later: the date, when an hour fades over
    midnight. `began` are the values before the first of several changes of the same paths in quick succession, a fader
    that is moved without a lease; None in that first one. `names` is the look or world that the command named.
    """

    number: int
    frame: int
    before: dict[str, Value]
    after: dict[str, Value]
    followed: tuple[str, ...] = ()
    lease: int = 0
    began: dict[str, Value] | None = None
    names: str = ""


NO_CHANGE = Change(number=0, frame=0, before={}, after={})
"""What changes are made of, for the reason of `NO_ANSWER`."""


class ClientChanges(Part):
    """The newest changes of one client by their numbers, the oldest first, and those that it has undone since."""

    steps: dict[int, Change] = msgspec.field(default_factory=dict)
    undone: dict[int, Change] = msgspec.field(default_factory=dict)


class ChangeHistory(Notebook):
    """The newest changes of each client. `number` is that of the newest of all, `values` how many values all hold."""

    by_client: dict[str, ClientChanges] = msgspec.field(default_factory=dict)
    number: int = 0
    values: int = 0


def add_changes(history: ChangeHistory, client: str, changes: Iterable[Change], within_frames: int) -> None:
    """Adds changes of a client in their order, with the next numbers. What it has undone cannot be done again then.

    One under the lease of the change before continues that. One of the same paths within so many frames is the same for
    a recovery: a fader that is being moved.
    """
    own = history.by_client.get(client)
    if own is None:
        own = history.by_client[client] = ClientChanges()
    for number in tuple(own.undone):
        drop_change(history, own, number)
    steps, newest, number, began = own.steps, newest_of(own.steps), history.number, None
    for one in changes:
        change = one
        if newest is None:
            pass
        elif change.lease and newest.lease == change.lease:
            drop_change(history, own, newest.number)
            change = _continued(newest, change)
        elif change.frame - newest.frame <= within_frames and newest.before.keys() == change.before.keys():
            began = newest.began or newest.before
        number += 1
        newest = steps[number] = replace(change, number=number, began=began)
        began = None
        history.values += len(newest.before)
    history.number = number
    own.note_change()
    while len(steps) > STEPS_OF_ONE:
        history.values -= len(steps.pop(next(iter(steps))).before)
    if history.values > MOST_VALUES:
        _drop_oldest(history)


def _continued(newest: Change, change: Change) -> Change:
    """A drag that goes on: from where it began to where it is."""
    return replace(
        change,
        before={**change.before, **newest.before},
        after={**newest.after, **change.after},
        followed=tuple(dict.fromkeys((*newest.followed, *change.followed))),
    )


def drop_change(history: ChangeHistory, own: ClientChanges, number: int) -> Change:
    """Removes one of a client's changes, done or undone, and returns it."""
    dropped = own.steps.pop(number, None) or own.undone.pop(number)
    own.note_change()
    history.values -= len(dropped.before)
    return dropped


def move_change(own: ClientChanges, change: Change) -> None:
    """What was done is undone, or the other way; unless it had to make room for the very change that this was."""
    for held, goes_to in ((own.steps, own.undone), (own.undone, own.steps)):
        if held.pop(change.number, None) is not None:
            goes_to[change.number] = change
            own.note_change()
            return


def newest_of(changes: dict[int, Change]) -> Change | None:
    """The newest of some changes; None where there is none."""
    return next(reversed(changes.values()), None)


def forget_client(history: ChangeHistory, client: str) -> None:
    """Drops what a client could undo."""
    gone = history.by_client.pop(client, None)
    if gone is not None:
        history.values -= sum(len(change.before) for change in (*gone.steps.values(), *gone.undone.values()))


def newest_change(history: ChangeHistory, until_frame: int | None) -> Change | None:
    """Removes the newest change of all until that frame (None: of all) and returns it without the emergency switches.

    Changes of those alone are passed over, and stay. Of a fader that was moved it is the whole movement. None if there
    is nothing left to take back.
    """
    newest: tuple[str, Change] | None = None
    for client, own in history.by_client.items():
        found = next((step for step in reversed(own.steps.values()) if _can_be_taken_back(step, until_frame)), None)
        if found is not None and (newest is None or found.number > newest[1].number):
            newest = client, found
    if newest is None:
        return None
    client, change = newest
    _drop_movement(history, history.by_client[client], change)
    before = change.before if change.began is None else change.began
    return replace(change, before=_without_switches(before))


def _drop_oldest(history: ChangeHistory) -> None:
    """Drops the oldest changes of all while there are too many values in them; the newest always stays."""
    clients = tuple(history.by_client)
    numbered = sorted(
        (number, place)
        for place, client in enumerate(clients)
        for number in (*history.by_client[client].steps, *history.by_client[client].undone)
    )
    for number, place in numbered[:-1]:
        drop_change(history, history.by_client[clients[place]], number)
        if history.values <= MOST_VALUES:
            return


def _can_be_taken_back(step: Change, until_frame: int | None) -> bool:
    return (until_frame is None or step.frame <= until_frame) and bool(_without_switches(step.before))


def _without_switches(values: Mapping[str, Value]) -> dict[str, Value]:
    return {path: value for path, value in values.items() if path not in NEVER_TAKEN_BACK}


def _drop_movement(history: ChangeHistory, own: ClientChanges, last: Change) -> None:
    """Drops a change, and those before it in the same movement of a fader."""
    for number in reversed([number for number in own.steps if number <= last.number]):
        if drop_change(history, own, number).began is None:
            return
