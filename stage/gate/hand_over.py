"""How messages go from gate to core: over a local socket that keeps them apart, with no thread on either side.

What was sent lies in the core's own queue when the call returns, so the next drain has it. libzmq first has to wake a
thread on each side: what was handed over just before a drain came after it, on a busy machine by a millisecond.
"""

from __future__ import annotations

import socket
from pathlib import Path

from stage.gate.poller import READ, Poller, look_anyway

_BUFFER_BYTES = 256 * 1024


class Inlet:
    """The core's end: a socket at `path` to which the gate connects. Raises OSError where it cannot be.

    It receives messages of at most `most_bytes`; of a longer one that much comes, and a byte more.
    """

    def __init__(self, path: Path, most_bytes: int) -> None:
        self._listening = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._listening.setblocking(False)
        path.unlink(missing_ok=True)
        self._listening.bind(str(path))
        self._listening.listen(1)
        self._gate: socket.socket | None = None
        self._buffer = bytearray(most_bytes + 1)

    def receive(self) -> memoryview | None:
        """The next message, which holds until the next call; None where there is none now.

        A gate is let in once the one before is gone, and all that it has sent was received.
        """
        while True:
            gate = self._gate = self._gate or self._let_in()
            if gate is None:
                return None
            try:
                size = gate.recv_into(self._buffer)
            except BlockingIOError:
                return None
            except OSError:
                size = 0
            if size:
                return memoryview(self._buffer)[:size]
            gate.close()
            self._gate = None

    def close(self) -> None:
        """Leaves the gate."""
        for one in (self._gate, self._listening):
            if one is not None:
                one.close()

    def _let_in(self) -> socket.socket | None:
        try:
            gate, _ = self._listening.accept()
        except OSError:
            return None
        gate.setblocking(False)
        return gate


class Outlet:
    """The gate's end, which finds the core at `path` whenever there is one. The `poller` wakes when it goes."""

    def __init__(self, path: Path, poller: Poller) -> None:
        self._path = path
        self._poller = poller
        self._core: socket.socket | None = None

    @property
    def core_is_there(self) -> bool:
        """Whether there was a core at the last look."""
        return self._core is not None

    def look(self) -> bool:
        """Whether the core has come or gone since the last call. To be called now and then while there is none."""
        if self._core is None:
            self._core = self._found()
            return self._core is not None
        if not _has_gone(self._core):
            return False
        self.close()
        return True

    def send(self, content: bytes) -> bool:
        """False where it is lost: there is no core, or too much waits for it."""
        if self._core is None:
            return False
        try:
            self._core.send(content)
        except OSError:
            return False
        return True

    def close(self) -> None:
        """Leaves the core."""
        if self._core is not None:
            self._poller.forget(self._core.fileno())
            self._core.close()
            self._core = None

    def _found(self) -> socket.socket | None:
        core = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        core.setblocking(False)
        core.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _BUFFER_BYTES)
        try:
            core.connect(str(self._path))
        except OSError:
            core.close()
            return None
        self._poller.watch(core.fileno(), READ, look_anyway)
        return core


def _has_gone(core: socket.socket) -> bool:
    """Whether the other end is closed. The core never says anything here."""
    try:
        return not core.recv(1)
    except BlockingIOError:
        return False
    except OSError:
        return True
