"""What a run tells the system that supervises it (systemd, sd_notify(3)): datagrams of lines to the socket it names.

Ready and alive are said of frames that were shown alone.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from stage.run.checkpoint import read_presented

_LONGEST_STATUS = 500
_MICROSECONDS = 1e6
TELLS_EVERY_S = 0.5


class SystemNotices:
    """The socket of `environment`; without one nothing is sent. Nothing here raises or waits."""

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        address = environment.get("NOTIFY_SOCKET", "")
        self._address = f"\0{address[1:]}" if address.startswith("@") else address
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC | socket.SOCK_NONBLOCK)
        wanted = environment.get("WATCHDOG_USEC", "")
        self.watchdog_s = int(wanted) / _MICROSECONDS if wanted.isdecimal() else None
        """Within this time systemd wants to be told that the service is alive; None where it does not ask."""

    def tell(self, state: str) -> None:
        """Tells a state: READY=1, WATCHDOG=1, STOPPING=1."""
        if self._address:
            with suppress(OSError):
                self._socket.sendto(state.encode(), self._address)

    def status(self, text: str) -> None:
        """Says in a line, for `systemctl status`, what the service does."""
        self.tell(f"STATUS={' '.join(text.split())[:_LONGEST_STATUS]}")


class ServiceNotices:
    """Counts the frames that the cores of a run have shown, in the checkpoint at `path`.

    Ready is told with the first one. The watchdog is fed where there are more of them than before: neither by a core
    that steps without drawing, nor by a supervisor whose core hangs. A run that has no room for a checkpoint is alive
    while one of its cores serves. Times are monotonic seconds.
    """

    def __init__(self, path: Path, system: SystemNotices | None = None) -> None:
        self._path = path
        self._system = SystemNotices() if system is None else system
        wanted_s = self._system.watchdog_s
        self._every_s = TELLS_EVERY_S if wanted_s is None else min(TELLS_EVERY_S, wanted_s / 4.0)
        self._next_s = 0.0
        self._shown = 0
        self._stopping = False

    def say(self, text: str) -> None:
        """Says what the run does now."""
        self._system.status(text)

    def tick(self, now_s: float, *, serves: bool, ends: bool) -> None:
        """To be called often: whether a core serves, and whether the run ends."""
        if ends and not self._stopping:
            self._stopping = True
            self._system.tell("STOPPING=1")
        if now_s < self._next_s or not serves:
            return
        self._next_s = now_s + self._every_s
        found = read_presented(self._path)
        shown = self._shown + 1 if found is None else found
        if shown == self._shown:
            return
        if self._shown == 0:
            self._system.tell("READY=1")
        self._shown = shown
        self._system.tell("WATCHDOG=1")
