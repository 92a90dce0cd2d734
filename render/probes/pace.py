"""How often light is drawn that changes in every frame: as often as frames leave room for it, and never too seldom."""

from __future__ import annotations

LEAST_EVERY = 8
"""Frames without room: of so many one draws light all the same, or followers would stand still."""
_FORGOTTEN = 0.9
"""What drawing took last counts less with each that took less: one that was interrupted is soon forgotten."""


class Pace:
    """Says in which frames light is drawn. `every` is that of how many frames one is drawn at most."""

    def __init__(self, every: int) -> None:
        self._every = every
        self._frame: int | None = None
        self._took_ns = 0

    @property
    def took_ns(self) -> int:
        """How long drawing and reading keep a frame, as they lately did."""
        return self._took_ns

    def allows(self, frame: int, room_ns: int | None) -> bool:
        """Whether it may be drawn in a frame with `room_ns` left before the next slot; None is any room.

        A frame that is not after the last one drawn is of another show, or has other light.
        """
        passed = LEAST_EVERY if self._frame is None or frame <= self._frame else frame - self._frame
        return passed >= self._every and (room_ns is None or passed >= LEAST_EVERY or room_ns > self._took_ns)

    def note(self, frame: int, took_ns: int) -> None:
        """It was drawn in this frame, and that took so long."""
        self._frame = frame
        self._took_ns = max(took_ns, round(_FORGOTTEN * self._took_ns))
