"""The WebSocket of live pictures: one under way for each topic, encoded once for all, and clients that misbehave."""

import io
import json
import struct
import threading
from contextlib import ExitStack, contextmanager

import numpy as np
import pytest
from PIL import Image
from running_stage import PATIENCE_S, wait_for
from web_panel import codes, publish, publishing, receiving, serving, wanted
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from stage.control.keys.tokens import TokenFolder
from stage.panel import encoded, picture_feed, sockets
from stage.panel.presence import REVOKED

WALL = "wall/main"


class Show:
    """A panel before a show that publishes a wall's picture again and again, with the frame in its colour."""

    def __init__(self, folder, stack):
        self.tokens = TokenFolder(folder / "keys")
        self.publisher = stack.enter_context(publishing())
        self.pictures = stack.enter_context(receiving(self.publisher))
        self.panel = stack.enter_context(serving(self.pictures, keys=folder / "keys"))
        self.frame = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._publish)
        self._thread.start()
        stack.callback(self._end)

    def _publish(self):
        while not self._over.wait(0.01):
            if wanted(self.publisher, WALL):
                self.frame += 1
                publish(self.publisher, WALL, self.frame, codes(rows=400, columns=800))

    def _end(self):
        self._over.set()
        self._thread.join()


@pytest.fixture(scope="module")
def show(tmp_path_factory):
    with ExitStack() as stack:
        yield Show(tmp_path_factory.mktemp("pictures"), stack)


class Viewer:
    """A client of live pictures."""

    def __init__(self, connection):
        self.connection = connection

    def send(self, **fields):
        self.connection.send(json.dumps(fields))

    def watch(self, *wanted):
        self.send(watch=[{"topic": topic, "width": width} for topic, width in wanted])

    def receive(self, timeout=PATIENCE_S):
        """The next picture: its header and the JPEG."""
        message = self.connection.recv(timeout=timeout)
        length = struct.unpack_from("<H", message)[0]
        return json.loads(message[2 : 2 + length]), message[2 + length :]

    def next(self):
        header, content = self.receive()
        self.send(shown=header["number"])
        return header, content


@contextmanager
def viewing(show, **options):
    with viewing_panel(show.panel, **options) as viewer:
        yield viewer


@contextmanager
def viewing_panel(panel, **options):
    with connect(f"ws://127.0.0.1:{panel.address[1]}/api/v1/pictures", **options) as connection:
        yield Viewer(connection)


def test_pictures_come_in_the_width_asked_for_and_say_their_frame(show):
    with viewing(show) as viewer:
        viewer.watch((WALL, 300))
        header, content = viewer.next()
        picture = Image.open(io.BytesIO(content))
        assert picture.format == "JPEG"
        assert picture.size == (header["width"], header["height"]) == (320, 160)
        assert (header["topic"], header["number"]) == (WALL, 1)
        later, _ = viewer.next()
        assert (later["number"], later["frame"] > header["frame"]) == (2, True)
        mean = np.asarray(picture.convert("RGB")).mean()
        assert abs(mean - codes(rows=400, columns=800).mean()) < 2.0


def test_the_next_picture_comes_only_once_the_last_was_shown(show):
    with viewing(show) as viewer:
        viewer.watch((WALL, 640))
        header, _ = viewer.receive()
        frame = show.frame
        wait_for(lambda: show.frame > frame + 5 or not show.pictures.all())
        with pytest.raises(TimeoutError):
            viewer.receive(timeout=0.2)
        viewer.send(shown=header["number"])
        later, _ = viewer.receive()
        assert later["frame"] > frame


def test_a_client_that_stands_still_delays_nobody(show):
    with viewing(show) as still, viewing(show) as lively:
        still.watch((WALL, 640))
        still.receive()
        lively.watch((WALL, 640))
        frames = [lively.next()[0]["frame"] for _ in range(10)]
        assert frames == sorted(set(frames))


def test_a_picture_is_encoded_once_for_all_who_look(show, monkeypatch):
    made = []
    real = encoded.sized_picture

    def counted(picture, side_px):
        made.append((picture.frame, side_px))
        return real(picture, side_px)

    monkeypatch.setattr("stage.panel.gallery.sized_picture", counted)
    with viewing(show) as one, viewing(show) as two, viewing(show) as three:
        viewers = (one, two, three)
        for viewer in viewers:
            viewer.watch((WALL, 640))
        seen = [viewer.next()[0]["frame"] for _ in range(5) for viewer in viewers]
    assert len(made) == len(set(made))
    assert {frame for frame, _ in made} >= set(seen)


