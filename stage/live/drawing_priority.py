"""Real-time priority for the threads that draw in software, as long as they leave the others their share.

The loop waits for them in every frame. As usual threads they wait in turn behind whatever else runs, for milliseconds
where many look on. With priority all the time, a stage that is too large for its processors would starve its own gate.
"""

from __future__ import annotations

from stage.run.realtime import drawing_threads, set_drawing_priority

MOST_OF_SLOT = 0.9
"""Frames that take more of their slots than this, on the average of half a second, leave the others too little."""
AGAIN_AFTER_S = 3.0
_WEIGHT_OF_SLOT = 0.03


class DrawingPriority:
    """Gives and takes the priority of `threads`, by default those of Mesa. `period_ns` is the length of a slot."""

    def __init__(self, period_ns: int, threads: tuple[int, ...] | None = None) -> None:
        self._threads = drawing_threads() if threads is None else threads
        self._period_ns = period_ns
        self._share = 0.0
        self._frames_without = 0
        self._frames_again = round(AGAIN_AFTER_S * 1e9 / period_ns)
        self.given = False
        self._give()

    def note_frame(self, room_ns: int) -> None:
        """A frame left so much of its slot; less than nothing where it took more."""
        if not self.given:
            self._frames_without += 1
            if self._frames_without >= self._frames_again:
                self._give()
            return
        taken = 1.0 - room_ns / self._period_ns
        self._share += min(1.0, _WEIGHT_OF_SLOT * max(1.0, taken)) * (taken - self._share)
        if self._share > MOST_OF_SLOT:
            self.take_away()

    def take_away(self) -> None:
        """Draws as usual from now on, for a while."""
        if self.given:
            set_drawing_priority(self._threads, realtime=False)
            self.given = False

    def _give(self) -> None:
        self._share, self._frames_without = 0.0, 0
        if self._threads and not self.given:
            self.given = set_drawing_priority(self._threads, realtime=True)
            if not self.given:
                set_drawing_priority(self._threads, realtime=False)
