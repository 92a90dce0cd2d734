"""Suggestions for a path that does not exist. Pure, and fast, because one frame may bring many such paths."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

LONGEST = 200
_ALIKE = 0.4
_MOST_NAMED = 8


class Hint(NamedTuple):
    """The nearest existing path; or a folder with some of its names and the number of others; or nothing."""

    nearest: str = ""
    folder: str = ""
    names: str = ""
    more: int = 0


class PathHints:
    """Hints for the paths of one tree: the path with every wrong part corrected, or the names to choose from.

    Parts are compared one by one from the root, by the share of letter pairs that they have in common (Dice's
    coefficient). So the work for each part is bounded by the names of one folder, not by the whole tree.
    """

    def __init__(self, paths: Iterable[str]) -> None:
        self._children: dict[str, dict[str, frozenset[str]]] = {}
        for path in paths:
            folder = ""
            for part in path.strip("/").split("/"):
                self._children.setdefault(folder, {}).setdefault(part, _pairs(part))
                folder = f"{folder}/{part}"

    def of(self, path: str) -> Hint:
        """The nearest path, or else the names at the first part that resembles none of them."""
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
    """The child most like `part`, the first of equals; "" if none resembles it."""
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
