"""The core's watch over the recorder process: whether it lives, how far behind it is, what is safe on the disk."""

from __future__ import annotations

from stage.takes.messages import Heartbeat

LOST_AFTER_NS = 1_000_000_000
MISSING_AFTER_NS = 3_000_000_000
"""Silence after which there is no recorder at all: one that died is restarted within this time."""


class RecorderWatch:
    """Judges the recorder by its heartbeats. Times are of the host's monotonic clock, given by the caller."""

    def __init__(self, session: str, now_ns: int) -> None:
        self._session = session
        self._last_lived_ns = now_ns
        self._missing = False
        self._heartbeat = Heartbeat(instance="")
        self._received_ns: int | None = None
        self._instance = ""
        self._opening = 0
        self.sent_bytes = 0
        self.safe_frame = -1
        """The last frame of the open part that is on the disk."""

    def note(self, heartbeat: Heartbeat, now_ns: int) -> None:
        """Notes one heartbeat."""
        self._heartbeat, self._received_ns = heartbeat, now_ns
        of = (heartbeat.session, heartbeat.opening, heartbeat.instance)
        if of == (self._session, self._opening, self._instance):
            self.safe_frame = max(self.safe_frame, heartbeat.on_disk_frame)

    def begin(self, opening: int, frame: int) -> None:
        """A part was begun at the recorder that lives now, with a snapshot after `frame`."""
        self._opening, self._instance, self.safe_frame = opening, self._heartbeat.instance, frame

    def lives(self, now_ns: int) -> bool:
        """Whether a heartbeat came within the last second."""
        return self._received_ns is not None and now_ns - self._received_ns < LOST_AFTER_NS

    def newly_missing(self, now_ns: int) -> bool | None:
        """True when there is no recorder any more, False when there is one again; None while nothing changes."""
        if self.lives(now_ns):
            self._last_lived_ns = now_ns
        missing = now_ns - self._last_lived_ns > MISSING_AFTER_NS
        if missing == self._missing:
            return None
        self._missing = missing
        return missing

    @property
    def restarted(self) -> bool:
        """Whether another recorder lives now than the one at which the part was begun."""
        return self._heartbeat.instance != self._instance

    @property
    def backlog_bytes(self) -> int:
        """Bytes sent and not yet received, as far as is known; 0 for a recorder that has just started."""
        return self.sent_bytes - self._heartbeat.position if self._heartbeat.session == self._session else 0
