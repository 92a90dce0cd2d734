"""Tells systemd how a service does (sd_notify(3)): a datagram of lines to the socket that it names."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from contextlib import suppress

_LONGEST_STATUS = 500
_MICROSECONDS = 1e6


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
