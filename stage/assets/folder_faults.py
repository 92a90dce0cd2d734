"""Why nothing can be written into the library's folder, and what helps."""

from __future__ import annotations

import errno

from tracking.records import Scalar
from tracking.system_faults import said_by_system

_CURES = {
    errno.ENOENT: "library_folder_gone",
    errno.ENOTDIR: "library_folder_gone",
    errno.EROFS: "library_read_only",
    errno.EACCES: "library_read_only",
    errno.EPERM: "library_read_only",
    errno.ENOSPC: "library_disk_full",
    errno.EDQUOT: "library_disk_full",
}
"""What helps where nothing can be written, by what the system says."""


def why_not_written(error: OSError) -> dict[str, Scalar]:
    """Why nothing can be written into the library's folder, as `why`, a code with the cure."""
    return {"why": _CURES.get(error.errno or 0, "library_unusable"), "found": said_by_system(error)}
