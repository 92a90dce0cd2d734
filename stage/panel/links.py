"""The web process's way to the stage: requests and answers through its gate, and the streams of state and telemetry.

Only who knows the secret in the run's folder may ask for others. The gate may be restarted meanwhile: the sockets find
it again, and what was lost is asked for again.
"""

from __future__ import annotations

import asyncio
import secrets

import msgspec
import zmq
import zmq.asyncio

from stage.gate.local import PassedOn, panel_endpoint, set_up_to_pass_on, streams_endpoint
from stage.panel.callers import Caller, Callers
from stage.panel.live_stage import LiveStage

STREAMS = ("state", "telemetry")

_Sockets = zmq.asyncio.Socket


class StageLink:
    """The link to the stage of the run in the folder `runtime`. All methods belong to the event loop's thread."""

    def __init__(self, runtime: str, secret: str) -> None:
        self._runtime = runtime
        self._secret = secret
        self._opened = asyncio.Event()
        self._requests: _Sockets | None = None

    async def send(self, caller: Caller, body: bytes) -> None:
        """Sends a request in the name of a caller; waits while there is no gate."""
        await self._opened.wait()
        header = PassedOn(
            secret=self._secret,
            route=caller.route,
            owner=caller.owner,
            person=caller.person,
            role=caller.role,
            origin=caller.origin,
        )
        assert self._requests is not None
        await self._requests.send_multipart([msgspec.msgpack.encode(header), body])

    async def receive(self) -> tuple[str, bytes]:
        """The next answer, with the route of whom it is for."""
        await self._opened.wait()
        assert self._requests is not None
        while True:
            parts = await self._requests.recv_multipart()
            if len(parts) == 2:
                return parts[0].decode("ascii", errors="replace"), parts[1]

    async def follow(self, callers: Callers, live: LiveStage) -> None:
        """Keeps the link and the streams until it is cancelled."""
        context = zmq.asyncio.Context()
        try:
            self._requests = _opened(context, zmq.DEALER)
            self._requests.setsockopt(zmq.IMMEDIATE, 1)
            self._requests.setsockopt(zmq.IDENTITY, secrets.token_hex(8).encode())
            self._requests.connect(panel_endpoint(self._runtime))
            self._opened.set()
            streams = _opened(context, zmq.SUB)
            for stream in STREAMS:
                streams.setsockopt(zmq.SUBSCRIBE, stream.encode())
            streams.connect(streams_endpoint(self._runtime))
            await asyncio.gather(callers.receive(), live.follow(streams))
        finally:
            context.destroy(linger=0)


def _opened(context: zmq.asyncio.Context, kind: int) -> _Sockets:
    made = context.socket(kind)
    set_up_to_pass_on(made)
    return made
