"""The WebSocket: the streams as JSON, beginning with everything as it is, and the wire's requests.

A client that reads slowly gets the newest of each value, fewer messages, and misses none of what is in force.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from stage.control.wire import id_in
from stage.panel.admission import Tokens, caller_of
from stage.panel.api import answered, fields_of
from stage.panel.callers import Callers
from stage.panel.live_stage import LiveStage, Subscription
from stage.panel.presence import REVOKED
from stage.panel.refusals import Refused, error_fields, refused_answer
from stage.panel.seats import MOST_SOCKETS

STREAMS = ("state", "telemetry")
_CHECKED_EVERY_S = 1.0
_AT_ONCE = 32
_MOST_ANSWERS = 64


class LiveSockets:
    """Serves `/api/v1/ws`."""

    def __init__(self, live: LiveStage, callers: Callers, tokens: Tokens) -> None:
        self._live = live
        self._callers = callers
        self._tokens = tokens
        self.open = 0

    def routes(self) -> list[BaseRoute]:
        """The address that is answered here, also for those who do not come by WebSocket."""
        return [
            WebSocketRoute("/api/v1/ws", self._serve),
            Route("/api/v1/ws", self._not_a_socket, methods=["GET"]),
        ]

    async def _not_a_socket(self, request: Request) -> Response:  # noqa: ARG002 - the signature of an endpoint
        headers = {"Upgrade": "websocket", "Connection": "close"}
        raise Refused("bad_message", "not_a_socket", status=HTTPStatus.UPGRADE_REQUIRED, headers=headers)

    async def _serve(self, socket: WebSocket) -> None:
        if self.open >= MOST_SOCKETS:
            refused = Refused("busy", "sockets_taken", most=MOST_SOCKETS)
            await socket.send_denial_response(refused_answer(socket.scope, refused))
            return
        self.open += 1
        subscription = self._live.open()
        try:
            await socket.accept()
            await _LiveSocket(socket, subscription, self._live, self._callers, self._tokens).run()
        except (WebSocketDisconnect, OSError, RuntimeError):
            return  # the client has left, maybe in the middle of a message
        finally:
            self._live.end(subscription)
            self.open -= 1


class _LiveSocket:
    """One WebSocket: it reads requests, has some answered at once, and sends answers before news."""

    def __init__(
        self, socket: WebSocket, subscription: Subscription, live: LiveStage, callers: Callers, tokens: Tokens
    ) -> None:
        self._socket = socket
        self._subscription = subscription
        self._live = live
        self._callers = callers
        self._tokens = tokens
        self._answers: asyncio.Queue[dict[str, Any]] = asyncio.Queue(_MOST_ANSWERS)
        self._at_once = asyncio.Semaphore(_AT_ONCE)

    async def run(self) -> None:
        """Serves until the client leaves, or its token is revoked."""
        reading = asyncio.create_task(self._read())
        writing = asyncio.create_task(self._write())
        try:
            done, _ = await asyncio.wait({reading, writing}, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in (reading, writing):
                task.cancel()
            await asyncio.gather(reading, writing, return_exceptions=True)

    async def _read(self) -> None:
        async with asyncio.TaskGroup() as answering:
            while True:
                message = await self._socket.receive()
                if message["type"] != "websocket.receive":
                    return
                await self._at_once.acquire()
                answering.create_task(self._answer(message.get("text")))

    async def _answer(self, text: str | None) -> None:
        try:
            answer = await self._answer_to(text)
        except Refused as refused:
            answer = error_fields(refused.refusal, refused.request_id)
        await self._answers.put(answer)
        self._subscription.came.set()
        self._at_once.release()

    async def _answer_to(self, text: str | None) -> dict[str, Any]:
        if text is None:
            raise Refused("bad_message", "not_text_message")
        fields = fields_of(text)
        if fields.get("type") in ("subscribe", "unsubscribe"):
            return self._change_streams(fields)
        scope = self._socket.scope
        return await answered(self._callers, caller_of(scope, self._tokens), text, scope["state"]["connection"])

    def _change_streams(self, fields: dict[str, Any]) -> dict[str, Any]:
        request_id = id_in(fields)
        wanted = fields.get("streams", list(STREAMS))
        if not isinstance(wanted, list) or any(one not in STREAMS for one in wanted):
            refused = Refused("bad_message", "not_a_stream", found=str(wanted)[:80], streams=", ".join(STREAMS))
            refused.request_id = request_id
            raise refused
        if fields["type"] == "subscribe":
            self._subscription.subscribe(set(wanted))
        else:
            self._subscription.unsubscribe(set(wanted))
        return {"type": "ok", "id": request_id, **self._live.moment, "streams": sorted(self._subscription.streams)}

    async def _write(self) -> None:
        """Sends what has come; looks meanwhile whether the token is still known."""
        came = self._subscription.came
        while self._is_admitted():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(came.wait(), _CHECKED_EVERY_S)
            came.clear()
            while not self._answers.empty():
                await self._send(self._answers.get_nowait())
            for message in self._news():
                await self._send(message)
        await self._socket.close(REVOKED, "the token was revoked")

    def _is_admitted(self) -> bool:
        try:
            caller_of(self._socket.scope, self._tokens)
        except Refused:
            return False
        return True

    def _news(self) -> Iterator[dict[str, Any]]:
        """What the subscription has not been sent: it is taken from it one message at a time."""
        waiting, moment = self._subscription, self._live.moment
        if waiting.whole and moment["epoch"] >= 0:
            waiting.whole, waiting.changed = False, {}
            yield {"type": "snapshot", **moment, "values": self._live.values}
        elif waiting.changed and not waiting.whole:
            changed, waiting.changed = waiting.changed, {}
            yield {"type": "state", **moment, "values": changed}
        status = self._live.newest()
        if waiting.has_status and status is not None:
            waiting.has_status = False
            yield {"type": "telemetry", **self._live.moment, "frame": status["frame"], "status": status}

    async def _send(self, message: dict[str, Any]) -> None:
        await self._socket.send_text(msgspec.json.encode(message).decode())
