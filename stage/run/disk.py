"""How much disk space a take needs, and whether there is enough."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from tracking.records import Evolving

MEGABYTE = 1_000_000
SECONDS_WANTED = 60.0
SECONDS_LEFT_AT_STOP = 5.0


class DiskLimits(Evolving):
    """Free bytes needed to begin a take, below which space counts as low, and below which a take is closed."""

    begin_bytes: int = 500 * MEGABYTE
    low_bytes: int = 500 * MEGABYTE
    stop_bytes: int = 50 * MEGABYTE


def free_bytes(directory: Path) -> int:
    """Bytes that this user may still write to the disk of `directory`. Raises OSError."""
    room = os.statvfs(directory)
    return room.f_bavail * room.f_frsize


def needed_bytes(bytes_per_second: float, limits: DiskLimits) -> int:
    """Bytes that must be free for a take to begin. `bytes_per_second` is the rate of takes so far, 0.0 if unknown."""
    return max(limits.begin_bytes, round(bytes_per_second * SECONDS_WANTED))


def is_low(free: int, bytes_per_second: float, limits: DiskLimits) -> bool:
    """Whether the operator must be warned: less is free than the limit, or than a minute of a take needs."""
    return free < max(limits.low_bytes, round(bytes_per_second * SECONDS_WANTED))


def must_stop(free: int, bytes_per_second: float, limits: DiskLimits) -> bool:
    """Whether the take must be closed now, while there is still space to close it."""
    return free < max(limits.stop_bytes, round(bytes_per_second * SECONDS_LEFT_AT_STOP))


def why_unwritable(folder: Path) -> str:
    """Why nothing can be written to a folder, which may still have to be made; "" if it can. Raises OSError."""
    nearest = nearest_folder(folder)
    return "" if os.access(nearest, os.W_OK | os.X_OK) else f"no permission to write to {nearest}"


def nearest_folder(path: Path) -> Path:
    """The folder at `path`, or the nearest one above it that exists. Raises NotADirectoryError for any other file."""
    nearest = next((one for one in (path, *path.parents) if one.exists()), Path("/"))
    if not nearest.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, f"{nearest} is not a folder")
    return nearest
