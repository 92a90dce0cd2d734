"""The web process's ways to the stage: requests and answers, and the streams of state and telemetry."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from pathlib import Path

import msgpack
import msgspec
import zmq
import zmq.asyncio

from stage.panel.callers import Caller, Callers
from stage.panel.live_stage import LiveStage
from stage.run.options import BoundPorts

_LOOK_S = 0.1
_MOST_BYTES = 1 << 22
_QUEUED = 1024
STREAMS = ("state", "telemetry")
Requests = zmq.asyncio.Socket


class StageLink:
    """Asks over the control endpoint, whose ports stand in a file that a starting stage writes.

    The ports stay the same when the core is restarted. All methods belong to the event loop's thread.
    """

    def __init__(self, ports: Path) -> None:
        self._ports = ports
        self._opened = asyncio.Event()
        self._requests: Requests | None = None
        self._routes: dict[str | int, str] = {}

    async def send(self, caller: Caller, body: bytes) -> None:
        """Sends a request in the name of a caller; waits while nobody takes it."""
        await self._opened.wait()
        self._routes[msgpack.unpackb(body)["id"]] = caller.route
        assert self._requests is not None
        await self._requests.send(body)

    async def receive(self) -> tuple[str, bytes]:
        """The next answer, with the route of whom it is for."""
        await self._opened.wait()
        assert self._requests is not None
        body = await self._requests.recv()
        return self._routes.pop(msgpack.unpackb(body)["id"], ""), body

    async def follow(self, callers: Callers, live: LiveStage) -> None:
        """Keeps the link and the streams until it is cancelled."""
        found = await bound_ports(self._ports)
        context = zmq.asyncio.Context()
        try:
            self._requests = _opened(context, zmq.DEALER, found.host)
            self._requests.connect(f"tcp://{_reachable(found.host)}:{found.control}")
            self._opened.set()
            streams = _opened(context, zmq.SUB, found.host)
            for stream in STREAMS:
                streams.setsockopt(zmq.SUBSCRIBE, stream.encode())
                streams.connect(f"tcp://{_reachable(found.host)}:{found.by_name[stream]}")
            await asyncio.gather(callers.receive(), live.follow(streams))
        finally:
            context.destroy(linger=0)


def _opened(context: zmq.asyncio.Context, kind: int, host: str) -> Requests:
    made = context.socket(kind)
    options = {zmq.LINGER: 0, zmq.SNDHWM: _QUEUED, zmq.RCVHWM: _QUEUED, zmq.MAXMSGSIZE: _MOST_BYTES}
    for option, value in options.items():
        made.setsockopt(option, value)
    made.setsockopt(zmq.IPV6, int(host.startswith("[")))
    if kind == zmq.DEALER:
        made.setsockopt(zmq.IMMEDIATE, 1)
        made.setsockopt(zmq.IDENTITY, secrets.token_hex(16).encode())
    return made


async def bound_ports(file: Path) -> BoundPorts:
    """The stage's ports, once it has written them."""
    while True:
        with contextlib.suppress(OSError, msgspec.DecodeError):
            return msgspec.json.decode(file.read_bytes(), type=BoundPorts)  # noqa: ASYNC240 - a line in memory
        await asyncio.sleep(_LOOK_S)


def _reachable(host: str) -> str:
    """Where this machine reaches a server that listens at `host`, which may mean every address."""
    return "127.0.0.1" if host in ("*", "0.0.0.0") else host  # noqa: S104 - compared, not bound
