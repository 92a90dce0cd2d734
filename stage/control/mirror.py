"""A client's copy of a stage's values that misses no change.

After the Clone pattern of the ZeroMQ guide, chapter 5: subscribe, take a snapshot, drop the updates that it
contains, and take another snapshot when the sequence has a gap. A subscription may take effect after the snapshot; the
stage's sign of life, each second, shows that as well.
"""

from __future__ import annotations

from typing import Any

from tracking.records import Evolving
from tracking.settable import Value


class Change(Evolving):
    """A value that is in force from `frame` on."""

    path: str
    value: Value
    frame: int
    epoch: int
    seq: int


class Mirror:
    """The values at or below `prefix`. `changes_of` updates them from a snapshot or an update."""

    def __init__(self, prefix: str) -> None:
        self._exact = prefix
        self._folder = prefix.rstrip("/") + "/"
        self._values: dict[str, Value] = {}
        self._epoch: int | None = None
        self._seq = -1
        self._tree = 0

    @property
    def values(self) -> dict[str, Value]:
        """The values as they are now, by path."""
        return dict(self._values)

    @property
    def moment(self) -> tuple[int, int, int]:
        """Epoch, sequence number and version of the tree that the values belong to; the epoch is -1 before any."""
        return (-1 if self._epoch is None else self._epoch), self._seq, self._tree

    def follows(self, update: dict[str, Any]) -> bool:
        """Whether `update` can be applied: false before the first snapshot, after a gap, after a restart, and where
        paths have come or gone.
        """
        expected = self._seq + 1 if update["values"] else self._seq
        return bool(
            update["epoch"] == self._epoch and update["seq"] <= expected and update.get("tree", 0) <= self._tree
        )

    def changes_of(self, message: dict[str, Any]) -> list[Change]:
        """Applies a message and returns what it changed; one that the copy already contains changes nothing.

        Where paths have come or gone, or the stage was restarted, `message` is a snapshot; what it lacks is forgotten.
        """
        tree = message.get("tree", 0)
        if message["epoch"] == self._epoch and tree <= self._tree and message["seq"] <= self._seq:
            return []
        if (message["epoch"], tree) != (self._epoch, self._tree):
            self._values = {path: value for path, value in self._values.items() if path in message["values"]}
        self._epoch, self._seq, self._tree = message["epoch"], message["seq"], tree
        changes = []
        for path, value in message["values"].items():
            watched = path == self._exact or path.startswith(self._folder)
            if watched and self._values.get(path) != value:
                self._values[path] = value
                changes.append(Change(path=path, value=value, frame=message["frame"], epoch=self._epoch, seq=self._seq))
        return changes
