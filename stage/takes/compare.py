"""Where two encoded records differ, named by the path of the first differing value. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator

import msgspec

from tracking.records import Evolving

LONGEST_SHOWN = 1000
"""Characters of a value that are shown: one that was changed may be of any length."""
Leaf = bool | int | float | str | bytes | None
Tree = Leaf | list["Tree"] | dict[str, "Tree"]
"""What MessagePack decodes to without a schema; times and extensions, which no record holds, count as values too."""
PathDifference = tuple[str, Leaf, Leaf]
"""The path of a value, as it was recorded and as it was replayed."""


class Difference(Evolving):
    """One value that is not what was recorded; bytes are shown as hexadecimal, "absent" where one side has no value.

    `path` is that of a value of the plan (`inners[0].eye_m[1]`), of the rest of the outcome
    (`outcome.answers[0].value`), of the inputs or of a snapshot. `input` names the recorded input that was changed
    after recording, "" where none was.
    """

    frame: int
    path: str
    recorded: bool | float | int | str | None
    replayed: bool | float | int | str | None
    input: str = ""


def tree_of(encoded: bytes) -> Tree:
    """Plain lists, maps and values of an encoded record. Raises one of `UNDECODABLE`."""
    tree: Tree = msgspec.msgpack.decode(encoded)
    return tree


def leaves(tree: Tree, path: str = "") -> Iterator[tuple[str, Leaf]]:
    """Every single value with its path (`inners[0].eye_m[1]`), in encoded order; an empty list or map counts as one."""
    if isinstance(tree, dict) and tree:
        for key, value in tree.items():
            yield from leaves(value, f"{path}.{key}" if path else str(key))
    elif isinstance(tree, list) and tree:
        for index, value in enumerate(tree):
            yield from leaves(value, f"{path}[{index}]")
    elif isinstance(tree, dict | list):
        yield path, "{}" if isinstance(tree, dict) else "[]"
    else:
        yield path, tree


def first_difference(recorded: Tree, replayed: Tree, tolerance: float = 0.0) -> PathDifference | None:
    """Path, recorded and replayed value of the first difference, or None.

    Floats may differ by `tolerance`; everything else must be equal, and at tolerance 0 also of the same type.
    """
    after = dict(leaves(replayed))
    before = dict(leaves(recorded))
    for path, value in before.items():
        if path not in after:
            return path, value, "absent"
        if not _alike(value, after[path], tolerance):
            return path, value, after[path]
    added = next((path for path in after if path not in before), None)
    return None if added is None else (added, "absent", after[added])


def shown(value: Leaf) -> bool | float | int | str | None:
    """The value as JSON can hold it."""
    if isinstance(value, bytes):
        return value.hex()[:LONGEST_SHOWN]
    if value is None or isinstance(value, bool | int) or (isinstance(value, float) and math.isfinite(value)):
        return value
    return str(value)[:LONGEST_SHOWN]


def _alike(recorded: Leaf, replayed: Leaf, tolerance: float) -> bool:
    if isinstance(recorded, float) and isinstance(replayed, float):
        return abs(recorded - replayed) <= tolerance or _same_float(recorded, replayed)
    return type(recorded) is type(replayed) and recorded == replayed


def _same_float(recorded: float, replayed: float) -> bool:
    """Equal, or both not a number: then their bytes are equal too."""
    return recorded == replayed or (math.isnan(recorded) and math.isnan(replayed))
