"""Keeps the world's decoded picture in the run's folder, so that a restarted core need not decode it again.

The pixels are stored as they go to the GPU, as half floats row by row, so a restarted core draws exactly the same. At
most one picture is kept, and it is deleted with the run's folder.
"""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np

from render.assets.decode import GpuPixels, WorldPicture, half_bands
from stage.run.disk import free_bytes
from tracking.records import Record

PIXELS = "world.half"
ABOUT = "world.json"
LARGEST_BYTES = 2**30
LEFT_FREE_BYTES = 2**30
_HALF_BYTES = 2


class Source(Record):
    """Identifies a file at the time it was read; a file that was changed or replaced since is a different source."""

    path: str
    device: int
    inode: int
    size: int
    modified_ns: int
    changed_ns: int
    colour_space: str | None


class KeptPicture(Record):
    """The description stored beside the pixels: their source file, its SHA-256, and the picture's size."""

    source: Source
    sha256: str
    rows: int
    columns: int


class KeptWorld:
    """The picture kept in `folder`. If it cannot be kept or found, the file is decoded again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._source: Source | None = None

    def find(self, path: Path, colour_space: str | None) -> tuple[str, GpuPixels] | None:
        """SHA-256 and pixels (rows, columns, 3) of `path` as it is now; None if they were not kept."""
        self._source = _source_of(path, colour_space)
        about = self._about()
        return None if about is None or about.source != self._source else self._pixels(about)

    def copy_of(self, path: Path, colour_space: str | None) -> tuple[str, GpuPixels] | None:
        """The same for the file as this run read it, even if it was changed or removed since."""
        about = self._about()
        if about is None or (about.source.path, about.source.colour_space) != (str(path), colour_space):
            return None
        return self._pixels(about)

    def _about(self) -> KeptPicture | None:
        try:
            return msgspec.json.decode((self._folder / ABOUT).read_bytes(), type=KeptPicture)
        except (OSError, msgspec.DecodeError):
            return None

    def _pixels(self, about: KeptPicture) -> tuple[str, GpuPixels] | None:
        try:
            shape = (about.rows, about.columns, 3)
            return about.sha256, np.memmap(self._folder / PIXELS, dtype=np.float16, mode="r", shape=shape)
        except (OSError, ValueError):
            return None

    def keep(self, picture: WorldPicture) -> bool:
        """Keeps the picture decoded after `find` returned None; False if it is too large or the disk fails."""
        source, size = self._source, picture.pixels.size * _HALF_BYTES
        try:
            if source is None or source != _source_of(Path(source.path), source.colour_space):
                return False
            if size > LARGEST_BYTES or free_bytes(self._folder) - size < LEFT_FREE_BYTES:
                return False
            self._write(source, picture)
        except OSError:
            (self._folder / PIXELS).unlink(missing_ok=True)
            return False
        return True

    def _write(self, source: Source, picture: WorldPicture) -> None:
        """Writes the pixels first: the description must exist only once they are complete."""
        rows, columns = picture.pixels.shape[:2]
        (self._folder / ABOUT).unlink(missing_ok=True)
        with (self._folder / PIXELS).open("wb") as file:
            for _, band in half_bands(picture.pixels):
                file.write(band.tobytes())
        about = KeptPicture(source=source, sha256=picture.sha256, rows=rows, columns=columns)
        (self._folder / ABOUT).write_bytes(msgspec.json.encode(about))


def _source_of(path: Path, colour_space: str | None) -> Source | None:
    """The file as it is now; None if it cannot be examined."""
    try:
        found = path.stat()
    except OSError:
        return None
    return Source(
        path=str(path),
        device=found.st_dev,
        inode=found.st_ino,
        size=found.st_size,
        modified_ns=found.st_mtime_ns,
        changed_ns=found.st_ctime_ns,
        colour_space=colour_space,
    )
