"""Whose turn it is among equal processes of a run: one works, the others stand by and take over when it has ended."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path


class Turn:
    """A turn at what is in `folder`. It lasts until the process ends, however that ends: the kernel passes it on.

    Raises OSError where there is no such folder.
    """

    def __init__(self, folder: Path) -> None:
        self._descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)

    def take(self) -> bool:
        """False where it is another's."""
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def wait(self) -> None:
        """Returns once it is this process's turn."""
        fcntl.flock(self._descriptor, fcntl.LOCK_EX)
