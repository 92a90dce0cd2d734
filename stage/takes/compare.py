"""Where two encoded records differ, named by the path of the first differing value. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator

import msgspec

from tracking.records import Evolving

LONGEST_TOLD = 1000
"""Characters of a value that are told: one that was changed may be of any length."""
Leaf = bool | int | float | str | bytes | None
Tree = Leaf | list["Tree"] | dict[str, "Tree"]
"""What MessagePack gives without a schema; times and extensions, which no record holds, count as values too."""


class Difference(Evolving):
    """One value that is not what was recorded; bytes are told as hexadecimal, "absent" where one side has no value.

    `input` names the recorded input that was changed after recording, "" where none was.
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


def first_difference(recorded: Tree, replayed: Tree, tolerance: float = 0.0) -> tuple[str, Leaf, Leaf] | None:
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


def told(value: Leaf) -> bool | float | int | str | None:
    """The value as it can be said in JSON."""
    if isinstance(value, bytes):
        return value.hex()[:LONGEST_TOLD]
    if value is None or isinstance(value, bool | int) or (isinstance(value, float) and math.isfinite(value)):
        return value
    return str(value)[:LONGEST_TOLD]


def _alike(recorded: Leaf, replayed: Leaf, tolerance: float) -> bool:
    if isinstance(recorded, float) and isinstance(replayed, float):
        return abs(recorded - replayed) <= tolerance or _same_float(recorded, replayed)
    return type(recorded) is type(replayed) and recorded == replayed


def _same_float(recorded: float, replayed: float) -> bool:
    """Equal, or both not a number: what an equal digest says."""
    return recorded == replayed or (math.isnan(recorded) and math.isnan(replayed))
