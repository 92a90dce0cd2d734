"""The WebSocket of live pictures: JPEG by topic and width, the next of a topic once the last was shown.

A client says what it watches, `{"watch": [{"topic": "film/A", "width": 640}]}`, and of each picture that it is shown,
`{"shown": NUMBER}`. A picture is a binary message: the length of a JSON header (16 bits, the lower byte first), the
header, the JPEG. So a client that is slow gets fewer pictures, and one that stands still gets none and delays nobody.
"""

from __future__ import annotations

import asyncio
import struct
from collections import Counter
from typing import Any

import msgspec
from starlette.websockets import WebSocket

from stage.panel.admission import Tokens
from stage.panel.api import fields_of
from stage.panel.picture_feed import PictureFeed, Watch, header_of
from stage.panel.refusals import Refused, error_fields
from stage.panel.sockets import Sockets
from stage.run.preview_records import side_for

MOST_WATCHED = 16
_WIDEST = 4096


def picture_sockets(feed: PictureFeed, tokens: Tokens, counts: Counter[str]) -> Sockets:
    """Serves `/api/v1/pictures`. `counts` has what was refused, by reason."""
    return Sockets("/api/v1/pictures", tokens, lambda socket: _PictureTalk(socket, feed, counts))


class _PictureTalk:
    """One WebSocket: what it watches, and the pictures that are under way to it."""

    def __init__(self, socket: WebSocket, feed: PictureFeed, counts: Counter[str]) -> None:
        self._socket = socket
        self._feed = feed
        self._counts = counts
        self._watches: dict[str, Watch] = {}
        self._number = 0
        self._refusals: asyncio.Queue[Refused] = asyncio.Queue(1)
        self.came = asyncio.Event()

    def leave(self) -> None:
        """Ends its watches."""
        for watch in self._watches.values():
            self._feed.remove(watch)
        self._watches = {}

    async def listen(self) -> None:
        """Obeys until the client leaves."""
        while True:
            message = await self._socket.receive()
            if message["type"] != "websocket.receive":
                return
            try:
                self._obey(message.get("text"))
            except Refused as refused:
                self._counts[refused.refusal.reason] += 1
                await self._refusals.put(refused)
                self.came.set()

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
                self._watches[topic] = Watch(topic, side_px, self.came.set)
                self._feed.add(self._watches[topic])

    async def say(self) -> None:
        """Sends refusals, then the pictures that are ready."""
        while not self._refusals.empty():
            refusal = self._refusals.get_nowait().refusal
            await self._socket.send_text(msgspec.json.encode(error_fields(refusal)).decode())
        for watch in tuple(self._watches.values()):
            await self._send(watch)

    async def _send(self, watch: Watch) -> None:
        made = watch.take(self._number + 1)
        if made is not None:
            self._number += 1
            header = msgspec.json.encode(header_of(made, self._number))
            await self._socket.send_bytes(struct.pack("<H", len(header)) + header + made.content)


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
