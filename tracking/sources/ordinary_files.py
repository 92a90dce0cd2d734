"""Opens ordinary files only, and reads them up to a limit.

A pipe would block the program, and a device such as /dev/zero would fill its memory.
"""

from __future__ import annotations

import errno
import io
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_OTHER_MARKS = (b"\xff\xfe", b"\xfe\xff")
_START_BYTES = 4
_PIECE_BYTES = 1 << 20
_NUL_PAIR = b"\0\0"


def open_ordinary(path: Path) -> io.BufferedReader:
    """The file at `path`, open for reading its bytes. Raises OSError if it is missing or not an ordinary file."""
    try:
        _refuse_others(path.stat().st_mode)  # before it is opened: opening a device can already do something
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except ValueError as error:  # a name with a zero byte
        raise OSError(errno.EINVAL, "is not a name that a file can have") from error
    try:
        _refuse_others(os.fstat(descriptor).st_mode)  # a pipe may have taken its place
        return io.BufferedReader(_InPieces(descriptor))
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


def leads_out(path: Path) -> bool:
    """Whether what is at a path is a link to something outside its own folder. Raises OSError for links in circles."""
    try:
        return path.is_symlink() and not path.resolve().is_relative_to(path.parent.resolve())
    except RuntimeError as error:
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP)) from error


def without_mark(content: bytes) -> bytes:
    """The bytes of a text without the byte-order marks that some editors put before UTF-8, where they mean nothing.

    Raises ValueError with the cure if the text is UTF-16 or UTF-32, with a mark or without.
    """
    refuse_wide_text(content[:_START_BYTES])
    while content.startswith(_BYTE_ORDER_MARK):
        content = content[len(_BYTE_ORDER_MARK) :]
    return content


def refuse_wide_text(start: bytes) -> None:
    """Raise ValueError if the first four bytes of a text are those of UTF-16 or UTF-32."""
    if start.startswith(_OTHER_MARKS) or _NUL_PAIR in (start[0:4:2], start[1:4:2]):
        raise ValueError("found UTF-16 text, expected UTF-8: save the file again with the encoding UTF-8")


class _InPieces(io.FileIO):
    """A file that is asked for a MiB at a time, however much is to be read.

    A kernel that is not interrupted inside of itself copies what one call asks for without a break. Of 100 MB that took
    30 ms (Linux 6.18), in which no other thread had that processor, whatever its priority.
    """

    def readinto(self, buffer: WriteableBuffer, /) -> int | None:
        return super().readinto(memoryview(buffer).cast("B")[:_PIECE_BYTES])


def _refuse_others(mode: int) -> None:
    if stat.S_ISDIR(mode):
        raise OSError(errno.EISDIR, "is a folder, not an ordinary file")
    if not stat.S_ISREG(mode):
        raise OSError(errno.EINVAL, "is a pipe or device, not an ordinary file")
