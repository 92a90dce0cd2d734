"""What all WebSockets of the web process have in common: few at once, served until the client leaves or is revoked."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from http import HTTPStatus
from typing import Protocol

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from stage.panel.admission import Tokens, caller_of
from stage.panel.presence import REVOKED
from stage.panel.refusals import Refused, refused_answer
from stage.panel.seats import MOST_SOCKETS

_CHECKED_EVERY_S = 1.0


class Talk(Protocol):
    """What is said over one WebSocket. `came` is set when there is something to say."""

    @property
    def came(self) -> asyncio.Event: ...

    async def listen(self) -> None:
        """Reads until the client leaves."""

    async def say(self) -> None:
        """Sends all that has come."""

    def leave(self) -> None:
        """Ends what the client had begun."""


class Sockets:
    """Serves WebSockets at one address, each with a talk of its own, which `begin` makes."""

    def __init__(self, address: str, tokens: Tokens, begin: Callable[[WebSocket], Talk]) -> None:
        self._address = address
        self._tokens = tokens
        self._begin = begin
        self.open = 0

    def routes(self) -> list[BaseRoute]:
        """The address that is answered here, also for those who do not come by WebSocket."""
        return [
            WebSocketRoute(self._address, self._serve),
            Route(self._address, self._not_a_socket, methods=["GET"]),
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
        talk = self._begin(socket)
        try:
            await socket.accept()
            await self._both_ways(socket, talk)
        except (WebSocketDisconnect, OSError, RuntimeError):
            return  # the client has left, maybe in the middle of a message
        finally:
            talk.leave()
            self.open -= 1

    async def _both_ways(self, socket: WebSocket, talk: Talk) -> None:
        """Listens and speaks until one of them is over."""
        tasks = {asyncio.create_task(talk.listen()), asyncio.create_task(self._speak(socket, talk))}
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _speak(self, socket: WebSocket, talk: Talk) -> None:
        """Sends what has come; looks meanwhile whether the client is still known."""
        while self._is_admitted(socket):
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_CHECKED_EVERY_S):
                    await talk.came.wait()
            talk.came.clear()
            await talk.say()
        await socket.close(REVOKED, "the token was revoked")

    def _is_admitted(self, socket: WebSocket) -> bool:
        try:
            caller_of(socket.scope, self._tokens)
        except Refused:
            return False
        return True
