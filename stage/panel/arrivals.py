"""Files that arrive for the library: each is written under a hidden name, and moved in when it is whole and a world.

The hidden place is a folder of its own, locked as long as the file arrives: one that nobody holds was left by a process
that was killed, and is removed.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from stage.assets.folder_add import UnaddableError, check_addable, check_name, is_no_picture, move_into_library
from stage.run.disk import MEGABYTE, free_bytes
from stage.show.frame.inputs import Cause

PREFIX = ".openstage-arriving-"
MOST_BYTES = 2 << 30
"""The largest file: that of the largest panorama."""
LEFT_FREE_BYTES = 500 * MEGABYTE
"""What stays free on the library's disk, which takes may need."""
_FOR_OTHERS = 0o644


class TooLongError(Exception):
    """A file is longer than any may be."""


class NoPictureError(Exception):
    """A file is called a picture, and is none."""


class NoRoomError(Exception):
    """A file would take the room that has to stay free. `free_mb` is how much there is."""

    def __init__(self, free_mb: int) -> None:
        super().__init__(free_mb)
        self.free_mb = free_mb


class Arrivals:
    """Takes files into the library's `folder`, which is made where `may_be_made`. Its methods may wait for the disk."""

    def __init__(self, folder: Path, *, may_be_made: bool) -> None:
        self._folder = folder
        self._may_be_made = may_be_made

    def begin(self, name: str, size: int | None) -> Arriving:
        """Begins a file of that name, and of that size in bytes if it is known. It must be closed.

        Raises UnaddableError for a name that no world has, TooLongError, NoRoomError, and OSError.
        """
        if not name or Path(name).name != name:
            raise UnaddableError(Cause(code="file_name_path", values={"found": name}))
        check_name(Path(name))
        if size is not None and size > MOST_BYTES:
            raise TooLongError
        if self._may_be_made:
            self._folder.mkdir(parents=True, exist_ok=True)
        self.sweep()
        free = free_bytes(self._folder)
        if free - (size or 0) < LEFT_FREE_BYTES:
            raise NoRoomError(free // MEGABYTE)
        return Arriving(self._folder, name)

    def sweep(self) -> None:
        """Removes what killed processes have left."""
        for left in _left_in(self._folder):
            shutil.rmtree(left, ignore_errors=True)


class Arriving:
    """A file that arrives. Raises OSError where it cannot be begun."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        self._place = Path(tempfile.mkdtemp(prefix=PREFIX, dir=folder))
        self._lock = os.open(self._place, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX)
            self._file = self._place / name
            self._stream = self._file.open("xb", buffering=0)
        except OSError:
            self._remove()
            raise
        self.size = 0

    def add(self, content: bytes) -> None:
        """Writes the next part. Raises TooLongError, NoRoomError, and OSError."""
        self.size += len(content)
        if self.size > MOST_BYTES:
            raise TooLongError
        left = memoryview(content)
        while left:
            left = left[self._stream.write(left) :]
        free = free_bytes(self._folder)
        if free < LEFT_FREE_BYTES:
            raise NoRoomError(free // MEGABYTE)

    def finish(self) -> str:
        """Moves the whole file in, under its name or one with a number. Returns that.

        Raises NoPictureError, UnaddableError where it is no world for another reason or cannot be moved, and OSError.
        """
        os.fsync(self._stream.fileno())
        with contextlib.suppress(OSError):
            os.fchmod(self._stream.fileno(), _FOR_OTHERS)
        self._stream.close()
        try:
            check_addable(self._file)
        except UnaddableError as error:
            if is_no_picture(self._file):
                raise NoPictureError from None
            values = {**error.cause.values, "file": self._file.name}
            raise UnaddableError(Cause(code=error.cause.code, values=values)) from None
        return move_into_library(self._file, self._folder).name

    def close(self) -> None:
        """Removes what has not been moved in."""
        self._stream.close()
        self._remove()

    def _remove(self) -> None:
        shutil.rmtree(self._place, ignore_errors=True)
        os.close(self._lock)


def _left_in(folder: Path) -> Iterator[Path]:
    """The hidden places in a folder that nobody holds."""
    for place in folder.glob(f"{PREFIX}*"):
        try:
            lock = os.open(place, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC | os.O_NOFOLLOW)
        except OSError:
            continue
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield place
        except OSError:
            continue
        finally:
            os.close(lock)
