"""The connections of the web process, bounded: what uvicorn serves, with seats, times and sizes.

uvicorn waits for a head, a body or a reader without end, answers every PING whether or not anybody reads, and keeps any
number of empty fragments. None of that is left to it here.
"""

from __future__ import annotations

import asyncio
import itertools
from asyncio.transports import BaseTransport
from typing import Any, cast

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame

from stage.panel.refusals import SAFE_HEADERS, error_fields, json_answer
from stage.panel.seats import BODY_S, HEAD_S, KEPT_S, STALLED_S, Seats
from stage.values.parameters import Refusal

MOST_HEAD_BYTES = 16 * 1024
LONG_BODIES = ("/api/v1/library",)
"""Where a body may be a whole file."""
_MOST_FRAGMENTS = 64
_NUMBERS = itertools.count(1)
_TOO_MANY_FRAGMENTS = 1009


class WebConfig(uvicorn.Config):
    """What uvicorn is told, and the seats that its connections take."""

    seats: Seats
    head_s: float = HEAD_S


class HttpConnection(H11Protocol):
    """A connection that asks by HTTP."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.address = self.client[0] if self.client else ""
        self._seats = cast("WebConfig", self.config).seats
        self.app_state = {**self.app_state, "connection": f"{next(_NUMBERS)}"}
        self._quiet_s: float | None = self.loop.time()
        self._asked_s = self._moved_s = self._quiet_s
        self._stalled_s: float | None = None
        self._answered = False
        if not self._seats.take(self):
            self._send_last(503, Refusal(code="busy", reason="connections_taken", values={"most": self._seats.crowd}))

    def connection_lost(self, exc: Exception | None) -> None:
        self._seats.leave(self)
        super().connection_lost(exc)

    def overdue(self, now_s: float) -> str:
        """Why it must end now, as a word; "" where it may go on."""
        if self._stalled_s is not None and now_s - self._stalled_s > STALLED_S:
            return "stalled"
        if self._quiet_s is not None:
            patience_s = KEPT_S if self._answered else cast("WebConfig", self.config).head_s
            return "silent" if now_s - self._quiet_s > patience_s else ""
        if not self.cycle.more_body:
            return ""
        # A long body may take its time, but it has to move, unless what was received waits for a disk.
        since_s = self._moved_s if self.scope["path"] in LONG_BODIES else self._asked_s
        return "slow_body" if now_s - since_s > BODY_S and not self.flow.read_paused else ""

    def silent_since(self) -> float | None:
        """Since when it has asked for nothing; None while it is being served."""
        return self._quiet_s

    def cut_off(self) -> None:
        """Ends it at once."""
        self.transport.abort()

    def data_received(self, data: bytes) -> None:
        self._moved_s = self.loop.time()
        super().data_received(data)

    def handle_events(self) -> None:
        before = self.cycle
        super().handle_events()
        if self.cycle is not before and not self.cycle.response_complete:
            self._quiet_s, self._asked_s = None, self.loop.time()

    def on_response_complete(self) -> None:
        self._quiet_s, self._answered = self.loop.time(), True
        super().on_response_complete()

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        self._seats.leave(self)
        super().handle_websocket_upgrade(event)

    def pause_writing(self) -> None:
        self._stalled_s = self.loop.time()
        super().pause_writing()

    def resume_writing(self) -> None:
        self._stalled_s = None
        super().resume_writing()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - what was wrong with it is not for strangers
        """What came is not HTTP. Nothing can be said any more where an answer has begun."""
        self._seats.counts["not_http"] += 1
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE) and not (self.cycle and self.cycle.response_started):
            self._send_last(400, Refusal(code="bad_message", reason="head_not_http", values={"most": MOST_HEAD_BYTES}))
        else:
            self.transport.abort()

    def _send_last(self, status: int, refusal: Refusal) -> None:
        """Answers before a request can be read, and ends the connection."""
        body = bytes(json_answer(error_fields(refusal)).body)
        fields = {"Content-Type": "application/json", "Content-Length": str(len(body)), "Connection": "close"}
        head = "".join(f"{name}: {value}\r\n" for name, value in {**fields, **SAFE_HEADERS}.items())
        self.transport.write(f"HTTP/1.1 {status} \r\n{head}\r\n".encode() + body)
        self.transport.close()


class WebSocketConnection(WebSocketsSansIOProtocol):
    """A connection that has become a WebSocket. It has a seat for as long as it lasts."""

    def __init__(self, config: uvicorn.Config, server_state: Any, app_state: dict[str, Any]) -> None:
        super().__init__(config, server_state, app_state)
        self._seats = cast("WebConfig", config).seats
        self._stalled_s: float | None = None
        self.address = ""

    def connection_made(self, transport: BaseTransport) -> None:
        super().connection_made(transport)
        self.address = self.client[0] if self.client else ""
        self._seats.take(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._seats.leave(self)
        super().connection_lost(exc)

    def overdue(self, now_s: float) -> str:
        """Why it must end now, as a word; "" where it may go on."""
        return "stalled" if self._stalled_s is not None and now_s - self._stalled_s > STALLED_S else ""

    def silent_since(self) -> None:
        """It keeps its seat: who only listens is served as well."""

    def cut_off(self) -> None:
        """Ends it at once."""
        self.transport.abort()

    def pause_writing(self) -> None:
        self._stalled_s = self.loop.time()
        super().pause_writing()

    def resume_writing(self) -> None:
        self._stalled_s = None
        super().resume_writing()

    def handle_ping(self) -> None:
        """Whoever does not read gets no PONG either."""
        if self.writable.is_set():
            super().handle_ping()
        else:
            self.conn.data_to_send()

    def handle_cont(self, event: Frame) -> None:
        if self.close_sent:  # of one read, more may follow what has ended it
            return
        if len(self.frames) >= _MOST_FRAGMENTS:
            self.conn.fail(_TOO_MANY_FRAGMENTS, "too many fragments")
            self.handle_parser_exception()
            return
        super().handle_cont(event)

    def handle_parser_exception(self) -> None:
        """What came breaks the protocol, or its limits: it is closed."""
        self._seats.counts["not_websocket"] += 1
        super().handle_parser_exception()
