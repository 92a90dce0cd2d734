"""How much room a take needs, and whether it is there."""

from __future__ import annotations

import os
from pathlib import Path

from tracking.records import Evolving

MEGABYTE = 1_000_000
SECONDS_WANTED = 60.0
SECONDS_LEFT_AT_STOP = 5.0


class DiskLimits(Evolving):
    """Bytes that must be free to begin a take, below which room is called low, and at which a take is closed."""

    begin_bytes: int = 500 * MEGABYTE
    low_bytes: int = 500 * MEGABYTE
    stop_bytes: int = 50 * MEGABYTE


def free_bytes(directory: Path) -> int:
    """Bytes that this user may still write to the medium of `directory`. Raises OSError."""
    room = os.statvfs(directory)
    return room.f_bavail * room.f_frsize


def needed_bytes(bytes_per_second: float, limits: DiskLimits) -> int:
    """Bytes that must be free for a take to begin. `bytes_per_second` is what takes have needed so far, or 0.0."""
    return max(limits.begin_bytes, round(bytes_per_second * SECONDS_WANTED))


def is_low(free: int, bytes_per_second: float, limits: DiskLimits) -> bool:
    """Whether the operator must be warned: less than the limit, or than a minute's worth."""
    return free < max(limits.low_bytes, round(bytes_per_second * SECONDS_WANTED))


def must_stop(free: int, bytes_per_second: float, limits: DiskLimits) -> bool:
    """Whether the take must be closed now, while there is still room to close it."""
    return free < max(limits.stop_bytes, round(bytes_per_second * SECONDS_LEFT_AT_STOP))
