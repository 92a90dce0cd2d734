"""A client's copy of a stage's values, kept without missing a change.

After the Clone pattern of the ZeroMQ guide, chapter 5: subscribe, take a snapshot, drop updates that it contains, and
take another snapshot when the sequence shows a gap. A subscription may come into force after the snapshot; the stage's
sign of life each second shows that too.
"""

from __future__ import annotations

from typing import Any

from stage.show.frame.inputs import Value
from tracking.records import Evolving


class Change(Evolving):
    """A value as it is from `frame` on."""

    path: str
    value: Value
    frame: int
    epoch: int
    seq: int


class Mirror:
    """A client's copy of the values: `changes_of` tells what a snapshot or update changes in it."""

    def __init__(self, prefix: str) -> None:
        self._exact = prefix
        self._folder = prefix.rstrip("/") + "/"
        self._values: dict[str, Value] = {}
        self._epoch: int | None = None
        self._seq = -1

    def follows(self, update: dict[str, Any]) -> bool:
        """Whether `update` can be taken as it is: false after a gap, a restart or before the first snapshot."""
        expected = self._seq + 1 if update["values"] else self._seq
        return bool(update["epoch"] == self._epoch and update["seq"] <= expected)

    def changes_of(self, message: dict[str, Any]) -> list[Change]:
        """What differs from the copy, which then is as `message` says; what it already contains changes nothing."""
        if message["epoch"] == self._epoch and message["seq"] <= self._seq:
            return []
        self._epoch, self._seq = message["epoch"], message["seq"]
        changes = []
        for path, value in message["values"].items():
            watched = path == self._exact or path.startswith(self._folder)
            if watched and self._values.get(path) != value:
                self._values[path] = value
                changes.append(Change(path=path, value=value, frame=message["frame"], epoch=self._epoch, seq=self._seq))
        return changes
