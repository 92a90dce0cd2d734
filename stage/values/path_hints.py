"""What a client meant by a path that does not exist. Pure, and quick: a frame may bring many such paths."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

LONGEST = 200
_ALIKE = 0.4
_MOST_NAMED = 8


class Hint(NamedTuple):
    """The nearest path there is; or a folder with some of its names, and how many more it has; or nothing."""

    nearest: str = ""
    folder: str = ""
    names: str = ""
    more: int = 0


class PathHints:
    """Hints for the paths of one tree: the known path with every wrong part put right, or the names that there are.

    Parts are compared by the pairs of neighbouring letters that they share (Dice's coefficient), part by part from the
    root, so that the work is bounded by one folder's names for each part and not by the tree.
    """

    def __init__(self, paths: Iterable[str]) -> None:
        self._children: dict[str, dict[str, frozenset[str]]] = {}
        for path in paths:
            folder = ""
            for part in path.strip("/").split("/"):
                self._children.setdefault(folder, {}).setdefault(part, _pairs(part))
                folder = f"{folder}/{part}"

    def of(self, path: str) -> Hint:
        """What was meant: the nearest path, else the names at the first part that is like none."""
        folder = ""
        for part in path[:LONGEST].strip("/").split("/"):
            children = self._children.get(folder)
            if children is None:
                return Hint(nearest=folder)
            nearest = part if part in children else _nearest(part, children)
            if not nearest:
                return _names(folder, children)
            folder = f"{folder}/{nearest}"
        children = self._children.get(folder)
        return Hint(nearest=folder) if children is None else _names(folder, children)


def _pairs(part: str) -> frozenset[str]:
    word = f"^{part.casefold()}$"
    return frozenset(word[at : at + 2] for at in range(len(word) - 1))


def _nearest(part: str, children: dict[str, frozenset[str]]) -> str:
    """The child most like `part`, the first of equals; "" where none is like it."""
    pairs = _pairs(part)
    likeness, nearest = _ALIKE, ""
    for name, others in children.items():
        shared = 2.0 * len(pairs & others) / (len(pairs) + len(others))
        if shared > likeness:
            likeness, nearest = shared, name
    return nearest


def _names(folder: str, children: dict[str, frozenset[str]]) -> Hint:
    if not folder:
        return Hint()
    names = list(children)
    return Hint(folder=folder, names=", ".join(names[:_MOST_NAMED]), more=max(0, len(names) - _MOST_NAMED))
