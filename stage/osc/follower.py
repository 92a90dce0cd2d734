"""Keeps up with the stage: which parameters there are, and their present values. It asks again after every gap."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgpack
import msgspec

from stage.control.mirror import Mirror
from stage.control.requests import DescribeRequest, SnapshotRequest
from stage.control.wire import WireRequest
from stage.values.parameters import Parameter
from stage.values.tree import ParameterTree
from tracking.records import UNDECODABLE
from tracking.settable import Value

ASKS_AGAIN_S = 1.0
SILENT_S = 3.0
"""The stage publishes something each second; after so long it is gone or hangs."""
_SNAPSHOT, _DESCRIBE = "snapshot", "describe"


class Follower:
    """What one client of the stage knows of it. `ask` sends a request. Times are monotonic seconds."""

    def __init__(self, ask: Callable[[WireRequest], bool]) -> None:
        self._ask = ask
        self._mirror = Mirror("")
        self._tree: ParameterTree | None = None
        self._tree_version = 0
        self._wanted = True
        self._asked_s = self._heard_s = float("-inf")
        self.changed: dict[str, Value] = {}
        """Values that have changed since the last look; whoever looks clears them."""
        self.anew: Mapping[str, Value] | None = None
        """All values, where they are known anew; whoever looks clears it."""

    def tree(self, now_s: float) -> ParameterTree | None:
        """The parameters; None while the stage is not known, or has been silent for too long."""
        return self._tree if now_s - self._heard_s < SILENT_S else None

    def tick(self, now_s: float) -> None:
        """Asks for what is not known. To be called often."""
        if self._wanted and now_s - self._asked_s >= ASKS_AGAIN_S:
            self._asked_s = now_s
            self._ask(DescribeRequest(id=_DESCRIBE))
            self._ask(SnapshotRequest(id=_SNAPSHOT))

    def hear_update(self, body: bytes, now_s: float) -> None:
        """An update of the state, as it was published."""
        update = _unpacked(body)
        if update.get("type") != "state":
            return
        self._heard_s = now_s
        if self._wanted or not self._mirror.follows(update):
            self._wanted = True
            return
        for change in self._mirror.changes_of(update):
            self.changed[change.path] = change.value

    def hear_reply(self, reply: Mapping[str, Any], now_s: float) -> bool:
        """A reply of the stage. False where it answers none of this one's requests."""
        if reply.get("id") not in (_SNAPSHOT, _DESCRIBE):
            return False
        self._heard_s = now_s
        if reply["type"] == "error":
            return True
        if reply["id"] == _DESCRIBE:
            self._tree = ParameterTree()
            self._tree.add(parameters_of(reply["parameters"]))
            self._tree_version = reply["tree"]
        else:
            self._mirror.changes_of(dict(reply))
            self.changed.clear()
            self.anew = reply["values"]
            self._wanted = self._tree_version != reply["tree"]
        return True


def parameters_of(described: list[dict[str, Any]]) -> list[Parameter]:
    """Declarations as records. Fields that a later version added are ignored."""
    known = Parameter.__struct_fields__
    return [msgspec.convert({name: one[name] for name in known if name in one}, Parameter) for one in described]


def _unpacked(body: bytes) -> dict[str, Any]:
    try:
        found = msgpack.unpackb(body)
    except (*UNDECODABLE, msgpack.UnpackException):
        return {}
    return found if isinstance(found, dict) else {}
