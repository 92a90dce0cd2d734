"""The preview page: a small web server, in a process of its own, that shows the walls and the cameras' pictures.

`python -m stage.panel.preview --bind 127.0.0.1:7780 --pictures ENDPOINT --topic wall/main --topic camera/A`
"""

from __future__ import annotations

import argparse
import html
import json
import signal
import sys
import threading
import time
from http.server import ThreadingHTTPServer
from pathlib import Path
from types import FrameType

from stage.panel.newest import NewestPictures
from stage.panel.page_requests import PageRequest
from stage.panel.records import TOPIC
from tracking.records import ConfigError

_HERE = Path(__file__).resolve().parent
_CROWD = 32
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class PreviewServer(ThreadingHTTPServer):
    """Serves the page, its style and script, the pictures, and their state as JSON.

    Raises ConfigError where `bind` ("127.0.0.1:7780", port 0 for a free one) is no address or in use.
    """

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 2 * _CROWD

    def __init__(self, bind: str, pictures: NewestPictures, title: str) -> None:
        self.pictures = pictures
        self.files = _page_files(title)
        self._seats = threading.BoundedSemaphore(_CROWD)
        host, port = _address(bind)
        self.loopback_only = host in _LOOPBACK
        try:
            super().__init__((host, port), PageRequest)
        except OSError as error:
            raise ConfigError(
                f"panel.bind: {bind} cannot be used ({error.strerror or error}); end what listens there or take another"
            ) from error
        self.url = f"http://{host}:{self.server_address[1]}"

    def process_request(self, request: object, client_address: object) -> None:
        """One thread a request, but never more than the crowd: the next is turned away unanswered."""
        if not self._seats.acquire(blocking=False):
            self.shutdown_request(request)  # type: ignore[arg-type]
            return
        super().process_request(request, client_address)  # type: ignore[arg-type]

    def process_request_thread(self, request: object, client_address: object) -> None:
        try:
            super().process_request_thread(request, client_address)  # type: ignore[arg-type]
        finally:
            self._seats.release()

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser that left in the middle of a picture is no event."""

    def state(self) -> bytes:
        """JSON: each topic with its newest frame, size and age."""
        newest, now_ns = self.pictures.all(), time.monotonic_ns()
        rows = [
            {
                "topic": topic,
                "frame": picture.header.frame if picture else None,
                "width": picture.header.width if picture else None,
                "height": picture.header.height if picture else None,
                "age_ms": (now_ns - picture.received_ns) // 1_000_000 if picture else None,
            }
            for topic in self.pictures.topics
            for picture in [newest.get(topic)]
        ]
        return json.dumps({"pictures": rows, "rejected": self.pictures.rejected}).encode()


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
    parser.add_argument("--title", default="Stage", help="the stage's name")
    return parser.parse_args(words)


def main(words: list[str]) -> int:
    """Serve until SIGTERM or SIGINT. Exit code 2 where the address cannot be used."""
    arguments = _arguments(words)
    pictures = NewestPictures(arguments.pictures, tuple(dict.fromkeys(arguments.topic)))
    try:
        server = PreviewServer(arguments.bind, pictures, arguments.title)
    except ConfigError as error:
        print(error, file=sys.stderr)
        pictures.close()
        return 2

    def end(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - the signature of a signal handler
        threading.Thread(target=server.shutdown).start()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    print(json.dumps({"event": "panel", "url": server.url}), flush=True)
    server.serve_forever(poll_interval=0.1)
    server.server_close()
    pictures.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
