"""The stage's newest status, as any client receives it: from its telemetry stream."""

from __future__ import annotations

import contextlib
import threading
import time
from pathlib import Path
from typing import Any

import msgpack
import msgspec
import zmq

from stage.run.options import BoundPorts

OLD_NS = 2_000_000_000
"""After this the status says nothing any more: the show is gone or hangs."""
_POLL_MS = 100
_LOOK_S = 0.25
_MOST_BYTES = 1 << 22


class LiveStatus:
    """Follows the telemetry of the stage whose ports stand in the file `ports`, which a starting core writes.

    All methods may be called from any thread. The ports stay the same when the core is restarted.
    """

    def __init__(self, ports: Path) -> None:
        self._ports = ports
        self._ended = threading.Event()
        self._newest: dict[str, Any] | None = None
        self._received_ns = 0
        self._thread = threading.Thread(target=self._follow, name="status", daemon=True)
        self._thread.start()

    def newest(self) -> dict[str, Any] | None:
        """The newest status as plain values, or None where none came lately."""
        newest, received_ns = self._newest, self._received_ns
        return newest if time.monotonic_ns() - received_ns < OLD_NS else None

    def close(self) -> None:
        """Ends the thread."""
        self._ended.set()
        self._thread.join()

    def _follow(self) -> None:
        found = self._await_ports()
        if found is None:
            return
        context = zmq.Context()
        socket = context.socket(zmq.SUB)
        socket.setsockopt(zmq.RCVHWM, 4)
        socket.setsockopt(zmq.LINGER, 0)
        socket.setsockopt(zmq.MAXMSGSIZE, _MOST_BYTES)
        socket.setsockopt(zmq.IPV6, int(found.host.startswith("[")))
        socket.setsockopt(zmq.SUBSCRIBE, b"telemetry")
        socket.connect(f"tcp://{_reachable(found.host)}:{found.telemetry}")
        while not self._ended.is_set():
            if socket.poll(_POLL_MS):
                self._keep(socket.recv_multipart())
        socket.close(0)
        context.term()

    def _await_ports(self) -> BoundPorts | None:
        while not self._ended.wait(_LOOK_S):
            with contextlib.suppress(OSError, msgspec.DecodeError):
                return msgspec.json.decode(self._ports.read_bytes(), type=BoundPorts)
        return None

    def _keep(self, parts: list[bytes]) -> None:
        try:
            status = msgpack.unpackb(parts[-1])["status"]
        except (ValueError, TypeError, LookupError, msgpack.UnpackException):
            return
        self._newest, self._received_ns = status, time.monotonic_ns()


def _reachable(host: str) -> str:
    """Where this machine reaches a server that listens at `host`, which may mean every address."""
    return "127.0.0.1" if host in ("*", "0.0.0.0") else host  # noqa: S104 - compared, not bound