def test_pictures_that_come_while_one_is_encoded_are_all_shown(monkeypatch):
    begun, may_end = threading.Event(), threading.Event()
    real = encoded.sized_picture

    def held_up(picture, side_px):
        begun.set()
        assert may_end.wait(PATIENCE_S)
        return real(picture, side_px)

    monkeypatch.setattr("stage.panel.gallery.sized_picture", held_up)
    monkeypatch.setattr(picture_feed, "PERIOD_NS", 10**12)  # this machine may be slow to show them
    monkeypatch.setattr(picture_feed, "SOON_NS", 10**12)
    with (
        publishing() as publisher,
        receiving(publisher) as pictures,
        serving(pictures) as panel,
        viewing_panel(panel) as viewer,
    ):
        viewer.watch((WALL, 160))
        publish(publisher, WALL, 1, codes())
        assert begun.wait(PATIENCE_S)
        for frame in (2, 3):
            publish(publisher, WALL, frame, codes())
            wait_for(lambda frame=frame: pictures.newest(WALL).frame == frame)
        may_end.set()
        assert [viewer.next()[0]["frame"] for _ in range(3)] == [1, 2, 3]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "not_json"),
        ("[1]", "not_json"),
        (b"\x00\x01", "not_text_message"),
        ("{}", "not_about_pictures"),
        ('{"watch": [], "shown": 1}', "not_about_pictures"),
        ('{"look": []}', "not_about_pictures"),
        ('{"shown": 7}', "not_a_sent_picture"),
        ('{"shown": true}', "not_a_sent_picture"),
        ('{"shown": "1"}', "not_a_sent_picture"),
        ('{"watch": {}}', "not_a_watch_list"),
        (json.dumps({"watch": [{"topic": WALL, "width": 1}] * 17}), "not_a_watch_list"),
        ('{"watch": ["wall/main"]}', "not_a_watch"),
        ('{"watch": [{"topic": "wall/main"}]}', "not_a_watch"),
        ('{"watch": [{"topic": "wall/other", "width": 640}]}', "no_such_picture"),
        ('{"watch": [{"topic": ["wall/main"], "width": 640}]}', "no_such_picture"),
        ('{"watch": [{"topic": "wall/main", "width": 0}]}', "not_a_width"),
        ('{"watch": [{"topic": "wall/main", "width": 640.0}]}', "not_a_width"),
        ('{"watch": [{"topic": "wall/main", "width": true}]}', "not_a_width"),
        ('{"watch": [{"topic": "wall/main", "width": 1e400}]}', "not_json"),
    ],
)
def test_what_is_not_about_pictures_is_refused_counted_and_the_socket_lives(show, text, reason):
    counted = show.panel.counts[reason]
    with viewing(show) as viewer:
        viewer.connection.send(text)
        error = json.loads(viewer.connection.recv(timeout=PATIENCE_S))
        assert (error["type"], error["reason"]) == ("error", reason)
        assert "{" not in error["detail"].replace('{"', "").replace("{}", "").replace("{'", "")
        assert show.panel.counts[reason] == counted + 1
        viewer.watch((WALL, 160))
        assert viewer.next()[0]["width"] == 160


def test_a_new_list_replaces_the_former_one(show):
    with viewing(show) as viewer:
        viewer.watch((WALL, 640))
        viewer.next()
        viewer.watch()
        frame = show.frame
        wait_for(lambda: show.frame > frame + 3)
        viewer.watch((WALL, 320))
        while (header := viewer.next()[0])["width"] == 640:  # one that was under way before
            assert header["frame"] <= frame + 1
        assert header["width"] == 320


@pytest.mark.parametrize("headers", [{"Origin": "http://evil.example"}, {"Authorization": "Bearer x"}])
def test_foreign_pages_and_unknown_tokens_get_no_pictures(show, headers):
    with pytest.raises(InvalidStatus) as refused, viewing(show, additional_headers=headers):
        pass
    assert refused.value.response.status_code == (401 if "Authorization" in headers else 403)


def test_a_revoked_token_ends_its_pictures(show, monkeypatch):
    monkeypatch.setattr(sockets, "_CHECKED_EVERY_S", 0.05)
    bearer = {"Authorization": f"Bearer {show.tokens.make('phone', 'viewer')}"}
    with viewing(show, additional_headers=bearer) as viewer:
        show.tokens.revoke("phone")
        with pytest.raises(ConnectionClosed) as closed:
            viewer.receive()
        assert closed.value.rcvd.code == REVOKED


def test_sockets_are_few_and_one_that_is_left_makes_room(show, monkeypatch):
    monkeypatch.setattr(sockets, "MOST_SOCKETS", 1)
    wait_for(lambda: show.panel._picture_sockets.open == 0)
    with viewing(show):
        with pytest.raises(InvalidStatus) as refused, viewing(show):
            pass
        assert refused.value.response.status_code == 503
    wait_for(lambda: show.panel._picture_sockets.open == 0)
    with viewing(show) as viewer:
        viewer.watch((WALL, 160))
        viewer.next()
