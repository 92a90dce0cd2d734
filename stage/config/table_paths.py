"""Places inside a table, written as msgspec writes them: `.shape.base_m[2]`. Pure."""

from __future__ import annotations

import re
from typing import Any

_STEP = re.compile(r"\.([^.\[]+)|\[(\d+)\]")

Table = dict[str, Any]
Steps = list[tuple[str, str]]


def steps_of(path: str) -> Steps:
    """A path as steps of (key, index), of which one is empty."""
    return _STEP.findall(path)


def value_at(table: Table, path: str) -> Any:
    """The value at a path, or None if there is nothing."""
    if not path:
        return table
    holder, key = holder_at(table, path)
    try:
        return None if holder is None else holder[key]
    except (KeyError, IndexError):
        return None


def holder_at(table: Table, path: str) -> tuple[Any, Any]:
    """The table or list that holds a path's value, and the key in it; (None, None) if it does not exist."""
    holder: Any = None
    key: Any = None
    here: Any = table
    for name, index in steps_of(path):
        if not isinstance(here, list if index else dict):
            return None, None
        holder, key = here, name or int(index)
        here = here.get(key) if isinstance(here, dict) else here[key]
    return holder, key
