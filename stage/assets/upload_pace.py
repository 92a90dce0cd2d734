"""When to upload a piece of a picture: in the time that frames leave, and now and then where they leave none. Pure."""

from __future__ import annotations

from collections import deque

SPARE_NS = 1_500_000
"""What is kept of the time that a frame leaves, since the next one begins when it is due."""
PRESSING_SPARE_NS = 300_000
"""What is kept where something would be late without the piece."""
STARVED_FRAMES = 2
"""So many frames without an upload, and one is made whatever time there is: a picture must come at last."""
MOST_NS = 8_000_000
"""No piece counts for more: one that took longer says who else had the processor, not what the next one takes."""
_FIRST_GUESS_NS = 1_000_000
_REMEMBERED = 16
_FORGOTTEN = 1 / 32


class UploadPace:
    """Learns what a piece takes: as long as the second slowest of those lately.

    Memory is slow for a while when others use it, so slow pieces are remembered; one alone was held up by something
    that is over. What keeps pieces from being tried is forgotten from frame to frame, or a few slow ones would stop
    uploads for seconds.
    """

    def __init__(self) -> None:
        self._taken_ns: deque[float] = deque((_FIRST_GUESS_NS, _FIRST_GUESS_NS), _REMEMBERED)
        self._slow_ns = float(_FIRST_GUESS_NS)
        self._without = 0

    def fitting(self, left_ns: int, *, presses: bool = False) -> int:
        """For how long pieces can be uploaded in so much time before the next frame, which would be late soon where it
        `presses`, before that is asked again: half of it, in ns. Ask no more in a frame where none fits, which is 0.
        """
        free_ns = left_ns - (PRESSING_SPARE_NS if presses else SPARE_NS)
        if free_ns <= self._slow_ns * (1.0 if presses else 2.0):
            self._taken_ns = deque([(1.0 - _FORGOTTEN) * one for one in self._taken_ns], _REMEMBERED)
            self._slow_ns = sorted(self._taken_ns)[-2]
            return 0
        return free_ns // 2

    def note_uploaded(self, *taken_ns: int) -> None:
        """Pieces took so long."""
        self._without = 0
        self._taken_ns.extend([min(one, MOST_NS) for one in taken_ns])
        self._slow_ns = sorted(self._taken_ns)[-2]

    def is_starved(self) -> bool:
        """Once a frame while a picture waits: whether frames have left no time for it for too long."""
        self._without += 1
        return self._without > STARVED_FRAMES
