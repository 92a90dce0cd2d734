"""The state on disk, in the stage's state folder: it outlives the supervisor, the machine's power and a reboot.

`last-state` is the newest encoded state. `running.json` exists while a run has not ended cleanly, and names the run's
own folder, whose checkpoint may be newer.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from pathlib import Path

import msgspec

from tracking.records import Evolving
from tracking.sources.ordinary_files import read_ordinary

LAST_STATE = "last-state"
RUN_MARK = "running.json"
MOST_BYTES = 8 * 2**20
_MAGIC = b"OSSTATE1"
_DIGEST_BYTES = 16


class RunMark(Evolving):
    """A run that has not ended cleanly: its folder, when it began (ISO 8601, for people), and the folder of its show.

    `show` is "" where an earlier version began the run.
    """

    runtime: str
    began: str = ""
    show: str = ""


def write_whole(file: Path, content: bytes) -> None:
    """Replaces `file` whole or not at all, and returns when it is on disk. Raises OSError."""
    fresh = file.with_name(f"{file.name}.new")
    with fresh.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    fresh.replace(file)
    descriptor = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_state(folder: Path, encoded: bytes) -> None:
    """Replaces the state in `folder`, and returns when it is on disk. Raises OSError."""
    write_whole(folder / LAST_STATE, _MAGIC + _check(encoded) + encoded)


def read_state(folder: Path) -> bytes | None:
    """The encoded state in `folder`; None if there is none, or it is damaged."""
    try:
        content = read_ordinary(folder / LAST_STATE, MOST_BYTES)
    except (OSError, ValueError):
        return None
    head, encoded = content[: len(_MAGIC) + _DIGEST_BYTES], content[len(_MAGIC) + _DIGEST_BYTES :]
    return encoded if head == _MAGIC + _check(encoded) else None


def mark_running(folder: Path, mark: RunMark) -> None:
    """Notes that a run has begun. Raises OSError."""
    write_whole(folder / RUN_MARK, msgspec.json.encode(mark))


def running_mark(folder: Path) -> RunMark | None:
    """The run that has not ended cleanly, or None."""
    try:
        return msgspec.json.decode(read_ordinary(folder / RUN_MARK, MOST_BYTES), type=RunMark)
    except (OSError, ValueError, RecursionError):
        return None


def clear_mark(folder: Path) -> None:
    """Notes that the run has ended cleanly."""
    with contextlib.suppress(OSError):
        (folder / RUN_MARK).unlink(missing_ok=True)


def _check(encoded: bytes) -> bytes:
    return hashlib.blake2b(encoded, digest_size=_DIGEST_BYTES).digest()
