"""Real-time priority for the threads that draw in software, as long as they leave the others their share.

The loop waits for them in every frame. As usual threads they wait in turn behind whatever else runs, for milliseconds
where many look on or a film is decoded. With priority all the time, a stage that is too large for its processors would
starve its own gate.
"""

from __future__ import annotations

from stage.run.realtime import allowed_processors, drawing_threads, run_ns, set_drawing_priority

MOST_OF_PROCESSORS = 0.85
"""A loop that takes more of all processors than this with its drawing, on the average of half a second, leaves the
others too little. Frames that take a slot and more may leave enough: while the loop works, nothing is drawn.
"""
AGAIN_AFTER_S = 1.0
_WEIGHT_OF_SLOT = 0.03


class DrawingPriority:
    """Gives and takes the priority of `threads`, by default those of Mesa. `period_ns` is the length of a slot.

    `processors` are those that this process may run on. To be made by the loop's own thread.
    """

    def __init__(
        self, period_ns: int, threads: tuple[int, ...] | None = None, *, processors: int | None = None
    ) -> None:
        self._threads = drawing_threads() if threads is None else threads
        self._period_ns = period_ns
        self._processors = processors or allowed_processors()
        self._noted: tuple[int, int] | None = None
        self._share = 0.0
        self._without_ns = 0
        self.given = False
        self._give()

    def busy_ns(self) -> int:
        """For how long this thread and those that draw have run up to now, in all."""
        return run_ns(self._threads)

    def note_frame(self, now_ns: int, busy_ns: int) -> None:
        """A frame is done, and up to now loop and drawing have run for so long."""
        (before_ns, busy_before_ns), self._noted = self._noted or (now_ns, busy_ns), (now_ns, busy_ns)
        passed_ns = now_ns - before_ns
        if passed_ns <= 0:
            return
        if not self.given:
            self._without_ns += passed_ns
            if self._without_ns >= AGAIN_AFTER_S * 1e9:
                self._give()
            return
        taken = (busy_ns - busy_before_ns) / (self._processors * passed_ns)
        self._share += min(1.0, _WEIGHT_OF_SLOT * passed_ns / self._period_ns) * (taken - self._share)
        if self._share > MOST_OF_PROCESSORS:
            self.take_away()

    def take_away(self) -> None:
        """Draws as usual from now on, for a while."""
        if self.given:
            set_drawing_priority(self._threads, realtime=False)
            self.given = False

    def _give(self) -> None:
        self._share, self._without_ns = 0.0, 0
        if self._threads and not self.given:
            self.given = set_drawing_priority(self._threads, realtime=True)
            if not self.given:
                set_drawing_priority(self._threads, realtime=False)
