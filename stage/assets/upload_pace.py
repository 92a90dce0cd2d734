"""When to upload a piece of a picture: in the time that frames leave, and now and then where they leave none. Pure."""

from __future__ import annotations

SPARE_NS = 1_500_000
"""What is kept of the time that a frame leaves, since the next one begins when it is due."""
STARVED_FRAMES = 2
"""So many frames without an upload, and one is made whatever time there is: a picture must come at last."""
_FIRST_GUESS_NS = 1_000_000
_FORGOTTEN = 1 / 32


class UploadPace:
    """Learns what a piece takes. A slow one is remembered for a while, since memory is slow when others use it."""

    def __init__(self) -> None:
        self._slow_ns = float(_FIRST_GUESS_NS)
        self._without = 0

    def fits(self, left_ns: int) -> bool:
        """Whether a piece can be uploaded in so much time before the next frame."""
        return left_ns > SPARE_NS + 2.0 * self._slow_ns

    def note_uploaded(self, taken_ns: int) -> None:
        """A piece took so long."""
        self._without = 0
        self._slow_ns = max(float(taken_ns), (1.0 - _FORGOTTEN) * self._slow_ns)

    def is_starved(self) -> bool:
        """Once a frame while a picture waits: whether frames have left no time for it for too long."""
        self._without += 1
        return self._without > STARVED_FRAMES
