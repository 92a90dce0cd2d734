"""Walls written as picture files, on a thread beside the loop."""

from __future__ import annotations

import queue
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

import moderngl
import numpy as np
import numpy.typing as npt

from render.images.coded import write_png
from render.images.exr import write_exr
from tracking.records import JOB_FAILURES, ConfigError

_MOST_WAITING = 4
_FAILURES: tuple[type[Exception], ...] = (ConfigError, *JOB_FAILURES)


class DrawnWalls(Protocol):
    """What outputs need of a renderer: the walls as last drawn; row 0 of textures and arrays is the wall's top."""

    def wall_texture(self, name: str) -> moderngl.Texture:
        """What is sent to a wall: 8-bit RGBA, in the context that the outputs own."""

    def read_wall(self, name: str) -> npt.NDArray[np.uint8]:
        """What is sent to a wall: uint8 (rows, columns, 3)."""

    def read_wall_linear(self, name: str) -> npt.NDArray[np.float32]:
        """A wall's light before its colour and signal: float32 ACEScg (rows, columns, 3)."""


@dataclass(frozen=True, kw_only=True)
class _Job:
    path: Path
    pixels: npt.NDArray[Any]


class PictureFiles:
    """Writes `wall-<name>-<frame>.png` (as sent) or `.exr` (linear light) per wall and frame into a folder.

    A worker thread compresses and writes. While the queue is full, frames are dropped and counted, or with `block`
    wait for room. Raises ConfigError where the folder cannot be made; unless `strict`, it is tried again with each
    picture, and what cannot be written is counted in `failed`.
    """

    def __init__(
        self,
        directory: Path,
        walls: tuple[str, ...],
        kind: Literal["png", "exr"],
        *,
        block: bool,
        strict: bool = True,
    ) -> None:
        if strict:
            _make_folder(directory)
        self._directory, self._walls, self._kind, self._block = directory, walls, kind, block
        self._jobs: queue.Queue[tuple[_Job, ...] | None] = queue.Queue(_MOST_WAITING)
        self.dropped = 0
        self.failed = 0
        self.reason = ""
        self._worker = threading.Thread(target=self._write_all, name="picture-files", daemon=True)
        self._worker.start()

    def put(self, walls: DrawnWalls, frame: int) -> None:
        """Reads every wall back and queues it for writing. A frame that is dropped is not read back."""
        if not self._block and self._jobs.full():
            self.dropped += 1
            return
        read = walls.read_wall if self._kind == "png" else walls.read_wall_linear
        jobs = tuple(
            _Job(path=self._directory / f"wall-{name}-{frame:08d}.{self._kind}", pixels=read(name))
            for name in self._walls
        )
        self._jobs.put(jobs)

    def close(self) -> None:
        """Writes what is queued, then ends the worker."""
        self._jobs.put(None)
        self._worker.join()

    def _write_all(self) -> None:
        write = write_png if self._kind == "png" else write_exr
        while (jobs := self._jobs.get()) is not None:
            for job in jobs:
                try:
                    _make_folder(job.path.parent)
                    write(job.path, job.pixels)
                except _FAILURES as error:
                    self.failed += 1
                    self.reason = str(error) or type(error).__name__


def _make_folder(folder: Path) -> None:
    """Makes the folder if it is not there. Raises ConfigError where it cannot be made."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"{folder}: {error.strerror or error}; expected a folder for pictures") from error
