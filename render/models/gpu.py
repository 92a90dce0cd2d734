"""A model on the GPU: buffers, textures and numbers of its materials, which go up in small pieces."""

from __future__ import annotations

from collections.abc import Iterator

import moderngl
import numpy as np

from render.assets.storage import StorageAtOnce, StorageMaker
from render.models.gpu_parts import GpuPart, gpu_parts, in_order
from render.models.materials import MATERIAL_BYTES, material_rows
from render.models.model import Floats, Model
from render.models.textures import ModelTextures

PIECE_BYTES = 1 << 20
"""What goes up in one step at most."""
_SMALL_BYTES = 1 << 16
_SMALL_PIECES = 8
"""So many pieces go up in one step as long as they have fewer bytes together: scenes may have thousands of parts."""


class GpuModel:
    """A model whose parts can be drawn. With `begin` it goes up step by step, and is there once that `is_done`.

    `anisotropy` is that of its textures; 1 in software, where more costs as much again.
    With `has_edges` its edges can be drawn, for pictures of one sample a pixel.
    """

    def __init__(
        self, context: moderngl.Context, model: Model, *, anisotropy: float = 1.0, has_edges: bool = False
    ) -> None:
        self._start(context, model, anisotropy, StorageAtOnce(context), has_edges=has_edges)
        for _ in self._pieces():
            pass

    @classmethod
    def begin(
        cls,
        context: moderngl.Context,
        model: Model,
        *,
        anisotropy: float = 1.0,
        has_edges: bool = False,
        maker: StorageMaker | None = None,
    ) -> ModelUpload:
        """Begins to upload a model; the caller makes the steps. `maker` makes room for its textures."""
        begun = cls.__new__(cls)
        begun._start(context, model, anisotropy, maker or StorageAtOnce(context), has_edges=has_edges)  # noqa: SLF001
        return ModelUpload(begun)

    def _start(
        self, context: moderngl.Context, model: Model, anisotropy: float, maker: StorageMaker, *, has_edges: bool
    ) -> None:
        self._context = context
        self._has_edges = has_edges
        self.source = model
        self.parts: tuple[GpuPart, ...] = ()
        self._made: list[GpuPart] = []
        self.materials = context.buffer(reserve=max(1, len(model.materials)) * MATERIAL_BYTES)
        self.textures = ModelTextures(context, model, anisotropy, maker)
        self.all_nodes = np.zeros(0, np.intp)
        self.all_local: Floats | None = None
        self.bends = False
        self.lamps = tuple(
            (number, model.lamps[node.lamp]) for number, node in enumerate(model.nodes) if node.lamp is not None
        )

    @property
    def bytes(self) -> int:
        """Graphics memory of buffers and textures with their levels."""
        return self.materials.size + self.textures.bytes + sum(part.bytes for part in self.parts)

    def bind(self, material: int) -> None:
        """Makes the numbers of a material those that are drawn with, and its maps the textures."""
        self.materials.bind_to_uniform_block(1, MATERIAL_BYTES * material, MATERIAL_BYTES)
        self.textures.use(material)

    def release(self) -> None:
        """Frees the graphics memory."""
        for part in self._made:
            part.release()
        self.textures.release()
        self.materials.release()

    def _pieces(self) -> Iterator[int]:
        """Uploads a piece before each number that it gives: the bytes of that piece."""
        rows = b"".join(material_rows(material) for material in self.source.materials)
        if rows:
            self.materials.write(rows)
        yield len(rows)
        for part in gpu_parts(self._context, self.source, has_edges=self._has_edges):
            self._made.append(part)
            yield from part.pieces(PIECE_BYTES)
        yield from self.textures.pieces()
        self._arrange()

    def _arrange(self) -> None:
        """Puts all parts in order, once they are there."""
        self.parts = in_order(self._made)
        if self.parts:
            self.all_nodes = np.concatenate([part.nodes for part in self.parts])
        self.all_local = _all_local(self.parts)
        self.bends = any(part.part.joints is not None or part.part.morphs for part in self.parts)


class ModelUpload:
    """An upload under way. `written` counts the bytes that went up."""

    def __init__(self, model: GpuModel) -> None:
        self.model = model
        self.is_done = False
        self.written = 0
        self._pieces = model._pieces()  # noqa: SLF001 - the two are one

    def step(self) -> None:
        """Uploads the next piece, of about 1 MiB at most, or some that are much smaller."""
        before = self.written
        for _ in range(_SMALL_PIECES):
            piece = next(self._pieces, None)
            if piece is None:
                self.is_done = True
                return
            self.written += piece
            if self.written - before >= _SMALL_BYTES:
                return

    def give_up(self) -> None:
        """Frees what went up so far."""
        self._pieces.close()  # type: ignore[attr-defined]  # it is a generator
        self.model.release()


def _all_local(parts: tuple[GpuPart, ...]) -> Floats | None:
    """Node from instance for the instances of all parts; None where every one stands right at its node."""
    if all(part.local is None for part in parts):
        return None
    still = np.eye(4, dtype=np.float32)[None]
    given = [np.repeat(still, len(part.nodes), axis=0) if part.local is None else part.local for part in parts]
    return np.concatenate(given)
