"""The preview page: a small web server in a process of its own that shows the walls and the cameras' pictures.

`python -m stage.panel.preview --bind HOST:PORT --pictures ENDPOINT --topic camera/A --topic wall/main --config FILE`
"""

from __future__ import annotations

import argparse
import html
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
from stage.panel.live_status import LiveStatus
from stage.panel.newest import NewestPictures
from stage.panel.page_requests import PageRequest
from stage.panel.seats import CROWD, Seats
from stage.run.events import PanelEvent, print_event
from stage.run.preview_records import TOPIC
from stage.run.realtime import work_in_background
from stage.run.terminal import print_notice
from tracking.records import ConfigError

_HERE = Path(__file__).resolve().parent
_STREAMS = 8
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class PreviewServer(ThreadingHTTPServer):
    """Serves the page, its style and script, the pictures, and their state as JSON.

    `film` makes the film pictures, `status` follows the stage's status; without them there are none. Raises ConfigError
    if `bind` ("127.0.0.1:7780", port 0 for a free one) is not an address or is in use.
    """

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 2 * CROWD

    def __init__(
        self,
        bind: str,
        pictures: NewestPictures,
        title: str,
        film: FilmPictures | None = None,
        status: LiveStatus | None = None,
    ) -> None:
        self.gallery = Gallery(pictures, film, status)
        self.files = _page_files(title)
        self.streams = threading.BoundedSemaphore(_STREAMS)
        self._seats = Seats()
        self._closed = False
        host, port = _address(bind)
        self.loopback_only = host in _LOOPBACK
        try:
            super().__init__((host, port), PageRequest)
        except OSError as error:
            raise ConfigError(
                f"panel.bind: {bind} cannot be used ({error.strerror or error}); end what listens there or use another"
            ) from error
        self.url = f"http://{host}:{self.server_address[1]}"

    @property
    def ended(self) -> bool:
        """Whether nothing more will be shown."""
        return self._closed or self.gallery.ended

    def server_close(self) -> None:
        """Releases the port and ends the streams."""
        self._closed = True
        super().server_close()

    def process_request(self, request: Any, client_address: Any) -> None:
        """Gives each connection a thread, as long as there are seats; without a seat it is closed unanswered."""
        if not self._seats.take(request):
            self.shutdown_request(request)
            return
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._seats.leave(request)

    def heard(self, connection: socket.socket) -> None:
        """A connection has asked for something, and so keeps its seat."""
        self._seats.keep(connection)

    def handle_error(self, request: object, client_address: object) -> None:
        """Says nothing of a browser that left in the middle of a picture."""


def _address(bind: str) -> tuple[str, int]:
    host, _, port = bind.rpartition(":")
    if not host or not port.isdecimal() or int(port) > 65535:
        raise ConfigError(f"panel.bind: found {bind!r}, expected HOST:PORT such as 127.0.0.1:7780")
    return host, int(port)


def _page_files(title: str) -> dict[str, tuple[str, bytes]]:
    """Media type and bytes of the files that are served unchanged, by path."""
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
    parser.add_argument("--ports", type=Path, metavar="FILE", help="the file with the stage's ports, for its status")
    parser.add_argument("--title", default="Stage", help="the stage's name")
    return parser.parse_args(words)


def _film(config: Path | None, pictures: NewestPictures) -> FilmPictures | None:
    """The film cameras of a configuration; None without one, or if it cannot be read."""
    if config is None:
        return None
    try:
        return FilmPictures(FilmStage(load_config(config, world_may_be_absent=True)), pictures)
    except ConfigError as error:
        print_notice(f"no film pictures: {error.findings[0]}")
        return None


def main(words: list[str]) -> int:
    """Serves until SIGTERM or SIGINT. Returns exit code 2 if the address cannot be used."""
    arguments = _arguments(words)
    work_in_background()  # pictures for onlookers must not cost the walls a frame
    pictures = NewestPictures(arguments.pictures, tuple(dict.fromkeys(arguments.topic)))
    film = _film(arguments.config, pictures)
    status = LiveStatus(arguments.ports) if arguments.ports is not None else None
    try:
        server = PreviewServer(arguments.bind, pictures, arguments.title, film, status)
    except ConfigError as error:
        print_notice(str(error))
        _close(film, pictures, status)
        return 2

    def end(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - the signature of a signal handler
        threading.Thread(target=server.shutdown).start()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    print_event(PanelEvent(url=server.url))
    server.serve_forever(poll_interval=0.1)
    server.server_close()
    _close(film, pictures, status)
    return 0


def _close(film: FilmPictures | None, pictures: NewestPictures, status: LiveStatus | None) -> None:
    if status is not None:
        status.close()
    pictures.close()
    if film is not None:
        film.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
