"""What clients see of what they can undo."""

from __future__ import annotations

from itertools import islice

from stage.control.view import ChangedValue, ClientChange
from stage.show.values.changes import Change, ChangeHistory, ClientChanges

MOST_LISTED = 10
MOST_NAMED = 4
"""So many values of a change are named; a recalled look has hundreds."""


def changes_of(history: ChangeHistory, client: str) -> tuple[tuple[ClientChange, ...], tuple[ClientChange, ...]]:
    """The newest changes of a client that it can undo, and those that it can redo; the newest of each first."""
    own = history.by_client.get(client, ClientChanges())
    return _newest(own.steps), _newest(own.undone)


def _newest(changes: dict[int, Change]) -> tuple[ClientChange, ...]:
    return tuple(_shown(change) for change in islice(reversed(changes.values()), MOST_LISTED))


def _shown(change: Change) -> ClientChange:
    """A change without what follows of itself from what was set, unless that is all of it."""
    own = [path for path in change.before if path not in change.followed] or list(change.before)
    values = (
        ChangedValue(path=path, before=change.before[path], after=change.after[path]) for path in own[:MOST_NAMED]
    )
    return ClientChange(frame=change.frame, count=len(own), names=change.names, values=tuple(values))
