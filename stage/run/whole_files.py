"""Files that appear whole or not at all: written under a hidden name beside their place, and then given their own."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import IO

from tracking.sources.ordinary_files import open_ordinary

_HERE, _REPLACE_NOTHING = -100, 1
"""AT_FDCWD and RENAME_NOREPLACE (Linux, renameat2(2))."""
_NO_SUCH_STEP = (errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP)
"""What systems and disks say that cannot rename without replacing."""
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


def write_new(file: Path, write: Callable[[IO[bytes]], object]) -> None:
    """Makes a file, whole or not at all, of what `write` puts into the stream that it is given.

    Raises FileExistsError where one is there, and any other OSError.
    """
    _put(file, write, new=True, for_others=False)


def move_whole(fresh: Path, file: Path) -> None:
    """Gives a finished file on the same disk its place, where none is yet, and returns when that is on disk.

    Raises FileExistsError where one is there, and any other OSError.
    """
    _name_anew(fresh, file)
    sync_directory(file.parent)


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
    sync_directory(file.parent)


def _name_anew(fresh: Path, file: Path) -> None:
    """Gives a file its name, in one step that replaces nothing where the system has one.

    Whoever watches the folder sees it move in. Of a hard link nobody could tell that the file is whole.
    """
    try:
        renamed: int = ctypes.CDLL(None, use_errno=True).renameat2(
            _HERE, os.fsencode(fresh), _HERE, os.fsencode(file), _REPLACE_NOTHING
        )
    except (AttributeError, OSError):  # no such call in this C library
        renamed, found = -1, errno.ENOSYS
    else:
        found = ctypes.get_errno()
    if renamed == 0:
        return
    if found not in _NO_SUCH_STEP or os.path.lexists(file):
        found = errno.EEXIST if found in _NO_SUCH_STEP else found
        raise OSError(found, os.strerror(found))
    fresh.replace(file)


def stamp_of(file: Path) -> tuple[int, ...]:
    """What tells the present content of a file from any other: device, inode, size, and when it was changed (Unix time
    in nanoseconds). Empty where there is no file.
    """
    try:
        found = file.stat()
    except OSError:
        return ()
    return (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)


def sync_directory(directory: Path) -> None:
    """Makes new and changed names in a folder survive a power cut."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
