"""The web process's server: one socket, uvicorn's loop with the routes, and what follows the stage beside them."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import socket
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

import uvicorn

from stage.config.addresses import is_loopback
from stage.gate.ports import own_addresses_text
from stage.panel.connections import MOST_HEAD_BYTES, HttpConnection, WebConfig, WebSocketConnection
from stage.panel.seats import CROWD, HEAD_S, Seats
from stage.run.terminal import print_notice
from tracking.records import ConfigError

_SWEEPS_EVERY_S = 0.25
_PING_S = 5.0
_DATE_S = 1.0
_LONGEST_MESSAGE = 64 * 1024
_EVERYWHERE = "0.0.0.0"  # noqa: S104 - to tell it from others
_ENDS_WITHIN_S = 0.4
"""How long an end waits for answers that are under way."""


class WebServer:
    """Serves an ASGI application at one address, bounded in every way that a client could misuse.

    One beyond this machine is joined by the loopback address, with the same port where that is free: `here` is the
    address for programs of this machine. Raises ConfigError if `bind` ("127.0.0.1:7780", port 0 for a free one) is not
    an address or is in use.
    """

    def __init__(self, bind: str, app: Any, *, seats: Seats | None = None, head_s: float = HEAD_S) -> None:
        self.seats = seats or Seats()
        self.counts: Counter[str] = Counter()
        self._sockets = [bound_socket(bind)]
        self.address: tuple[str, int] = self._sockets[0].getsockname()[:2]
        self.url = f"http://{bind.rpartition(':')[0]}:{self.address[1]}"
        if not is_loopback(self.address[0]) and self.address[0] != _EVERYWHERE:
            self._sockets.append(_loopback_socket(self.address[1]))
        self.here = f"http://127.0.0.1:{self._sockets[-1].getsockname()[1]}"
        self._server = _Server(_config(app, self.seats, head_s))

    def serve(self, beside: Callable[[], Awaitable[None]] | None = None) -> None:
        """Serves until `shutdown`, with `beside` running on the same loop meanwhile."""
        asyncio.run(self._serve(beside))

    def shutdown(self) -> None:
        """Ends `serve` soon. May be called from any thread, and by a signal handler."""
        self._server.end()

    def close(self) -> None:
        """Releases the address of a server that has not served."""
        for one in self._sockets:
            one.close()

    async def _serve(self, beside: Callable[[], Awaitable[None]] | None) -> None:
        logging.getLogger("asyncio").setLevel(logging.CRITICAL)  # it says what strangers do, a line for each
        asyncio.get_running_loop().set_exception_handler(self._note)
        tasks = [asyncio.create_task(self._sweep())]
        if beside is not None:
            tasks.append(asyncio.ensure_future(beside()))
        try:
            await self._server.serve(sockets=self._sockets)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _sweep(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(_SWEEPS_EVERY_S)
            self.seats.sweep(loop.time())

    def _note(self, _loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Counts what went wrong outside of any request, and says so once for each kind."""
        kind = type(context.get("exception")).__name__
        self.counts[kind] += 1
        if self.counts[kind] == 1:
            print_notice(f"the page made a mistake and goes on: {context.get('message', kind)} ({kind})")


class _Server(uvicorn.Server):
    """uvicorn's server, which leaves signals to the process and ends at once."""

    _loop: asyncio.AbstractEventLoop | None = None

    def end(self) -> None:
        """Ends it soon. May be called from any thread, and by a signal handler."""
        self.should_exit = True
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop has ended already
                self._loop.call_soon_threadsafe(self._ended.set)

    async def main_loop(self) -> None:
        """Waits for the end. Nothing is to be done meanwhile but to keep the date of answers."""
        self._loop, self._ended = asyncio.get_running_loop(), asyncio.Event()
        while not await self.on_tick(0):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._ended.wait(), _DATE_S)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Closes what listens and what is idle, waits a moment for answers that are under way, and ends the others."""
        for server in self.servers:
            server.close()
        for one in sockets or []:
            one.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        tasks = set(self.server_state.tasks)
        if tasks:
            await asyncio.wait(tasks, timeout=_ENDS_WITHIN_S)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def capture_signals(self) -> contextlib.AbstractContextManager[None]:  # type: ignore[override]
        return contextlib.nullcontext()


def _config(app: Any, seats: Seats, head_s: float) -> WebConfig:
    config = WebConfig(
        app,
        loop="none",
        http=HttpConnection,
        ws=WebSocketConnection,
        ws_max_size=_LONGEST_MESSAGE,
        ws_ping_interval=_PING_S,
        ws_ping_timeout=_PING_S,
        ws_per_message_deflate=False,
        lifespan="off",
        log_config=None,
        log_level="critical",
        access_log=False,
        proxy_headers=False,
        headers=[("Server", "OpenStage")],
        backlog=2 * CROWD,
        timeout_keep_alive=3600,
        h11_max_incomplete_event_size=MOST_HEAD_BYTES,
    )
    config.seats, config.head_s = seats, head_s
    return config


def _loopback_socket(port: int) -> socket.socket:
    """A listening socket for this machine alone, at another port where another stage has this one."""
    try:
        return bound_socket(f"127.0.0.1:{port}")
    except ConfigError:
        return bound_socket("127.0.0.1:0")


def bound_socket(bind: str) -> socket.socket:
    """A listening socket at `HOST:PORT`. Raises ConfigError where that is no address, or in use."""
    host, _, port = bind.rpartition(":")
    if not host or not port.isdecimal() or int(port) > 65535:
        raise ConfigError(f"panel.bind: found {bind!r}, expected HOST:PORT such as 127.0.0.1:7780")
    # With its protocol named, asyncio switches Nagle's algorithm off: it would hold each answer's body back for 40 ms.
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((host, int(port)))
        made.listen(2 * CROWD)
    except OSError as error:
        made.close()
        cure = "end what listens there or use another"
        if error.errno == errno.EADDRNOTAVAIL:
            cure = f"expected {own_addresses_text()}"
        raise ConfigError(f"the page at {bind}: cannot be used ({error.strerror or error}); {cure}") from error
    made.setblocking(False)
    return made
