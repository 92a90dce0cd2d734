"""The WebSocket: the streams as JSON, beginning with everything as it is, and the wire's requests.

A client that reads slowly gets the newest of each value, fewer messages, and misses none of what is in force.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import msgspec
from starlette.websockets import WebSocket

from stage.control.wire import id_in
from stage.panel.access_log import AccessLog
from stage.panel.admission import Tokens, caller_of
from stage.panel.api import answered, fields_of
from stage.panel.callers import Callers
from stage.panel.live_stage import LiveStage
from stage.panel.refusals import Refused, error_fields
from stage.panel.sockets import Sockets

STREAMS = ("state", "telemetry")
_AT_ONCE = 32
_MOST_ANSWERS = 64


def live_sockets(live: LiveStage, callers: Callers, tokens: Tokens, log: AccessLog) -> Sockets:
    """Serves `/api/v1/ws`. Who may not ask for something is logged, as over HTTP."""
    return Sockets("/api/v1/ws", tokens, lambda socket: _LiveTalk(socket, live, callers, tokens, log))


class _LiveTalk:
    """One WebSocket: it reads requests, has some answered at once, and sends answers before news."""

    def __init__(self, socket: WebSocket, live: LiveStage, callers: Callers, tokens: Tokens, log: AccessLog) -> None:
        self._socket = socket
        self._live = live
        self._callers = callers
        self._tokens = tokens
        self._log = log
        self._subscription = live.open()
        self._answers: asyncio.Queue[dict[str, Any]] = asyncio.Queue(_MOST_ANSWERS)
        self._at_once = asyncio.Semaphore(_AT_ONCE)

    @property
    def came(self) -> asyncio.Event:
        return self._subscription.came

    def leave(self) -> None:
        """Ends the subscription."""
        self._live.end(self._subscription)

    async def listen(self) -> None:
        """Answers requests until the client leaves."""
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
            found = refused.refusal
            if found.code == "forbidden":
                scope = self._socket.scope
                self._log.refused(scope["state"]["caller"], scope["path"], found)
            answer = error_fields(found, refused.request_id)
        await self._answers.put(answer)
        self.came.set()
        self._at_once.release()

    async def _answer_to(self, text: str | None) -> dict[str, Any]:
        if text is None:
            raise Refused("bad_message", "not_text_message")
        fields = fields_of(text)
        if fields.get("type") in ("subscribe", "unsubscribe"):
            return self._change_streams(fields)
        scope = self._socket.scope
        try:
            caller = caller_of(scope, self._tokens)
        except Refused as refused:  # revoked since the connection was made
            refused.request_id = id_in(fields)
            raise
        return await answered(self._callers, caller, text, scope["state"]["connection"])

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

    async def say(self) -> None:
        """Sends answers, then news."""
        while not self._answers.empty():
            await self._send(self._answers.get_nowait())
        for message in self._news():
            await self._send(message)

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
