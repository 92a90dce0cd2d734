"""Answers one request to the preview page."""

from __future__ import annotations

import re
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from stage.panel.newest import encode

if TYPE_CHECKING:
    from stage.panel.preview import PreviewServer

_PICTURE = re.compile(r"/preview/((?:wall|camera)/[A-Za-z0-9_-]{1,64})\.(png|jpg)")
_LOCAL_NAMES = ("127.0.0.1", "localhost", "::1")
_WAIT_S = 1.5
_POLICY = (
    "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class PageRequest(BaseHTTPRequestHandler):
    """GET of the page's files, `/preview/state.json` and `/preview/{wall|camera}/NAME.{png|jpg}`; nothing else."""

    server_version = "OpenStage"
    sys_version = ""
    timeout = 10.0

    def do_GET(self) -> None:
        server = cast("PreviewServer", self.server)
        if server.loopback_only and not _names_loopback(self.headers.get("Host", "")):
            self._answer(HTTPStatus.FORBIDDEN, "text/plain", b"This page is served to this machine only.\n")
            return
        path = urlsplit(self.path).path
        if path in server.files:
            self._answer(HTTPStatus.OK, *server.files[path])
        elif path == "/preview/state.json":
            self._answer(HTTPStatus.OK, "application/json", server.state())
        elif (found := _PICTURE.fullmatch(path)) is not None:
            self._send_picture(server, found[1], found[2])
        else:
            self._answer(HTTPStatus.NOT_FOUND, "text/plain", b"There is no such page.\n")

    def _send_picture(self, server: PreviewServer, topic: str, kind: str) -> None:
        if topic not in server.pictures.topics:
            self._answer(HTTPStatus.NOT_FOUND, "text/plain", b"There is no such wall or camera.\n")
            return
        picture = server.pictures.get(topic, _WAIT_S)
        if picture is None:
            self._answer(HTTPStatus.SERVICE_UNAVAILABLE, "text/plain", b"No picture has come yet.\n")
            return
        self._answer(HTTPStatus.OK, "image/png" if kind == "png" else "image/jpeg", encode(picture, kind))

    def _answer(self, status: HTTPStatus, media_type: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("Content-Security-Policy", _POLICY)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Referrer-Policy", "no-referrer")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Standard output and error belong to the stage's own lines."""


def _names_loopback(host: str) -> bool:
    """Whether a Host header names this machine: a foreign name that resolves to it is another site's page."""
    try:
        return urlsplit(f"//{host}").hostname in _LOCAL_NAMES
    except ValueError:
        return False
