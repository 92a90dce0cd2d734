"""What was made for a key and is kept for when it is asked for again. Pure."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")

_MOST = 64
"""More than one frame can show: two lights of four layers of two worlds on air and two frozen ones."""


class Kept(Generic[Key, Value]):
    """What was made for the newest keys; the oldest value is given to be filled anew once there are too many."""

    def __init__(self) -> None:
        self._values: OrderedDict[Key, Value] = OrderedDict()

    def get(self, key: Key, make: Callable[[Value | None], Value]) -> Value:
        """The value of `key`; `make` makes it where it is missing, of a spare one or of None."""
        if key not in self._values:
            spare = self._values.popitem(last=False)[1] if len(self._values) >= _MOST else None
            self._values[key] = make(spare)
        self._values.move_to_end(key)
        return self._values[key]
