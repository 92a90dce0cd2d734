"""The guard of the control sockets: opens them anew where clients take too many connections or too much memory.

It reads no body. What it does is reported as an observation, so health has a line and a take says when it happened.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Literal

from stage.control.connections import MOST_CONNECTIONS, GrowthLimit, return_freed_memory
from stage.control.sockets import ControlSockets
from stage.show.frame.inputs import Dropped

CONTROL = "control"
"""The source that the guard's reports name."""
_BINDS_EVERY_NS = 50_000_000
_FREES_AFTER_NS = 300_000_000
_REST_NS = 600_000_000
_LONG_REST_NS = 2_000_000_000
_SOON_NS = 10_000_000_000
_SETTLES_NS = 2_000_000_000

Reason = Literal["memory", "connections"]


class Guard:
    """Watches the sockets. `check` is called once a frame and never waits.

    The ports stay closed until the library has freed what it held: 0.6 s, and 2 s where it had to happen again within
    ten seconds, so that an attack that goes on costs the show little.
    """

    def __init__(
        self, sockets: ControlSockets, growth: GrowthLimit, clock_ns: Callable[[], int] = time.monotonic_ns
    ) -> None:
        self._sockets = sockets
        self._growth = growth
        self._clock_ns = clock_ns
        self._shut_ns: int | None = None
        self._frees_ns: int | None = None
        self._opens_ns: int | None = None
        self._binds_ns = 0
        self._settled_ns = 0
        self._reports: list[Dropped] = []

    def check(self) -> bool:
        """Shuts the sockets where a limit is passed: true then. Opens them later, and binds what is not bound yet."""
        now_ns = self._clock_ns()
        if self._opens_ns is not None:
            self._rest(now_ns, self._opens_ns)
            return False
        if self._sockets.incomplete and now_ns >= self._binds_ns:
            self._sockets.try_again()
            self._binds_ns = now_ns + _BINDS_EVERY_NS
        reason = self._reason()
        if reason is not None:
            self._shut(reason, now_ns)
        return reason is not None

    def settle(self) -> None:
        """What the process gains now and in the next two seconds is the stage's own: a world is being loaded."""
        self._settled_ns = self._clock_ns() + _SETTLES_NS

    def reports(self) -> tuple[Dropped, ...]:
        """What the guard has done since the last call."""
        reports, self._reports = tuple(self._reports), []
        return reports

    def _reason(self) -> Reason | None:
        if self._clock_ns() < self._settled_ns:
            self._growth.settle()
        if self._growth.exceeded():
            return "memory"
        return "connections" if self._sockets.most_connections() > MOST_CONNECTIONS else None

    def _shut(self, reason: Reason, now_ns: int) -> None:
        again_soon = self._shut_ns is not None and now_ns - self._shut_ns < _SOON_NS
        self._sockets.shut()
        self._shut_ns = now_ns
        self._frees_ns = now_ns + _FREES_AFTER_NS
        self._opens_ns = now_ns + (_LONG_REST_NS if again_soon else _REST_NS)
        self._reports.append(Dropped(source=CONTROL, count=1, cause=reason))

    def _rest(self, now_ns: int, opens_ns: int) -> None:
        """Returns the memory on a thread, since that takes about a frame; then measures from what is left."""
        if self._frees_ns is not None and now_ns >= self._frees_ns:
            self._frees_ns = None
            threading.Thread(target=return_freed_memory, name="freed memory", daemon=True).start()
        if now_ns >= opens_ns:
            self._opens_ns = None
            self._growth.settle()
            self._sockets.try_again()
