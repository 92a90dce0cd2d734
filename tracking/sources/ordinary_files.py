"""Opens ordinary files only, and reads them up to a limit.

A pipe would block the program, and a device such as /dev/zero would fill its memory.
"""

from __future__ import annotations

import errno
import io
import os
import stat
from pathlib import Path

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
"""What some editors put before UTF-8 text. It means nothing there."""


def open_ordinary(path: Path) -> io.BufferedReader:
    """The file at `path`, open for reading its bytes. Raises OSError if it is missing or not an ordinary file."""
    try:
        _refuse_others(path.stat().st_mode)  # before it is opened: opening a device can already do something
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except ValueError as error:  # a name with a zero byte
        raise OSError(errno.EINVAL, "is not a name that a file can have") from error
    try:
        _refuse_others(os.fstat(descriptor).st_mode)  # a pipe may have taken its place
        return os.fdopen(descriptor, "rb")
    except OSError:
        os.close(descriptor)
        raise


def read_ordinary(path: Path, most_bytes: int) -> bytes:
    """All bytes of the file at `path`.

    Raises OSError if it cannot be read or is not an ordinary file, ValueError if it has more than `most_bytes`.
    """
    with open_ordinary(path) as file:
        content: bytes | None = file.read(most_bytes + 1)
    if content is None:  # the kernel shows some of its queues as ordinary files
        raise OSError(errno.EINVAL, "is a queue that holds nothing now, not an ordinary file")
    if len(content) > most_bytes:
        raise ValueError(f"found more than {most_bytes} bytes")
    return content


def _refuse_others(mode: int) -> None:
    if stat.S_ISDIR(mode):
        raise OSError(errno.EISDIR, "is a folder, not an ordinary file")
    if not stat.S_ISREG(mode):
        raise OSError(errno.EINVAL, "is a pipe or device, not an ordinary file")
