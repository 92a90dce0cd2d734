"""Reads kept pictures on a thread, a few pieces ahead of their upload, so that the loop never waits for a disk."""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from render.assets.pieces import PackedShape, PictureShape, Piece, pieces_of
from stage.assets.levels_file import HEADER_BYTES
from tracking.sources.ordinary_files import open_ordinary

PIECES_AHEAD = 8
Buffer = npt.NDArray[np.uint8]


class Reading:
    """A picture that is being read, of which `rows` of its first level have been written so far; None: all levels.

    Its end is not reached before it `is_kept`: until then the loader may give it up. `failure` says why its file could
    not be read to the end.
    """

    def __init__(self, levels: str, shape: PictureShape | PackedShape, rows: int | None, *, is_kept: bool) -> None:
        self.levels, self.shape = levels, shape
        self.is_kept = is_kept
        self._rows = rows
        self._news = threading.Event()
        self.is_wanted = True
        self.failure = ""

    def grow(self, rows: int | None) -> None:
        """More has been written."""
        self._rows = rows
        self._news.set()

    def keep(self) -> None:
        """All has been written, and the loader keeps it."""
        self.is_kept = True
        self.grow(None)

    def drop(self) -> None:
        """Nobody wants it any more."""
        self.is_wanted = False
        self._news.set()

    def wait_for(self, piece: Piece) -> None:
        """Returns once a piece has been written, or nobody wants it any more."""
        self._wait(lambda: self._has(piece))

    def wait_until_kept(self) -> None:
        """Returns once the loader keeps the picture, or nobody wants it any more."""
        self._wait(lambda: self.is_kept)

    def _wait(self, is_so: Callable[[], bool]) -> None:
        while self.is_wanted and not is_so():
            self._news.wait()
            self._news.clear()

    def _has(self, piece: Piece) -> bool:
        rows = self._rows
        return rows is None or (piece.level == 0 and piece.top + piece.rows <= rows)


class ReadPiece(NamedTuple):
    """A piece of a picture; None after the last one. Its `buffer` goes back to the reader once it is uploaded."""

    reading: Reading
    piece: Piece | None
    buffer: Buffer


class LevelReader:
    """Reads one picture after the other. Memory is for `PIECES_AHEAD` pieces of `piece_bytes`."""

    def __init__(self, piece_bytes: int) -> None:
        self._piece_bytes = piece_bytes
        self._jobs: queue.SimpleQueue[Reading | None] = queue.SimpleQueue()
        self._read: queue.SimpleQueue[ReadPiece] = queue.SimpleQueue()
        self._free: queue.SimpleQueue[Buffer] = queue.SimpleQueue()
        self._closing = False
        self._present: Reading | None = None
        for _ in range(PIECES_AHEAD):
            self._free.put(np.empty(piece_bytes, dtype=np.uint8))
        self._thread = threading.Thread(target=self._run, name="levels", daemon=True)
        self._thread.start()

    def begin(
        self, levels: str, shape: PictureShape | PackedShape, rows: int | None = None, *, is_kept: bool = True
    ) -> Reading:
        """Begins to read a picture, after those that were begun before, of which so many rows have been written."""
        reading = Reading(levels, shape, rows, is_kept=is_kept)
        self._jobs.put(reading)
        return reading

    def take(self, wait_s: float = 0.0) -> ReadPiece | None:
        """The next piece that has been read; None where there is none yet."""
        try:
            return self._read.get(timeout=wait_s) if wait_s else self._read.get_nowait()
        except queue.Empty:
            return None

    def give_back(self, read: ReadPiece) -> None:
        """The piece is uploaded, or not wanted."""
        if len(read.buffer):
            self._free.put(read.buffer)

    def close(self) -> None:
        """Ends the thread, unless the disk holds it up."""
        self._closing = True
        if self._present is not None:
            self._present.drop()
        self._jobs.put(None)
        self._free.put(np.empty(self._piece_bytes, dtype=np.uint8))
        self._thread.join(0.2)

    def _run(self) -> None:
        while (reading := self._jobs.get()) is not None:
            self._present = reading
            try:
                self._read_levels(reading)
            except OSError as error:
                reading.failure = error.strerror or str(error)
            self._read.put(ReadPiece(reading, None, np.empty(0, dtype=np.uint8)))

    def _read_levels(self, reading: Reading) -> None:
        with open_ordinary(Path(reading.levels)) as file:
            for piece in pieces_of(reading.shape, self._piece_bytes):
                reading.wait_for(piece)
                buffer = self._free.get()
                if self._closing or not reading.is_wanted:
                    self._free.put(buffer)
                    return
                view = buffer[: piece.bytes]
                if os.preadv(file.fileno(), [view.data], HEADER_BYTES + piece.offset) != piece.bytes:
                    self._free.put(buffer)
                    raise OSError("the run's copy of it is cut off")
                self._read.put(ReadPiece(reading, piece, buffer))
            reading.wait_until_kept()
