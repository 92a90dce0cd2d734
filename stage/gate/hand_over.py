"""How messages go from gate to core: by a link that wakes the gate when the core goes."""

from __future__ import annotations

from pathlib import Path

from stage.gate.poller import READ, Poller, look_anyway
from stage.run.local_link import GuestEnd

_ROOM_BYTES = 256 * 1024
_NEVER_SPEAKS = 1


class Outlet:
    """The gate's end, which finds the core at `path` whenever there is one. The `poller` wakes when it goes."""

    def __init__(self, path: Path, poller: Poller) -> None:
        self._end = GuestEnd(path, _NEVER_SPEAKS, room_bytes=_ROOM_BYTES)
        self._poller = poller
        self._watched = -1

    @property
    def core_is_there(self) -> bool:
        """Whether there was a core at the last look."""
        return self._watched >= 0

    def look(self) -> bool:
        """Whether the core has come or gone since the last call. To be called now and then while there is none."""
        if not self.core_is_there:
            if not self._end.look():
                return False
            assert self._end.peer is not None
            self._watched = self._end.peer.fileno()
            self._poller.watch(self._watched, READ, look_anyway)
            return True
        if not self._end.has_gone():
            return False
        self.close()
        return True

    def send(self, content: bytes) -> bool:
        """False where it is lost: there is no core, or too much waits for it."""
        return self._end.send(content)

    def close(self) -> None:
        """Leaves the core."""
        if self.core_is_there:
            self._poller.forget(self._watched)  # before it is closed
            self._watched = -1
        self._end.close()
