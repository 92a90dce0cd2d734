"""Real-time priority for the threads that read, while somebody waits for a frame that nobody could know of before."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from stage.run.realtime import READING_PRIORITY, SHORT_PRIORITY, give_realtime, own_threads, take_realtime

MOST_S = 0.1
"""So long at a time: whoever answers people runs behind it."""
_RESTS = 1.0
"""Then for so many times as long as that took not again, however often a film is sent elsewhere."""


class Hurry:
    """Gives and takes the priority, where that is `allowed`. For a frame that is sought it is below that of drawing, so
    it costs no slot: reading gets what drawing leaves, before everything else that has a claim to it. For films that
    run short it is above: where drawing leaves too little for long, the walls leave out slots and not the film its
    frames. Times are monotonic.

    The thread that makes this hears of what is sought, and has the priority all the time: it does next to nothing, and
    would else wait for the threads that read ahead.
    """

    def __init__(self, *, allowed: bool) -> None:
        self._listens = threading.get_native_id()
        self._allowed = allowed and give_realtime((self._listens,), READING_PRIORITY)
        self._since_s: float | None = None
        self._not_before_s = 0.0

    def follow(self, now_s: float, *, is_sought: bool, is_short: bool = False) -> None:
        """Hurries from now on if a frame is sought, or a film runs short; or no more."""
        if self._since_s is None:
            if (is_sought or is_short) and self._allowed and now_s >= self._not_before_s:
                self._since_s = now_s
                give_realtime(own_threads(), SHORT_PRIORITY if is_short else READING_PRIORITY)
        elif not (is_sought or is_short) or now_s - self._since_s >= MOST_S:
            take_realtime(tuple(one for one in own_threads() if one != self._listens))
            self._not_before_s = now_s + _RESTS * (now_s - self._since_s)
            self._since_s = None

    @contextmanager
    def unhurried(self) -> Iterator[None]:
        """The thread that listens does something that takes a while, and has no priority meanwhile."""
        if self._allowed:
            take_realtime((self._listens,))
        yield
        if self._allowed:
            give_realtime((self._listens,), READING_PRIORITY)

    def left_s(self, now_s: float) -> float:
        """When to call again at the latest."""
        return MOST_S if self._since_s is None else max(0.0, self._since_s + MOST_S - now_s)
