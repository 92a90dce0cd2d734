"""Which tablets are there: what each has open, when it was heard last, and the end of it all where one is revoked."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable

from starlette.types import Scope, Send

REVOKED = 4401
"""The code with which a WebSocket is closed whose tablet or token is no longer known."""


class Presence:
    """What tablets have open. All methods belong to the event loop's thread. `clock_s` is a monotonic clock."""

    def __init__(self, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._clock_s = clock_s
        self._open: dict[str, dict[asyncio.Future[None], bool]] = defaultdict(dict)
        self._ended: set[asyncio.Future[None]] = set()
        self._heard_s: dict[str, float] = {}

    def silent_s(self, owner: str) -> float | None:
        """How long a tablet has asked for nothing, 0 while it has a WebSocket; None where it has not come yet."""
        heard_s = self._heard_s.get(owner)
        return 0.0 if self.sockets(owner) else None if heard_s is None else self._clock_s() - heard_s

    def sockets(self, owner: str) -> int:
        """How many WebSockets a tablet has open."""
        return sum(self._open[owner].values()) if owner in self._open else 0

    def owners(self) -> tuple[str, ...]:
        """The tablets that have anything open."""
        return tuple(self._open)

    def end(self, owner: str) -> None:
        """Ends all that a tablet has open, at once, but for the request that asks for it."""
        for task in tuple(self._open.get(owner, ())):
            if task is not asyncio.current_task():
                self._ended.add(task)
                task.cancel()

    async def serve(self, owner: str, scope: Scope, send: Send, work: Awaitable[None]) -> None:
        """Does what a tablet asks for, until that is done or the tablet is revoked."""
        is_socket = scope["type"] == "websocket"
        task = asyncio.ensure_future(work)
        self._open[owner][task] = is_socket
        try:
            await task
        except asyncio.CancelledError:
            if task not in self._ended:
                raise
            if is_socket:
                with contextlib.suppress(RuntimeError, OSError):  # it has left by itself
                    await send({"type": "websocket.close", "code": REVOKED, "reason": "the tablet was revoked"})
        finally:
            self._heard_s[owner] = self._clock_s()
            self._ended.discard(task)
            del self._open[owner][task]
            if not self._open[owner]:
                del self._open[owner]
