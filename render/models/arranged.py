"""All models of a picture as batches: what is drawn at once, where every instance stands, and which a view sees."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import moderngl
import numpy as np
from numpy.typing import NDArray

from render.models.bends import Bends
from render.models.gpu import GpuModel
from render.models.gpu_parts import OWN_FLOATS, GpuPart
from render.models.model import Floats
from render.models.placing import PlacedModel, RasterView
from tracking.records import Vec3

Mask = NDArray[np.bool_]
_WORTH_LEAVING_OUT = 4096
"""Vertices: to draw fewer unseen ones costs less than to write the instances anew."""
_WORTH_A_BOX = 64
"""Vertices of a part whose box is looked at besides its ball."""
_BENT_REACH_M = 100.0
_SORTED_AGAIN_M = 0.25


class Batch(NamedTuple):
    """Instances of a part from `start` to before `stop`; mirrored ones have their corners the other way round."""

    model: GpuModel
    part: GpuPart
    start: int
    stop: int
    is_mirrored: bool


class Arranged:
    """The batches of models, kept while no place changes. `middles` (n, 3) and `radii` (n,) hold every instance."""

    def __init__(self, context: moderngl.Context) -> None:
        self.bends = Bends(context)
        self.batches: list[Batch] = []
        self.middles = np.zeros((0, 3))
        self.radii = np.zeros(0)
        self._halves = np.zeros((0, 3, 3))
        """Of each instance the ways from its middle to the sides of its box, as columns; NaN for no box."""
        self._rows = np.zeros((0, OWN_FLOATS), np.float32)
        self._models: tuple[PlacedModel, ...] = ()
        self._starts = np.zeros(0, np.intp)
        self._sorted_for: NDArray[np.float64] | None = None
        self._alike: dict[GpuPart, int] = {}

    def arrange(self, models: Sequence[PlacedModel]) -> None:
        """Takes over where models stand now."""
        if len(models) == len(self._models) and all(map(_is_same, models, self._models)):
            return
        self._models = tuple(models)
        self.bends.clear()
        groups: dict[int, list[PlacedModel]] = {}
        for placed in models:
            groups.setdefault(id(placed.model), []).append(placed)
        rows, parts, counts = [], [], []
        for placed_alike in groups.values():
            found = self._rows_of(placed_alike)
            rows.append(found)
            for part in placed_alike[0].model.parts:
                parts.append((placed_alike[0].model, part))
                counts.append(len(part.nodes) * len(placed_alike))
        self.bends.write()
        self._take(parts, counts, np.concatenate(rows) if rows else self._rows[:0])

    def sort(self, eye_m: Vec3) -> None:
        """Puts the nearest first, so that they hide the others before these are shaded; instances within their batch,
        and batches among those of the same shaders and material. An eye that has hardly moved leaves it as it is.
        """
        eye = np.array(eye_m)
        if self._sorted_for is not None and np.abs(eye - self._sorted_for).max() < _SORTED_AGAIN_M:
            return
        self._sorted_for = eye
        if not self.batches:
            return
        away = np.linalg.norm(self.middles - eye, axis=1)
        sizes = [batch.stop - batch.start for batch in self.batches]
        nearest = np.minimum.reduceat(away, self._starts)
        alike = [self._alike[batch.part] for batch in self.batches]
        by_batch = np.lexsort((nearest, np.array(alike)))
        rank = np.empty(len(sizes), np.intp)
        rank[by_batch] = np.arange(len(sizes))
        order = np.lexsort((away, np.repeat(rank, sizes)))
        self._rows, self.middles, self.radii = self._rows[order], self.middles[order], self.radii[order]
        self._halves = self._halves[order]
        start = 0
        sorted_batches = []
        for place in by_batch.tolist():
            batch, stop = self.batches[place], start + sizes[place]
            sorted_batches.append(batch._replace(start=start, stop=stop))
            start = stop
        self.batches = sorted_batches
        self._starts = np.array([batch.start for batch in sorted_batches], np.intp)

    def seen(self, view: RasterView) -> Mask:
        """Which instances may be in the picture: those whose ball is not wholly outside one of its sides, nor the box
        of one that has much to draw.
        """
        clip = view.clip_from_world
        planes = np.stack(
            [clip[3] + clip[0], clip[3] - clip[0], clip[3] + clip[1], clip[3] - clip[1], clip[3] + clip[2]]
        )
        lengths = np.linalg.norm(planes[:, :3], axis=1)
        off = self.middles @ planes[:, :3].T + planes[:, 3]
        seen = (off > -self.radii[:, None] * lengths).all(axis=1)
        boxed = np.flatnonzero(seen & ~np.isnan(self._halves[:, 0, 0]))
        reach = np.abs(planes[:, :3] @ self._halves[boxed]).sum(axis=2)
        seen[boxed] = (off[boxed] > -reach).all(axis=1)
        return np.asarray(seen)

    def seen_from_afar(self, view: RasterView) -> Mask:
        """The same for parallel light, which sees what is nearer than its picture, too."""
        clip = view.clip_from_world
        off = np.abs(self.middles @ clip[:2, :3].T + clip[:2, 3])
        lengths = np.linalg.norm(clip[:2, :3], axis=1)
        return np.asarray((off < 1.0 + self.radii[:, None] * lengths).all(axis=1))

    def bounds(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The corners of a box around everything; what joints move is taken to stay within 100 m of where it stands."""
        if not len(self.radii):
            return np.zeros(3), np.zeros(3)
        radii = np.minimum(self.radii, _BENT_REACH_M)[:, None]
        return (self.middles - radii).min(axis=0), (self.middles + radii).max(axis=0)

    def counts(self, mask: Mask) -> list[int]:
        """How many instances of each batch are in a mask."""
        return np.add.reduceat(mask, self._starts, dtype=np.intp).tolist() if len(self._starts) else []

    def write(self, batch: Batch, mask: Mask | None, count: int) -> int:
        """Makes the part's buffer hold the instances of a batch, or only those in a mask; gives how many to draw."""
        whole = batch.stop - batch.start
        part = batch.part
        part.reserve(whole)
        if mask is not None and (whole - count) * len(part.part.positions) > _WORTH_LEAVING_OUT:
            part.own.write(self._rows[batch.start : batch.stop][mask[batch.start : batch.stop]].tobytes())
            part.shown = None
            return count
        token = (self._rows, batch.start)
        shown = part.shown
        if not (isinstance(shown, tuple) and shown[0] is self._rows and shown[1] == batch.start):
            part.own.write(self._rows[batch.start : batch.stop].tobytes())
            part.shown = token
        return whole

    def place_of(self, batch: Batch) -> Floats:
        """Stage from mesh of the first of its instances, (3, 4)."""
        return self._rows[batch.start, :12].reshape(3, 4)

    def write_one(self, batch: Batch, instance: int) -> None:
        """Makes the part's buffer hold one instance."""
        batch.part.own.orphan()
        batch.part.own.write(self._rows[instance].tobytes())
        batch.part.shown = None

    def _rows_of(self, alike: list[PlacedModel]) -> Floats:
        """The instances of all parts of a model that stands in several places, part by part, (n, 16)."""
        model = alike[0].model
        places = np.stack([placed.world_from_node[model.all_nodes] for placed in alike], axis=1)
        if model.all_local is not None:
            places = places @ model.all_local[:, None]
        rows = np.zeros((*places.shape[:2], OWN_FLOATS), np.float32)
        rows[..., :12] = places[:, :, :3, :].reshape(*places.shape[:2], 12)
        if model.bends:
            own = [np.concatenate(self.bends.add(placed, model.parts)) for placed in alike]
            rows[..., 12:] = np.stack(own, axis=1)
        return rows.reshape(-1, OWN_FLOATS)

    def _take(self, parts: list[tuple[GpuModel, GpuPart]], counts: list[int], rows: Floats) -> None:
        number = np.repeat(np.arange(len(parts)), counts)
        axes = rows[:, :12].reshape(-1, 3, 4)[:, :, :3].astype(np.float64)
        key = 2 * number + (np.linalg.det(axes) < 0.0)
        order = np.argsort(key, kind="stable")
        self._rows, axes, number = rows[order], axes[order], number[order]
        each = np.bincount(key, minlength=2 * len(parts))
        ends = np.cumsum(each)
        self.batches = [
            Batch(*parts[place // 2], int(ends[place] - each[place]), int(ends[place]), bool(place % 2))
            for place in np.flatnonzero(each)
        ]
        self._starts = np.array([batch.start for batch in self.batches], np.intp)
        self._sorted_for = None
        groups: dict[tuple[object, ...], int] = {}
        self._alike = {
            part: groups.setdefault((part.variant, id(model), part.material), len(groups)) for model, part in parts
        }
        balls = [part.ball for _, part in parts]
        middles = np.array([ball.middle for ball in balls]).reshape(-1, 3)[number]
        offsets = self._rows[:, :12].reshape(-1, 3, 4)[:, :, 3]
        self.middles = np.einsum("nij,nj->ni", axes, middles) + offsets
        # The largest that a matrix stretches is bounded by the rows of its square (Gershgorin); without shear, exactly.
        squared = np.abs(np.einsum("nki,nkj->nij", axes, axes)).sum(axis=2).max(axis=1, initial=0.0)
        halves = np.array([ball.half for ball in balls]).reshape(-1, 3)[number]
        is_boxed = np.array([len(part.part.positions) >= _WORTH_A_BOX for _, part in parts], bool)[number]
        self._halves = (
            np.where((is_boxed & np.isfinite(halves).all(axis=1))[:, None], halves, np.nan)[:, None, :] * axes
        )
        radii = np.array([ball.radius for ball in balls])[number]
        self.radii = np.where(np.isinf(radii), np.inf, np.sqrt(squared) * np.where(np.isinf(radii), 0.0, radii))


def _is_same(now: PlacedModel, before: PlacedModel) -> bool:
    """Whether nothing has moved: arrays are never changed in place."""
    return (
        now.model is before.model
        and now.world_from_node is before.world_from_node
        and now.weights == before.weights
        and len(now.skins) == len(before.skins)
        and all(one is other for one, other in zip(now.skins, before.skins, strict=True))
    )
