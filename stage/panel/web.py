"""The web process: pages, pictures, pairing and the API over HTTP. It only talks to the stage as a client does.

`python -m stage.panel.web --bind HOST:PORT --pictures SOCKET --topic film/A --topic wall/main`
"""

from __future__ import annotations

import argparse
import asyncio
import html
import signal
import sys
from collections import Counter
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from types import FrameType

from stage.gate.local import read_secret
from stage.gate.ports import announced
from stage.panel.api import ApiRequests
from stage.panel.app import web_app
from stage.panel.arrivals import Arrivals
from stage.panel.callers import Callers
from stage.panel.crew import Crew
from stage.panel.file_readings import FileReadings
from stage.panel.gallery import Gallery
from stage.panel.library_requests import LibraryRequests
from stage.panel.links import StageLink
from stage.panel.live_socket import live_sockets
from stage.panel.live_stage import ITSELF, LiveStage
from stage.panel.metrics import StageCollector, metrics_of
from stage.panel.newest import NewestPictures
from stage.panel.page_files import PageFiles
from stage.panel.page_requests import FIRST_PICTURE_S, Ending, PageRequests
from stage.panel.panic import PanicPage
from stage.panel.picture_feed import PictureFeed
from stage.panel.picture_socket import picture_sockets
from stage.panel.seats import HEAD_S, Seats
from stage.panel.server import WebServer
from stage.panel.stage_facts import StageFacts
from stage.panel.sun_requests import SunRequests
from stage.panel.thumbnails import Thumbnails
from stage.panel.word_requests import WordRequests
from stage.run.events import PanelEvent, print_event
from stage.run.options import WEB_FILE
from stage.run.preview_records import TOPIC
from stage.run.realtime import keep_loaded, work_in_background
from stage.run.terminal import print_notice
from stage.run.whole_files import put_whole
from tracking.records import ConfigError

_HERE = Path(__file__).resolve().parent


class WebPanel:
    """Everything that the web process serves: the page with its pictures, the API, the WebSocket, the metrics.

    `link` leads to the stage; without it there are no values. `keys` is the folder of those who are known, `library`
    takes pictures from tablets. Raises ConfigError if `bind` ("127.0.0.1:7780", port 0 for a free one) is no address,
    or in use.
    """

    def __init__(
        self,
        bind: str,
        pictures: NewestPictures,
        title: str,
        *,
        link: StageLink | None = None,
        facts: StageFacts | None = None,
        keys: Path | None = None,
        library: Arrivals | None = None,
        first_picture_s: float = FIRST_PICTURE_S,
        head_s: float = HEAD_S,
    ) -> None:
        self.counts: Counter[str] = Counter()
        self.seats = Seats()
        self._link = link
        self._ending = Ending()
        self._crew = crew = Crew(keys)
        self._library = LibraryRequests(library, crew.log)
        self._callers = Callers(link)
        self._live = LiveStage(self._callers)
        self.gallery = Gallery(pictures, self._live)
        self._page = PageRequests(self.gallery, _preview_files(title), self._ending, first_picture_s)
        self._sockets = live_sockets(self._live, self._callers, crew.known, crew.log)
        self._feed = PictureFeed(self.gallery)
        self._picture_sockets = picture_sockets(self._feed, crew.known, self.counts)
        collector = StageCollector(self._live.newest, self._live.load, self._own_counts, self._numbers)
        api = ApiRequests(self._live, self._callers, metrics_of(collector))
        thumbnails = Thumbnails(partial(self._callers.ask, ITSELF))
        facts = facts or StageFacts(None, None)
        pages = (PageFiles(facts.shape), thumbnails, self._page, PanicPage(title, self._live, self._callers))
        sockets = (self._sockets, self._picture_sockets)
        asked = (SunRequests(self._live), WordRequests(), facts)
        own = (api, *asked, self._library, FileReadings())
        served = [route for one in (*pages, *sockets, *own) for route in one.routes()]
        app = web_app([*served, *crew.routes(self.page_url)], crew, self.counts)
        self._server = WebServer(bind, app, seats=self.seats, head_s=head_s)
        self.url, self.address, self.here = self._server.url, self._server.address, self._server.here

    def page_url(self) -> str:
        """The address as tablets reach it."""
        return announced(self.url)

    def invitation(self) -> str:
        """Lines for the terminal by which a tablet can be paired; "" where only this machine reaches the page."""
        return "" if self.url == self.here else self._crew.invite(self.page_url())

    def serve(self) -> None:
        """Serves until `shutdown`, and follows the stage meanwhile."""
        self._library.sweep()
        self._server.serve(self._follow)
        self._page.close()
        self._library.close()
        self._feed.close()

    async def _follow(self) -> None:
        beside = [self._crew.watch()]
        if self._link is not None:
            beside.append(self._link.follow(self._callers, self._live))
        await asyncio.gather(*beside)

    def shutdown(self) -> None:
        """Ends `serve` soon. May be called from any thread, and by a signal handler."""
        self._ending.begun = True
        self._server.shutdown()

    def close(self) -> None:
        """Releases the address of a panel that has not served."""
        self._server.close()

    def _own_counts(self) -> Mapping[str, Mapping[str, int]]:
        return {"refused": self.counts, "connections_ended": self.seats.counts, "asked": self._callers.counts}

    def _numbers(self) -> Mapping[str, float]:
        return {
            "connections": self.seats.taken,
            "sockets": self._sockets.open,
            "picture_sockets": self._picture_sockets.open,
            "live_pictures": self._page.streams,
            "requests_waiting": self._callers.waiting,
        }


