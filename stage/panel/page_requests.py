"""Answers one request to the preview page."""

from __future__ import annotations

import json
import math
import re
import select
import socket
import time
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from threading import BoundedSemaphore
from typing import Protocol, cast
from urllib.parse import parse_qs, urlsplit

from render.film.frame_lines import FRAMES
from stage.panel.encoded import MEDIA_TYPES, Kind, ViewOptions
from stage.panel.gallery import PARKED, Gallery
from stage.panel.newest import FRESH_NS, PagePicture

_PICTURE = re.compile(r"/preview/((?:film|wall|camera)/[A-Za-z0-9_-]{1,64})\.(png|jpg|mjpeg)")
_LOCAL_NAMES = ("127.0.0.1", "localhost", "::1")
_ANSWER_S = 10.0
_NEXT_S = 0.5
_MOST_FIELDS = 16
MOST_STOPS = 12
_BOUNDARY = b"--next-picture\r\n"
_POLICY = (
    "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class ServedPage(Protocol):
    """What a request needs of the server that it came to."""

    gallery: Gallery
    files: dict[str, tuple[str, bytes]]
    """Media type and bytes of the page's own files, by path."""
    streams: BoundedSemaphore
    """The live pictures that may still be opened."""
    loopback_only: bool

    @property
    def ended(self) -> bool:
        """Whether nothing more will be shown."""

    def heard(self, connection: socket.socket) -> None:
        """A connection has asked for something."""


class PageRequest(BaseHTTPRequestHandler):
    """Answers GET of the page's files, `/preview/state.json`, `/preview/{film|wall|camera}/NAME.{png|jpg|mjpeg}` and
    `/api/v1/status`.

    Film pictures accept `?lines=`: names of frames, "all" or "none"; and `?exposure_stops=`, the exposure of the view.
    """

    server_version = "OpenStage"
    sys_version = ""
    timeout = 2.0
    """Seconds for which a connection may stay silent before it asks for something."""
    first_picture_s = 1.5
    """Seconds for which a request waits for a fresh picture."""

    def parse_request(self) -> bool:
        """A client that has asked gets more time to read the answer, and keeps its seat."""
        whole = super().parse_request()
        self.connection.settimeout(_ANSWER_S)
        cast("ServedPage", self.server).heard(self.connection)
        return whole

    def do_GET(self) -> None:
        server = cast("ServedPage", self.server)
        if server.loopback_only and not _names_loopback(self.headers.get("Host", "")):
            self._refuse(HTTPStatus.FORBIDDEN, "This page is served to this machine only.")
            return
        try:
            url = urlsplit(self.path)
        except ValueError:
            self._refuse(HTTPStatus.BAD_REQUEST, "This is not a valid address.")
            return
        if url.path in server.files:
            self._answer(HTTPStatus.OK, *server.files[url.path])
        elif url.path == "/preview/state.json":
            self._answer(HTTPStatus.OK, "application/json", server.gallery.state())
        elif url.path == "/api/v1/status":
            self._send_status(server)
        elif (found := _PICTURE.fullmatch(url.path)) is not None:
            self._send_picture(server, found[1], found[2], url.query)
        else:
            self._refuse(HTTPStatus.NOT_FOUND, "There is no such page.")

    def _send_status(self, server: ServedPage) -> None:
        status = server.gallery.status()
        if status is None:
            self._refuse(HTTPStatus.SERVICE_UNAVAILABLE, "The stage sends no status.")
        else:
            self._answer(HTTPStatus.OK, "application/json", json.dumps(status).encode())

    def _send_picture(self, server: ServedPage, topic: str, kind: str, query: str) -> None:
        if topic not in server.gallery.topics:
            self._refuse(HTTPStatus.NOT_FOUND, "There is no such wall or camera.")
            return
        try:
            view = chosen_view(query) if topic.startswith("film/") else ViewOptions()
        except ValueError as error:
            self._refuse(HTTPStatus.BAD_REQUEST, str(error))
            return
        wait_s = 0.0 if server.gallery.note(topic) == PARKED else self.first_picture_s
        picture = server.gallery.picture(topic, time.monotonic_ns() - FRESH_NS, wait_s)
        if picture is None:
            self._refuse(HTTPStatus.SERVICE_UNAVAILABLE, server.gallery.note(topic) or "No picture has come yet.")
        elif kind == "mjpeg":
            self._stream(server, picture, view)
        else:
            file_kind: Kind = "png" if kind == "png" else "jpg"
            self._answer(HTTPStatus.OK, MEDIA_TYPES[file_kind], server.gallery.file(picture, file_kind, view))

    def _stream(self, server: ServedPage, picture: PagePicture, view: ViewOptions) -> None:
        """Sends one picture after another until the client leaves or the server ends: `multipart/x-mixed-replace`."""
        if not server.streams.acquire(blocking=False):
            self._refuse(HTTPStatus.SERVICE_UNAVAILABLE, "Too many live pictures are open; close one of them.")
            return
        try:
            self._begin(HTTPStatus.OK, f"multipart/x-mixed-replace; boundary={_BOUNDARY[2:-2].decode()}")
            self.wfile.write(_BOUNDARY)
            self._send_parts(server, picture, view)
        finally:
            server.streams.release()

    def _send_parts(self, server: ServedPage, picture: PagePicture, view: ViewOptions) -> None:
        """Sends each picture with the boundary of the next one, since a browser shows it only then."""
        sent: tuple[int, str] | None = None
        while not server.ended and not _has_left(self.connection):
            now = (picture.received_ns, server.gallery.note(picture.topic))
            if now != sent:
                file, sent = server.gallery.file(picture, "jpg", view), now
                self.wfile.write(b"Content-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % len(file))
                self.wfile.write(file + b"\r\n" + _BOUNDARY)
            picture = server.gallery.picture(picture.topic, picture.received_ns, _NEXT_S) or picture

    def _refuse(self, status: HTTPStatus, reason: str) -> None:
        self._answer(status, "text/plain; charset=utf-8", f"{reason}\n".encode())

    def _answer(self, status: HTTPStatus, media_type: str, body: bytes) -> None:
        self._begin(status, media_type, len(body))
        self.wfile.write(body)

    def _begin(self, status: HTTPStatus, media_type: str, length: int | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        if length is not None:
            self.send_header("Content-Length", str(length))
        self.send_header("Cache-Control", "no-store")
        self.send_header("Content-Security-Policy", _POLICY)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Referrer-Policy", "no-referrer")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Prints nothing: standard output and error belong to the stage's own lines."""


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


def _has_left(connection: socket.socket) -> bool:
    """Whether the other side has closed its end."""
    readable = select.poll()
    readable.register(connection, select.POLLIN)
    return bool(readable.poll(0)) and not connection.recv(1, socket.MSG_PEEK)


def _names_loopback(host: str) -> bool:
    """Whether a Host header names this machine. A foreign name that resolves to it belongs to another site's page."""
    try:
        return urlsplit(f"//{host}").hostname in _LOCAL_NAMES
    except ValueError:
        return False
