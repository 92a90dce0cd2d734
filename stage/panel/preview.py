"""The preview page: a small web server, in a process of its own, that shows the walls and the cameras' pictures.

`python -m stage.panel.preview --bind HOST:PORT --pictures ENDPOINT --topic camera/A --topic wall/main --config FILE`
"""

from __future__ import annotations

import argparse
import html
import json
import signal
import socket
import sys
import threading
from http.server import ThreadingHTTPServer
from pathlib import Path
from types import FrameType
from typing import Any

from stage.loading.files import load_config
from stage.panel.composite import FilmStage
from stage.panel.film_pictures import FilmPictures
from stage.panel.gallery import Gallery
from stage.panel.newest import NewestPictures
from stage.panel.page_requests import PageRequest
from stage.panel.silent import SilentConnections
from stage.run.preview_records import TOPIC
from tracking.records import ConfigError

_HERE = Path(__file__).resolve().parent
_CROWD = 32
_STREAMS = 8
_GIVES_WAY_S = 0.2
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class PreviewServer(ThreadingHTTPServer):
    """Serves the page, its style and script, the pictures, and their state as JSON.

    `film` makes the film pictures; without it there are none. Raises ConfigError where `bind` ("127.0.0.1:7780", port 0
    for a free one) is no address or in use.
    """

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 2 * _CROWD

    def __init__(self, bind: str, pictures: NewestPictures, title: str, film: FilmPictures | None = None) -> None:
        self.gallery = Gallery(pictures, film)
        self.files = _page_files(title)
        self.streams = threading.BoundedSemaphore(_STREAMS)
        self._seats = threading.BoundedSemaphore(_CROWD)
        self._silent = SilentConnections()
        self._closed = False
        host, port = _address(bind)
        self.loopback_only = host in _LOOPBACK
        try:
            super().__init__((host, port), PageRequest)
        except OSError as error:
            raise ConfigError(
                f"panel.bind: {bind} cannot be used ({error.strerror or error}); end what listens there or take another"
            ) from error
        self.url = f"http://{host}:{self.server_address[1]}"

    @property
    def ended(self) -> bool:
        """Whether there is nothing more to show."""
        return self._closed or self.gallery.ended

    def server_close(self) -> None:
        """Lets go of the port, and ends the streams."""
        self._closed = True
        super().server_close()

    def process_request(self, request: Any, client_address: Any) -> None:
        """One thread a request, but never more than the crowd; whoever has asked for nothing yet gives way to the next.

        Where all have asked, the next is turned away unanswered.
        """
        seated = self._seats.acquire(blocking=False)
        if not seated and self._silent.turn_one_away():
            seated = self._seats.acquire(timeout=_GIVES_WAY_S)
        if not seated:
            self.shutdown_request(request)
            return
        self._silent.add(request)
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self.heard(request)
            self._seats.release()

    def heard(self, request: socket.socket) -> None:
        """A connection has asked for something, or has ended: it gives its seat to nobody."""
        self._silent.remove(request)

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser that left in the middle of a picture is no event."""


def _address(bind: str) -> tuple[str, int]:
    host, _, port = bind.rpartition(":")
    if not host or not port.isdecimal() or int(port) > 65535:
        raise ConfigError(f"panel.bind: found {bind!r}, expected HOST:PORT such as 127.0.0.1:7780")
    return host, int(port)


def _page_files(title: str) -> dict[str, tuple[str, bytes]]:
    """What is served as it is, by path: media type and bytes."""
    page = (_HERE / "page.html").read_text(encoding="utf-8").replace("{title}", html.escape(title))
    return {
        "/": ("text/html; charset=utf-8", page.encode()),
        "/page.css": ("text/css; charset=utf-8", (_HERE / "page.css").read_bytes()),
        "/page.js": ("text/javascript; charset=utf-8", (_HERE / "page.js").read_bytes()),
    }


def _topic(word: str) -> str:
    if TOPIC.fullmatch(word) is None:
        raise argparse.ArgumentTypeError(f"found {word!r}, expected wall/NAME or camera/NAME")
    return word


def _arguments(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="stage.panel.preview", description="Serve the preview page.")
    parser.add_argument("--bind", default="127.0.0.1:7780", metavar="HOST:PORT", help="where the page is served")
    parser.add_argument("--pictures", required=True, metavar="ENDPOINT", help="the show's picture publisher (ZeroMQ)")
    parser.add_argument("--topic", action="append", default=[], type=_topic, help="wall/NAME or camera/NAME, repeated")
    parser.add_argument(
        "--config", type=Path, metavar="FILE", help="the stage's configuration: with it, what each film camera sees"
    )
    parser.add_argument("--title", default="Stage", help="the stage's name")
    return parser.parse_args(words)


def _film(config: Path | None, pictures: NewestPictures) -> FilmPictures | None:
    """The film cameras of a configuration; without one, or where it cannot be read, the page does without them."""
    if config is None:
        return None
    try:
        return FilmPictures(FilmStage(load_config(config)), pictures)
    except ConfigError as error:
        print(f"no film pictures: {error.findings[0]}", file=sys.stderr)
        return None


def main(words: list[str]) -> int:
    """Serve until SIGTERM or SIGINT. Exit code 2 where the address cannot be used."""
    arguments = _arguments(words)
    pictures = NewestPictures(arguments.pictures, tuple(dict.fromkeys(arguments.topic)))
    film = _film(arguments.config, pictures)
    try:
        server = PreviewServer(arguments.bind, pictures, arguments.title, film)
    except ConfigError as error:
        print(error, file=sys.stderr)
        _close(film, pictures)
        return 2

    def end(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - the signature of a signal handler
        threading.Thread(target=server.shutdown).start()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    print(json.dumps({"event": "panel", "url": server.url}), flush=True)
    server.serve_forever(poll_interval=0.1)
    server.server_close()
    _close(film, pictures)
    return 0


def _close(film: FilmPictures | None, pictures: NewestPictures) -> None:
    pictures.close()
    if film is not None:
        film.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
