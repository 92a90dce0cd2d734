"""Room on the disk for takes: whether one may begin, and what to do when room runs out."""

from __future__ import annotations

from pathlib import Path

from stage.run.disk import MEGABYTE, DiskLimits, free_bytes, is_low, must_stop, nearest_folder, needed_bytes
from stage.show.frame.inputs import Cause


class DiskRoom:
    """The room in `directory`. Every method may raise OSError.

    `bytes_per_second` is what the newest take has needed so far, 0.0 if unknown.
    """

    def __init__(self, directory: Path, limits: DiskLimits) -> None:
        self._directory = directory
        self._limits = limits
        self.bytes_per_second = 0.0

    def why_not_begin(self) -> Cause | None:
        """Why no take may begin now, or None. Makes the folder where it is missing."""
        self._directory.mkdir(parents=True, exist_ok=True)
        return self._why_no_room(self._directory)

    def _why_no_room(self, directory: Path) -> Cause | None:
        free, needed = free_bytes(directory), needed_bytes(self.bytes_per_second, self._limits)
        if free >= needed:
            return None
        return Cause(code="no_room_to_begin", values={"free_mb": _megabytes(free), "needed_mb": _megabytes(needed)})

    def why_no_room(self) -> Cause | None:
        """Why there is no room to begin a take, without making the folder, or None. What else may be wrong with the
        folder the core finds for itself.
        """
        return self._why_no_room(nearest_folder(self._directory))

    def why_stop(self) -> Cause | None:
        """Why a take must be closed now, while there is still room to close it, or None."""
        free = free_bytes(self._directory)
        if not must_stop(free, self.bytes_per_second, self._limits):
            return None
        return Cause(code="room_ran_out", values={"free_mb": _megabytes(free)})

    def why_warn(self) -> Cause | None:
        """What to warn the operator of, or None."""
        free = free_bytes(self._directory)
        if not is_low(free, self.bytes_per_second, self._limits):
            return None
        return Cause(code="disk_low", values={"free_mb": _megabytes(free)})


def _megabytes(count: int) -> int:
    return round(count / MEGABYTE)