def _preview_files(title: str) -> dict[str, tuple[str, bytes]]:
    """Media type and bytes of the preview page's files, by path."""
    folder = _HERE / "preview_page"
    page = (folder / "page.html").read_text(encoding="utf-8").replace("{title}", html.escape(title))
    return {
        "/preview": ("text/html; charset=utf-8", page.encode()),
        "/preview/page.css": ("text/css; charset=utf-8", (folder / "page.css").read_bytes()),
        "/preview/page.js": ("text/javascript; charset=utf-8", (folder / "page.js").read_bytes()),
    }


def _topic(word: str) -> str:
    if TOPIC.fullmatch(word) is None:
        raise argparse.ArgumentTypeError(f"found {word!r}, expected film/NAME, wall/NAME or camera/NAME")
    return word


def _arguments(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="stage.panel.web", description="Serve the pages, their pictures and the API over HTTP."
    )
    parser.add_argument("--bind", default="127.0.0.1:7780", metavar="HOST:PORT", help="where the page is served")
    parser.add_argument(
        "--pictures", required=True, type=Path, metavar="SOCKET", help="where the show has its pictures"
    )
    parser.add_argument(
        "--topic", action="append", default=[], type=_topic, help="film/NAME, wall/NAME or camera/NAME, repeated"
    )
    parser.add_argument("--config", type=Path, metavar="FILE", help="the stage's configuration: with it, its plan")
    parser.add_argument("--runtime", metavar="DIR", help="the run's folder: with it, the stage's API")
    parser.add_argument("--secret", type=Path, metavar="FILE", help="the file with the secret of the run's page")
    parser.add_argument("--keys", type=Path, metavar="DIR", help="the folder of tokens and tablets")
    parser.add_argument("--library", type=Path, metavar="DIR", help="the folder of the library")
    parser.add_argument("--library-may-be-made", action="store_true", help="make that folder when a file comes")
    parser.add_argument("--takes", type=Path, metavar="DIR", help="the folder of the run's takes")
    parser.add_argument("--title", default="Stage", help="the stage's name")
    return parser.parse_args(words)


def _link(runtime: str | None, secret: Path | None) -> StageLink | None:
    """The way to the stage of a run; None without one, or without its secret."""
    if runtime is None or secret is None:
        return None
    try:
        return StageLink(runtime, read_secret(secret))
    except OSError as error:
        print_notice(f"no API: {secret} cannot be read ({error.strerror})")
        return None


def _say_where(panel: WebPanel, runtime: Path) -> None:
    """Leaves the address for programs of this machine in the run's folder."""
    try:
        put_whole(runtime / WEB_FILE, panel.here.encode())
    except OSError as error:
        print_notice(f"`stage control pair` will not find the page: {runtime} cannot be written ({error.strerror})")


def main(words: list[str]) -> int:
    """Serves until SIGTERM or SIGINT. Returns exit code 2 if the address cannot be used."""
    keep_loaded()
    arguments = _arguments(words)
    work_in_background()  # pictures for onlookers must not cost the walls a frame
    pictures = NewestPictures(arguments.pictures, tuple(dict.fromkeys(arguments.topic)))
    link = _link(arguments.runtime, arguments.secret)
    facts = StageFacts(arguments.config, arguments.takes)
    library = arguments.library and Arrivals(arguments.library, may_be_made=arguments.library_may_be_made)
    options = {"link": link, "facts": facts, "keys": arguments.keys, "library": library}
    try:
        panel = WebPanel(arguments.bind, pictures, arguments.title, **options)
    except ConfigError as error:
        print_notice(str(error))
        pictures.close()
        return 2

    def end(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - the signature of a signal handler
        panel.shutdown()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    if arguments.runtime is not None:
        _say_where(panel, Path(arguments.runtime))
    print_event(PanelEvent(url=panel.url, invitation=panel.invitation()))
    panel.serve()
    pictures.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
