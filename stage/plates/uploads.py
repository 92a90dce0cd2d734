"""Frames on their way from shared memory to the GPU, one at a time and piece by piece."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import NamedTuple

from render.assets.plate_textures import PlateTextures
from render.worlds.shared.media import MediaFacts, PlaneLevel, levels_from
from stage.assets.upload_pace import UploadPace
from stage.plates.reception import Held

PIECE_BYTES = 1 << 20


class Piece(NamedTuple):
    """Whole rows of a level: the first row, and where their bytes lie in the frame."""

    level: PlaneLevel
    top: int
    first: int
    last: int

    @property
    def bytes(self) -> int:
        """How many bytes it has."""
        return self.last - self.first


def pieces_of(facts: MediaFacts, first: int = 0) -> Iterator[Piece]:
    """All rows of the levels of a frame from `first` on, in pieces of at most `PIECE_BYTES`, or of one row."""
    for level in levels_from(facts, first):
        row_bytes = level.columns * level.texel_bytes
        at_once = max(1, PIECE_BYTES // row_bytes)
        for top in range(0, level.rows, at_once):
            rows = min(at_once, level.rows - top)
            first = level.offset + top * row_bytes
            yield Piece(level, top, first, first + rows * row_bytes)


class Arriving:
    """A frame that is being uploaded. The slot in which it lies is to be given back once it `is_done`.

    Raises what `textures.begin` raises.
    """

    def __init__(self, textures: PlateTextures, media: str, frame: int, facts: MediaFacts, held: Held) -> None:
        self.media, self.frame, self.held = media, frame, held
        self.began_s = time.monotonic()
        self._upload = textures.begin(media, frame, facts, held.first)
        self._pieces = pieces_of(facts, held.first)
        self._following = next(self._pieces, None)

    @property
    def is_done(self) -> bool:
        """Whether it is there."""
        return self._following is None

    @property
    def is_ready(self) -> bool:
        """Whether there is storage for it, or none can be."""
        return self._upload.is_ready

    @property
    def failure(self) -> str:
        """Why there is no storage for it, once it `is_ready`."""
        return self._upload.failure

    def step(self, pace: UploadPace) -> None:
        """Uploads about `PIECE_BYTES`, in one piece or in many small ones; to be called once it is ready."""
        begun_ns, written = time.perf_counter_ns(), 0
        while (piece := self._following) is not None and (not written or written + piece.bytes <= PIECE_BYTES):
            self._upload.write(piece.level, self.held.content[piece.first : piece.last], piece.top)
            written += piece.bytes
            self._following = next(self._pieces, None)
        if self._following is None:
            self._upload.done()
        pace.note_uploaded(time.perf_counter_ns() - begun_ns)
