"""The triangles and edges of a part that were chosen for some views, as lists of indices on the GPU."""

from __future__ import annotations

from typing import NamedTuple

import moderngl

from render.models.seen_pieces import Indices, PartView, Pieces

_MOST_VIEWS = 12
"""Views that a part keeps its choice for: those of some cameras, and six around the outer eye."""


class Chosen(NamedTuple):
    """A list of indices, and how many of them count."""

    indices: moderngl.Buffer
    length: int


class _Kept(NamedTuple):
    seen: PartView
    triangles: Chosen
    edges: Chosen


class GpuPieces:
    """What was chosen of a part for the views that it was drawn in last."""

    def __init__(self, context: moderngl.Context, pieces: Pieces) -> None:
        self._context = context
        self._pieces = pieces
        self._kept: list[_Kept] = []
        self.choices = 0
        """How often something was chosen: the measure of what moving eyes cost."""

    @property
    def bytes(self) -> int:
        """Graphics memory."""
        return sum(one.triangles.indices.size + one.edges.indices.size for one in self._kept)

    def chosen(self, seen: PartView) -> tuple[Chosen, Chosen]:
        """Triangles and edges for a view."""
        place = next((place for place, one in enumerate(self._kept) if seen.is_like(one.seen)), None)
        if place is None:
            spare = self._kept.pop(0) if len(self._kept) >= _MOST_VIEWS else None
            found = self._choose(seen, spare)
        else:
            found = self._kept.pop(place)
        self._kept.append(found)
        return found.triangles, found.edges

    def release(self) -> None:
        """Frees the graphics memory."""
        for one in self._kept:
            one.triangles.indices.release()
            one.edges.indices.release()

    def _choose(self, seen: PartView, spare: _Kept | None) -> _Kept:
        self.choices += 1
        seen = seen._replace(tangent_px=seen.tangent_px * 1.05)
        lists = self._pieces.triangles(seen), self._pieces.edges(seen)
        olds = (None, None) if spare is None else (spare.triangles, spare.edges)
        triangles, edges = (self._written(*pair) for pair in zip(lists, olds, strict=True))
        return _Kept(seen, triangles, edges)

    def _written(self, indices: Indices, old: Chosen | None) -> Chosen:
        buffer = self._context.buffer(reserve=max(4, indices.nbytes), dynamic=True) if old is None else old.indices
        if buffer.size < indices.nbytes:
            buffer.orphan(indices.nbytes)
        buffer.write(indices.tobytes())
        return Chosen(buffer, len(indices))
