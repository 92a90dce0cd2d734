"""How a run ends within a second: the core first, then its helpers, by force where they take too long."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterable
from types import FrameType

from stage.run.terminal import Exit
from stage.supervision.children import Child

CORE_ENDS_S = 0.6
HELPERS_END_S = 0.75
_SHORTEST_WAIT_S = 0.01


class Ending:
    """The end of a run. It begins with a signal, or when the core has said its last word.

    `clock_s` is a monotonic clock in seconds.
    """

    def __init__(self, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._clock_s = clock_s
        self._requested_s: float | None = None
        self._passed_on = False
        self._dismissed_s: float | None = None

    def catch_signals(self) -> None:
        """From now on SIGTERM and SIGINT request the end, and so does one that came before and was swallowed."""
        for number in (signal.SIGTERM, signal.SIGINT):
            before = signal.signal(number, self._on_signal)
            if isinstance(before, Exit) and before.asked:
                self.request()

    @property
    def begun(self) -> bool:
        """Whether the run is ending."""
        return self._since_s is not None

    @property
    def _since_s(self) -> float | None:
        return self._dismissed_s if self._requested_s is None else self._requested_s

    def request(self) -> None:
        """The user wants the run to end; only the first request counts."""
        if self._requested_s is None:
            self._requested_s = self._clock_s()

    def press(self, core: Child) -> None:
        """Passes a request on to the core, and kills a core that takes too long to end. To be called often."""
        if self._requested_s is not None and not self._passed_on:
            self._passed_on = True
            core.ask_to_end()
        since_s = self._since_s
        if since_s is not None and self._clock_s() - since_s > CORE_ENDS_S:
            core.process.kill()

    def dismiss(self, helpers: Iterable[Child]) -> None:
        """The core has said its last word and its take is closed, so the helpers may end while it does."""
        self._dismissed_s = self._clock_s()
        for helper in helpers:
            helper.ask_to_end()

    def finish(self, helpers: Iterable[Child]) -> None:
        """Ends the helpers once the core has ended; those that take too long are killed."""
        helpers = tuple(helpers)
        if self._dismissed_s is None:
            self.dismiss(helpers)
        assert self._since_s is not None
        for helper in helpers:
            helper.wait(max(_SHORTEST_WAIT_S, self._since_s + HELPERS_END_S - self._clock_s()))

    def _on_signal(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002 - the signature of a handler
        self.request()
