"""What goes to the GPU within the budget, and in which pieces: pictures with their levels, and packed 3D scenes."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from typing import Any, NamedTuple, Protocol

import numpy.typing as npt

from render.assets.levels import HALF_BYTES, level_sizes, levels_bytes
from render.assets.storage import CHANNELS, StorageMaker


class PictureKey(NamedTuple):
    """A picture on the GPU: the SHA-256 of its file's bytes, and the colour space that it was given, "" for none."""

    sha256: str
    colour_space: str = ""


class PictureShape(NamedTuple):
    """The size of a picture, and its channels: 3, or 4 with alpha."""

    rows: int
    columns: int
    channels: int

    @property
    def gpu_bytes(self) -> int:
        """Bytes of graphics memory that it needs with all its levels."""
        return levels_bytes(self.rows, self.columns, CHANNELS)


class PackedShape(NamedTuple):
    """A 3D scene as it is packed, and how much graphics memory it needs."""

    bytes: int
    gpu_bytes: int


class Piece(NamedTuple):
    """Whole rows of a level: the first row, how many, and where their bytes are among those of all levels."""

    level: int
    top: int
    rows: int
    columns: int
    offset: int
    bytes: int


def pieces_of(shape: PictureShape | PackedShape, most_bytes: int) -> Iterator[Piece]:
    """All rows of all levels, the largest level first, in pieces of at most so many bytes, or of one row.

    What is packed has no rows: its pieces follow one another.
    """
    offset = 0
    if isinstance(shape, PackedShape):
        for offset in range(0, shape.bytes, most_bytes):
            yield Piece(0, 0, 0, 0, offset, min(most_bytes, shape.bytes - offset))
        return
    for level, (rows, columns) in enumerate(level_sizes(shape.rows, shape.columns)):
        row_bytes = columns * shape.channels * HALF_BYTES
        at_once = max(1, most_bytes // row_bytes)
        for top in range(0, rows, at_once):
            count = min(at_once, rows - top)
            yield Piece(level, top, count, columns, offset, count * row_bytes)
            offset += count * row_bytes


class Upload(Protocol):
    """An asset on its way to the GPU, in pieces that may be written in any order once `is_ready`."""

    @property
    def failure(self) -> str:
        """Why it cannot come there."""

    def is_ready(self, wait_s: float | None = 0.0) -> bool:
        """Whether it can be written or has failed, after so long at most."""

    def write(self, piece: Piece, halves: npt.NDArray[Any]) -> None:
        """Writes a piece."""

    def finish(self) -> bool:
        """Once all is written: a step of what is still to be done. Whether that was the last one."""

    @property
    def done(self) -> Callable[[], None]:
        """Lets it be used, at the end."""


class OtherAssets(Protocol):
    """What is in graphics memory beside pictures, within the same budget: 3D scenes."""

    @property
    def bytes(self) -> int:
        """What all of it takes."""

    def __contains__(self, key: PictureKey) -> bool:
        """Whether it is there."""

    def begin(self, key: PictureKey, shape: PackedShape) -> Upload:
        """One on its way."""

    def store_by(self, maker: StorageMaker) -> None:
        """Has the storage of what comes made by `maker` from now on."""

    def give_up(self, key: PictureKey) -> None:
        """Drops one that was on its way."""

    def may_go(self, keep: Container[PictureKey]) -> dict[PictureKey, int]:
        """What can make room, not used for longest first, and how many bytes that frees."""

    def forget(self, key: PictureKey) -> None:
        """Frees one, if it is there."""
