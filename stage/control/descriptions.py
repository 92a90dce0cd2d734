"""What `describe` answers, encoded: the same bytes for as long as the tree stays as it is, however many clients ask."""

from __future__ import annotations

import msgspec

from stage.values.parameters import Refusal
from stage.values.tree import ParameterTree

MOST_KEPT = 16
"""So many paths are kept. Clients ask for everything, or for one of a few folders."""
_ENCODER = msgspec.msgpack.Encoder()


class Descriptions:
    """The declarations below paths, encoded when they are asked for first. The path asked for longest ago goes."""

    def __init__(self) -> None:
        self._tree: ParameterTree | None = None
        self._version = 0
        self._kept: dict[str, msgspec.Raw] = {}

    def below(self, tree: ParameterTree, path: str) -> msgspec.Raw | Refusal:
        """The encoded array of the parameter at `path` or all below it; a refusal where there is none."""
        if self._tree is not tree or self._version != tree.version:
            self._tree, self._version = tree, tree.version
            self._kept.clear()
        found = self._kept.pop(path, None)
        if found is None:
            parameters = tree.under(path)
            if not parameters:
                missing = tree.find(path)
                assert isinstance(missing, Refusal)
                return missing
            found = msgspec.Raw(_ENCODER.encode(parameters))
        self._kept[path] = found
        if len(self._kept) > MOST_KEPT:
            del self._kept[next(iter(self._kept))]
        return found
