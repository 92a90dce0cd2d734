"""The preview page's own requests: its files, the pictures' state, and pictures as files and live."""

from __future__ import annotations

import asyncio
import contextlib
import math
import re
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import TypeVar
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from render.film.frame_lines import FRAMES
from stage.panel.encoded import MEDIA_TYPES, Kind, ViewOptions
from stage.panel.gallery import Gallery
from stage.panel.newest import FRESH_NS, NewestPicture
from stage.panel.refusals import SAFE_HEADERS, Refused
from stage.run.preview_records import PARKED

_PICTURE = re.compile(r"/preview/((?:film|wall|camera)/[A-Za-z0-9_-]{1,64})\.(png|jpg|mjpeg)")
FIRST_PICTURE_S = 1.5
"""How long a request waits for a fresh picture."""
MOST_STREAMS = 8
_NEXT_S = 0.5
_MOST_WAITING = 64
_AT_ONCE = 16
_MOST_FIELDS = 16
MOST_STOPS = 12
_BOUNDARY = b"--next-picture\r\n"

Found = TypeVar("Found")


class Ending:
    """Whether the server is ending: live pictures end with it."""

    begun = False


class PageRequests:
    """Answers GET of the page's `files` (media type and bytes, by path), `/preview/state.json` and
    `/preview/{film|wall|camera}/NAME.{png|jpg|mjpeg}`.

    Film pictures accept `?lines=`: names of frames, "all" or "none"; and `?exposure_stops=`, the exposure of the view.
    Pictures are waited for and encoded on a bounded number of threads.
    """

    def __init__(
        self,
        gallery: Gallery,
        files: dict[str, tuple[str, bytes]],
        ending: Ending,
        first_picture_s: float = FIRST_PICTURE_S,
    ) -> None:
        self._gallery = gallery
        self._files = files
        self._ending = ending
        self._first_picture_s = first_picture_s
        self._threads = ThreadPoolExecutor(_AT_ONCE + MOST_STREAMS, "page")
        self._waiting = 0
        self._streams = 0

    @property
    def streams(self) -> int:
        """The live pictures that are open."""
        return self._streams

    def routes(self) -> list[BaseRoute]:
        """The addresses that are answered here."""
        files = [Route(path, self._send_file, methods=["GET"]) for path in self._files]
        return [
            *files,
            Route("/preview/state.json", self._send_state, methods=["GET"]),
            Route("/preview/{picture:path}", self._send_picture, methods=["GET"]),
        ]

    def close(self) -> None:
        """Ends the threads, soon."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _send_file(self, request: Request) -> Response:
        media_type, content = self._files[request.url.path]
        return _answer(media_type, content)

    async def _send_state(self, request: Request) -> Response:  # noqa: ARG002 - the signature of an endpoint
        return _answer("application/json", self._gallery.state())

    async def _send_picture(self, request: Request) -> Response:
        found = _PICTURE.fullmatch(request.scope["path"])
        if found is None:
            raise Refused("unknown_path", "no_such_page", found=request.scope["path"][:80])
        topic, kind = found[1], found[2]
        if topic not in self._gallery.topics:
            raise _Plain(HTTPStatus.NOT_FOUND, "There is no such wall or camera.")
        try:
            view = (
                chosen_view(request.scope["query_string"].decode("latin-1")) if topic[:5] == "film/" else ViewOptions()
            )
        except ValueError as error:
            raise _Plain(HTTPStatus.BAD_REQUEST, str(error)) from None
        if request.method == "HEAD":
            return _answer("image/jpeg" if kind == "mjpeg" else MEDIA_TYPES[_file_kind(kind)], b"")
        if kind == "mjpeg":
            picture, _ = await self._first(topic, None, view)
            return self._live(picture, view)
        file_kind = _file_kind(kind)
        content = self._gallery.ready(topic, time.monotonic_ns() - FRESH_NS, file_kind, view)
        if content is None:
            _, content = await self._first(topic, file_kind, view)
        return _answer(MEDIA_TYPES[file_kind], content)

    async def _first(self, topic: str, kind: Kind | None, view: ViewOptions) -> tuple[NewestPicture, bytes]:
        """A fresh picture, or what there is after a while, and its file if a `kind` is given.

        Raises where there is none, or too many are waited for.
        """
        if self._waiting >= _MOST_WAITING:
            raise Refused("busy", "pictures_waiting")
        self._waiting += 1
        try:
            wait_s = 0.0 if self._gallery.note(topic) == PARKED else self._first_picture_s
            after_ns = time.monotonic_ns() - FRESH_NS

            def work() -> tuple[NewestPicture, bytes] | None:
                picture = self._gallery.picture(topic, after_ns, wait_s)
                return None if picture is None else (picture, self._gallery.file(picture, kind, view) if kind else b"")

            found = await self._on_thread(work)
        finally:
            self._waiting -= 1
        if found is None:
            raise _Plain(HTTPStatus.SERVICE_UNAVAILABLE, self._gallery.note(topic) or "No picture has come yet.")
        return found

    def _live(self, picture: NewestPicture, view: ViewOptions) -> Response:
        """One picture after another until the client leaves or the server ends: `multipart/x-mixed-replace`."""
        if self._streams >= MOST_STREAMS:
            raise _Plain(HTTPStatus.SERVICE_UNAVAILABLE, "Too many live pictures are open; close one of them.")
        self._streams += 1
        return _LivePicture(self._parts(picture, view), self._leave_stream)

    def _leave_stream(self) -> None:
        self._streams -= 1

    async def _parts(self, picture: NewestPicture, view: ViewOptions) -> AsyncIterator[bytes]:
        """Each picture with the boundary of the next one, since a browser shows it only then."""
        yield _BOUNDARY
        sent: tuple[int, str] | None = None
        while not self._ending.begun and not self._gallery.ended:
            now, shown = (picture.received_ns, self._gallery.note(picture.topic)), picture
            if now != sent:
                file, sent = await self._on_thread(lambda: self._gallery.file(shown, "jpg", view)), now  # noqa: B023
                yield b"Content-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % len(file) + file + b"\r\n" + _BOUNDARY
            later = await self._on_thread(
                lambda: self._gallery.picture(shown.topic, shown.received_ns, _NEXT_S)  # noqa: B023
            )
            picture = later or picture

    async def _on_thread(self, work: Callable[[], Found]) -> Found:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)


class _LivePicture(StreamingResponse):
    """A live picture, which makes room for another one however it ends."""

    def __init__(self, parts: AsyncIterator[bytes], leave: Callable[[], None]) -> None:
        media_type = f"multipart/x-mixed-replace; boundary={_BOUNDARY[2:-2].decode()}"
        super().__init__(parts, headers={**SAFE_HEADERS, "Content-Type": media_type, "Connection": "close"})
        self._leave = leave

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            with contextlib.suppress(OSError):
                await super().__call__(scope, receive, send)
        finally:
            self._leave()


class _Plain(Exception):  # noqa: N818 - it is an answer, not a failure
    """A picture that is refused, with a sentence for whoever looks."""

    def __init__(self, status: HTTPStatus, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence


async def plain_refusal(request: Request, refused: Exception) -> Response:  # noqa: ARG001 - as Starlette calls it
    """The answer to a picture that is refused."""
    assert isinstance(refused, _Plain)
    return _answer("text/plain; charset=utf-8", f"{refused.sentence}\n".encode(), refused.status)


PLAIN_REFUSALS = {_Plain: plain_refusal}


def _answer(media_type: str, content: bytes, status: HTTPStatus = HTTPStatus.OK) -> Response:
    return Response(content, status, {**SAFE_HEADERS, "Content-Type": media_type})


def _file_kind(kind: str) -> Kind:
    return "png" if kind == "png" else "jpg"


def chosen_view(query: str) -> ViewOptions:
    """How a query wants a film picture shown. Raises ValueError that says what is allowed."""
    return ViewOptions(chosen_lines(query), chosen_exposure(query))


def chosen_exposure(query: str) -> float:
    """The viewing exposure that a query asks for, in stops; 0 if it does not say. Raises ValueError."""
    fields = parse_qs(query, keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    word = fields.get("exposure_stops", ["0"])[-1]
    try:
        stops = float(word)
    except ValueError:
        stops = math.nan
    if not abs(stops) <= MOST_STOPS:
        raise ValueError(f"exposure_stops: found {word[:40]!r}, expected a number from -{MOST_STOPS} to {MOST_STOPS}")
    return stops


def chosen_lines(query: str) -> tuple[str, ...]:
    """The frame lines that a query asks for, all if it does not say. Raises ValueError that lists what there is."""
    allowed = f"expected all, none, or some of {', '.join(FRAMES)}"
    try:
        fields = parse_qs(query, keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError as error:
        raise ValueError(f"lines: {error}, {allowed}") from error
    words = [word for value in fields.get("lines", ["all"]) for word in value.split(",")]
    for word in words:
        if word not in FRAMES and word not in ("all", "none"):
            raise ValueError(f"lines: found {word[:40]!r}, {allowed}")
    if "none" in words and len(set(words)) > 1:
        raise ValueError(f"lines: found none among others, {allowed}")
    return tuple(name for name in FRAMES if name in words or "all" in words)
