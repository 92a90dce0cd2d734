"""Files that appear whole or not at all: written under a hidden name beside their place, and then given their own."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import IO

from tracking.sources.ordinary_files import open_ordinary

_NO_LINKS = (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS)
"""What file systems without hard links say, as those of memory sticks are."""
_FOR_OTHERS = 0o644
_PIECE_BYTES = 8 << 20


def put_whole(file: Path, content: bytes, *, new: bool = False, for_others: bool = False) -> None:
    """Replaces `file` whole or not at all, and returns when it is on disk.

    A `new` one replaces nothing: FileExistsError. `for_others` lets other users read it. Raises OSError.
    """
    _put(file, lambda stream: stream.write(content), new=new, for_others=for_others)


def copy_whole(source: Path, file: Path) -> None:
    """Copies a file to a place where none is yet, whole or not at all, and returns when it is on disk.

    Raises FileExistsError where one is there, and any other OSError.
    """
    with open_ordinary(source) as read:
        _put(file, lambda stream: shutil.copyfileobj(read, stream, _PIECE_BYTES), new=True, for_others=True)


def _put(file: Path, write: Callable[[IO[bytes]], object], *, new: bool, for_others: bool) -> None:
    descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=".openstage-")
    fresh = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            if for_others:
                with contextlib.suppress(OSError):
                    os.fchmod(stream.fileno(), _FOR_OTHERS)
            write(stream)
            stream.flush()
            os.fsync(stream.fileno())
        if new:
            _name_anew(fresh, file)
        else:
            fresh.replace(file)
    finally:
        fresh.unlink(missing_ok=True)
    _sync_directory(file.parent)


def _name_anew(fresh: Path, file: Path) -> None:
    try:
        os.link(fresh, file)
    except FileExistsError:
        raise
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        if os.path.lexists(file):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST)) from error
        fresh.replace(file)


def _sync_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
