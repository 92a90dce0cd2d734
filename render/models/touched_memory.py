"""Memory that is there before somebody in a hurry writes it: the system makes its pages when they are first touched."""

from __future__ import annotations

import os
import threading
from contextlib import suppress

import numpy as np

_NICENESS = 10
_PAGE_BYTES = 4096
_STEP_BYTES = 4 << 20
"""NumPy lets other threads go on while it writes more than 500 elements: these are 1024, one a page."""


class TouchedMemory:
    """So many bytes, of which a thread that others go before touches each page. Nobody writes them before `is_ready`.

    Pages that are made while a frame waits took 2.5 ms a MiB beside other work, and up to 400 ms at once; writing those
    that are there takes 0.1 ms.
    """

    def __init__(self, size: int) -> None:
        self.content = np.empty(size, dtype=np.uint8)
        self._is_wanted = True
        self._thread = threading.Thread(target=self._touch, name="memory", daemon=True)
        self._thread.start()

    def is_ready(self, wait_s: float | None = 0.0) -> bool:
        """Whether all of it is there; waits for that at most so long, or with None until it is."""
        if wait_s != 0.0:
            self._thread.join(wait_s)
        return not self._thread.is_alive()

    def drop(self) -> None:
        """Nobody wants it any more."""
        self._is_wanted = False

    def _touch(self) -> None:
        with suppress(OSError, AttributeError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)
        for first in range(0, len(self.content), _STEP_BYTES):
            if not self._is_wanted:
                return
            self.content[first : first + _STEP_BYTES : _PAGE_BYTES] = 0
