"""The WebSocket of live pictures: JPEG by topic and width, the next of a topic once the last was shown.

A client says what it watches, `{"watch": [{"topic": "film/A", "width": 640}]}`, and of each picture that it is shown,
`{"shown": NUMBER}`. A picture is a binary message: the length of a JSON header (16 bits, the lower byte first), the
header, the JPEG. So a client that is slow gets fewer pictures, and one that stands still gets none and delays nobody.
"""

from __future__ import annotations

import asyncio
import contextlib
import struct
from collections import Counter
from http import HTTPStatus
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from stage.panel.admission import Tokens, caller_of
from stage.panel.api import fields_of
from stage.panel.picture_feed import PictureFeed, Watch, header_of
from stage.panel.presence import REVOKED
from stage.panel.refusals import Refused, error_fields, refused_answer
from stage.panel.seats import MOST_SOCKETS
from stage.run.preview_records import side_for

MOST_WATCHED = 16
_CHECKED_EVERY_S = 1.0
_WIDEST = 4096


class PictureSockets:
    """Serves `/api/v1/pictures`. `counts` has what was refused, by reason."""

    def __init__(self, feed: PictureFeed, tokens: Tokens, counts: Counter[str]) -> None:
        self._feed = feed
        self._tokens = tokens
        self._counts = counts
        self.open = 0

    def routes(self) -> list[BaseRoute]:
        """The address that is answered here, also for those who do not come by WebSocket."""
        return [
            WebSocketRoute("/api/v1/pictures", self._serve),
            Route("/api/v1/pictures", self._not_a_socket, methods=["GET"]),
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
        watcher = _Watcher(socket, self._feed, self._tokens, self._counts)
        try:
            await socket.accept()
            await watcher.run()
        except (WebSocketDisconnect, OSError, RuntimeError):
            return  # the client has left, maybe in the middle of a message
        finally:
            watcher.leave()
            self.open -= 1


class _Watcher:
    """One WebSocket: what it watches, and the pictures that are under way to it."""

    def __init__(self, socket: WebSocket, feed: PictureFeed, tokens: Tokens, counts: Counter[str]) -> None:
        self._socket = socket
        self._feed = feed
        self._tokens = tokens
        self._counts = counts
        self._watches: dict[str, Watch] = {}
        self._came = asyncio.Event()
        self._number = 0
        self._refusals: asyncio.Queue[Refused] = asyncio.Queue(1)

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

    def leave(self) -> None:
        """Ends its watches."""
        for watch in self._watches.values():
            self._feed.remove(watch)
        self._watches = {}

    async def _read(self) -> None:
        while True:
            message = await self._socket.receive()
            if message["type"] != "websocket.receive":
                return
            try:
                self._obey(message.get("text"))
            except Refused as refused:
                self._counts[refused.refusal.reason] += 1
                await self._refusals.put(refused)
                self._came.set()

    def _obey(self, text: str | None) -> None:
        """Does what a message asks for. Raises Refused."""
        if text is None:
            raise Refused("bad_message", "not_text_message")
        fields = fields_of(text)
        if fields.keys() == {"shown"}:
            self._note_shown(fields["shown"])
        elif fields.keys() == {"watch"}:
            self._watch(wanted_of(fields["watch"], self._feed.topics))
        else:
            raise Refused("bad_message", "not_about_pictures", found=", ".join(fields)[:80])

    def _note_shown(self, number: Any) -> None:
        """A picture was shown. One of a topic that is watched no longer may be shown still."""
        if type(number) is not int or not 0 < number <= self._number:
            raise Refused("bad_message", "not_a_sent_picture", found=repr(number)[:40], newest=self._number)
        for watch in self._watches.values():
            if watch.number == number:
                self._feed.shown(watch)

    def _watch(self, wanted: dict[str, int]) -> None:
        """Watches these topics and no others. A topic that is watched already goes on, maybe in another width."""
        for topic in self._watches.keys() - wanted.keys():
            self._feed.remove(self._watches.pop(topic))
        for topic, side_px in wanted.items():
            if topic in self._watches:
                self._watches[topic].side_px = side_px
            else:
                self._watches[topic] = Watch(topic, side_px, self._came.set)
                self._feed.add(self._watches[topic])

    async def _write(self) -> None:
        """Sends what is ready; looks meanwhile whether the token is still known."""
        while self._is_admitted():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._came.wait(), _CHECKED_EVERY_S)
            self._came.clear()
            while not self._refusals.empty():
                refusal = self._refusals.get_nowait().refusal
                await self._socket.send_text(msgspec.json.encode(error_fields(refusal)).decode())
            for watch in tuple(self._watches.values()):
                await self._send(watch)
        await self._socket.close(REVOKED, "the token was revoked")

    async def _send(self, watch: Watch) -> None:
        made = watch.take(self._number + 1)
        if made is not None:
            self._number += 1
            header = msgspec.json.encode(header_of(made, self._number))
            await self._socket.send_bytes(struct.pack("<H", len(header)) + header + made.content)

    def _is_admitted(self) -> bool:
        try:
            caller_of(self._socket.scope, self._tokens)
        except Refused:
            return False
        return True


def wanted_of(found: Any, topics: tuple[str, ...]) -> dict[str, int]:
    """The sides that pictures are asked in for a list of topics and widths, by topic. Raises Refused."""
    if not isinstance(found, list) or len(found) > MOST_WATCHED:
        raise Refused("bad_message", "not_a_watch_list", found=repr(found)[:80], most=MOST_WATCHED)
    wanted: dict[str, int] = {}
    for one in found:
        if not isinstance(one, dict) or one.keys() != {"topic", "width"}:
            raise Refused("bad_message", "not_a_watch", found=repr(one)[:80])
        topic, width = one["topic"], one["width"]
        if not isinstance(topic, str) or topic not in topics:
            raise Refused("bad_message", "no_such_picture", found=repr(topic)[:80], topics=", ".join(topics)[:400])
        if type(width) is not int or not 1 <= width <= _WIDEST:
            raise Refused("bad_message", "not_a_width", found=repr(width)[:40], widest=_WIDEST)
        wanted[topic] = max(side_for(width), wanted.get(topic, 0))
    return wanted
