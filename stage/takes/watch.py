"""What the core knows of the recorder process: whether it lives, how far behind it is, what is safe on the disk."""

from __future__ import annotations

from stage.takes.records import Alive

LOST_AFTER_NS = 1_000_000_000
MISSING_AFTER_NS = 3_000_000_000
"""Silence after which there is no recorder at all: one that died is started again within this time."""


class RecorderWatch:
    """Read from the recorder's signs of life. Times are of the host's monotonic clock, given by the caller."""

    def __init__(self, session: str, now_ns: int) -> None:
        self._session = session
        self._last_lived_ns = now_ns
        self._missing = False
        self._alive = Alive(instance="")
        self._heard_ns: int | None = None
        self._instance = ""
        self._take = 0
        self.sent_bytes = 0
        self.safe_frame = -1
        """The last frame of the open take that is on the disk."""

    def hear(self, alive: Alive, now_ns: int) -> None:
        """Takes in one sign of life."""
        self._alive, self._heard_ns = alive, now_ns
        if (alive.session, alive.take, alive.instance) == (self._session, self._take, self._instance):
            self.safe_frame = max(self.safe_frame, alive.on_disk_frame)

    def begin(self, take: int, frame: int) -> None:
        """A take was opened at the recorder that lives now, with a snapshot after `frame`."""
        self._take, self._instance, self.safe_frame = take, self._alive.instance, frame

    def lives(self, now_ns: int) -> bool:
        """Whether a sign of life came within the last second."""
        return self._heard_ns is not None and now_ns - self._heard_ns < LOST_AFTER_NS

    def newly_missing(self, now_ns: int) -> bool | None:
        """True once there is no recorder any more, False once there is one again; None as long as nothing changes."""
        if self.lives(now_ns):
            self._last_lived_ns = now_ns
        missing = now_ns - self._last_lived_ns > MISSING_AFTER_NS
        if missing == self._missing:
            return None
        self._missing = missing
        return missing

    @property
    def restarted(self) -> bool:
        """Whether another recorder lives now than the one at which the take was opened."""
        return self._alive.instance != self._instance

    @property
    def backlog_bytes(self) -> int:
        """Bytes sent and not yet taken in, as far as is known; none is known of a recorder that just started."""
        return self.sent_bytes - self._alive.position if self._alive.session == self._session else 0
