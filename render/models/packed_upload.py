"""A packed model on its way from the loader to the GPU."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from render.assets.pieces import PackedShape, Piece
from render.models.gpu import GpuModel, ModelUpload
from render.models.model import Model
from render.models.pack import unpack
from render.models.textures import NoStorageError
from tracking.records import ConfigError


class PackedUpload:
    """A packed model on its way to the GPU: its bytes come in pieces, and then it is made of them step by step."""

    def __init__(
        self,
        shape: PackedShape,
        begin: Callable[[Model], ModelUpload],
        prepare: Callable[[GpuModel], Iterator[None]],
        done: Callable[[], None],
    ) -> None:
        self.shape = shape
        self.done = done
        self.failure = ""
        self.whole: GpuModel | None = None
        self._begin = begin
        self._packed: NDArray[np.uint8] | None = np.empty(shape.bytes, dtype=np.uint8)
        self._making: ModelUpload | None = None
        self._prepare = prepare
        self._preparing: Iterator[None] | None = None

    def is_ready(self, wait_s: float | None = 0.0) -> bool:  # noqa: ARG002 - pictures wait for their storage
        """Its bytes go to the processor's memory first, which is there."""
        return True

    def write(self, piece: Piece, halves: NDArray[Any]) -> None:
        """Takes a piece."""
        assert self._packed is not None
        self._packed[piece.offset : piece.offset + piece.bytes] = halves.view(np.uint8)

    def finish(self) -> bool:
        """A step towards the GPU. Whether that was the last one, or why there is none is in `failure`."""
        if self._making is None:
            assert self._packed is not None
            try:
                model = unpack(self._packed.data)
            except ConfigError as error:
                self.failure = error.findings[0]
                return True
            self._making = self._begin(model)
            return False
        if self._preparing is None:
            try:
                self._making.step()
            except NoStorageError as error:
                self.failure = str(error)
                return True
            if self._making.is_done:
                self._preparing, self._packed = self._prepare(self._making.model), None
            return False
        if next(self._preparing, self._making) is self._making:
            self.whole = self._making.model
        return self.whole is not None

    def drop(self) -> None:
        """Frees what there is of it."""
        if self._making is not None:
            self._making.give_up()
        self._packed = self._making = self._preparing = self.whole = None
