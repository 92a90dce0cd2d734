"""What the newest commands replaced, so that a change with which cores die can be taken back."""

from __future__ import annotations

import msgspec

from tracking.records import Notebook
from tracking.settable import Value

MOST_CHANGES = 32
MOST_VALUES = 512
NEVER_TAKEN_BACK = ("/output/blackout", "/output/freeze")
"""The emergency switches: what they say is somebody's decision, whatever happens to the core."""


class Change(Notebook):
    """One command's change, or several of the same values in quick succession: the values `before`, by path.

    `frame` is when the newest of them took effect.
    """

    frame: int
    before: dict[str, Value]


class ChangeHistory(Notebook):
    """The newest changes, the oldest first."""

    changes: list[Change] = msgspec.field(default_factory=list)


def note_change(history: ChangeHistory, frame: int, before: dict[str, Value], *, within_frames: int) -> None:
    """Adds a change. One of the same paths within so many frames is the same change: a fader that is being moved."""
    if not before:
        return
    changes = history.changes
    newest = changes[-1] if changes else None
    if newest is not None and newest.before.keys() == before.keys() and frame - newest.frame <= within_frames:
        newest.frame = frame
        return
    changes.append(Change(frame=frame, before=before))
    values = sum(len(change.before) for change in changes)
    while len(changes) > 1 and (len(changes) > MOST_CHANGES or values > MOST_VALUES):
        values -= len(changes.pop(0).before)


def note_also(history: ChangeHistory, path: str, before: Value) -> None:
    """Adds to the newest change a value that followed from it."""
    if history.changes:
        history.changes[-1].before.setdefault(path, before)


def newest_holds(history: ChangeHistory, path: str) -> bool:
    """Whether the newest change is one of the value at `path`."""
    return bool(history.changes) and path in history.changes[-1].before


def newest_change(history: ChangeHistory, until_frame: int | None) -> Change | None:
    """Removes the newest change until that frame (None: of all) and returns it without the emergency switches.

    Changes of those alone are passed over, and stay. None if there is nothing left to take back.
    """
    for index in reversed(range(len(history.changes))):
        change = history.changes[index]
        before = {path: value for path, value in change.before.items() if path not in NEVER_TAKEN_BACK}
        if before and (until_frame is None or change.frame <= until_frame):
            del history.changes[index]
            return Change(frame=change.frame, before=before)
    return None
