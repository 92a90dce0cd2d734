"""The preview page: real sockets, real HTTP, a real process."""

import http.client
import io
import json
import os
import signal
import socket
import subprocess
import sys
import threading

import msgspec
import numpy as np
import pytest
import zmq
from PIL import Image
from running_stage import PATIENCE_S, wait_for

from stage.panel.newest import NewestPictures
from stage.panel.page_requests import PageRequest
from stage.panel.preview import PreviewServer, main
from stage.run.preview_pictures import PicturePublisher
from stage.run.preview_records import CameraSight
from tracking.records import ConfigError

TOPICS = ("wall/main", "camera/A")
SIGHT = {
    "camera": "A",
    "eye_m": [0.0, 0.0, 1.0],
    "right": [1.0, 0.0, 0.0],
    "ahead": [0.0, 1.0, 0.0],
    "up": [0.0, 0.0, 1.0],
    "frame": [-0.5, 0.5, -0.3, 0.3],
}


def header(**more):
    return msgspec.msgpack.encode({"width": 1, "height": 1, "frame": 1, **more})


def seen_from(**more):
    return header(sights=[{**SIGHT, **more}])


def codes(seed=1, rows=32, columns=64):
    return np.random.default_rng(seed).integers(0, 256, (rows, columns, 3), dtype=np.uint8)


@pytest.fixture
def publisher():
    made = PicturePublisher("tcp://127.0.0.1:0", period_ns=0)
    yield made
    made.close()


@pytest.fixture
def pictures(publisher):
    received = NewestPictures(publisher.endpoint, TOPICS)
    yield received
    received.close()


@pytest.fixture
def server(pictures):
    made = PreviewServer("127.0.0.1:0", pictures, "Studio <One>")
    thread = threading.Thread(target=made.serve_forever, args=(0.01,))
    thread.start()
    yield made
    made.shutdown()
    made.server_close()
    thread.join()


def request(server, path, method="GET", host=None):
    connection = http.client.HTTPConnection("127.0.0.1", server.server_address[1], timeout=PATIENCE_S)
    connection.request(method, path, headers={"Host": host} if host else {})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer, body


def show(publisher, pictures, topic="wall/main", frame=5, pixels=None):
    wait_for(lambda: topic in publisher.wants())
    publisher.publish(topic, frame, codes() if pixels is None else pixels)
    wait_for(lambda: topic in pictures.all())


def test_unwatched_pictures_are_not_asked_for():
    publisher = PicturePublisher("tcp://127.0.0.1:0")
    assert publisher.wants() == []
    publisher.close()


def test_each_topic_is_due_once_a_period_and_the_longest_waiting_first():
    now_ns = 10**9
    publisher = PicturePublisher("tcp://127.0.0.1:0", period_ns=200_000_000, clock_ns=lambda: now_ns)
    watcher = NewestPictures(publisher.endpoint, TOPICS)
    wait_for(lambda: len(publisher.wants()) == 2)
    publisher.publish("wall/main", 1, codes())
    assert publisher.wants() == ["camera/A"]
    now_ns += 1
    publisher.publish("camera/A", 1, codes())
    assert publisher.wants() == []
    now_ns += 199_999_999
    assert publisher.wants() == ["wall/main"]
    now_ns += 1
    assert publisher.wants() == ["wall/main", "camera/A"]
    watcher.close()
    wait_for(lambda: publisher.wants() == [])
    publisher.close()


def test_large_pictures_are_thinned(publisher, pictures):
    large = codes(rows=100, columns=3000)
    show(publisher, pictures, pixels=large)
    newest = pictures.all()["wall/main"]
    assert (newest.header.width, newest.header.height) == (1000, 34)
    assert newest.header.step == 3
    assert newest.payload == large[::3, ::3].tobytes()


def test_publishing_never_waits_for_a_reader_that_stopped(publisher):
    with zmq.Context() as context:
        stuck = context.socket(zmq.SUB)
        stuck.setsockopt(zmq.RCVHWM, 1)
        stuck.connect(publisher.endpoint)
        stuck.setsockopt(zmq.SUBSCRIBE, b"wall/main")
        wait_for(publisher.wants)
        large = codes(rows=500, columns=1000)
        for frame in range(200):  # without end, were it to wait
            publisher.publish("wall/main", frame, large)
        stuck.close(0)


def test_hostile_subscriptions_are_ignored(publisher):
    with zmq.Context() as context:
        hostile = context.socket(zmq.SUB)
        hostile.connect(publisher.endpoint)
        for number in range(300):
            hostile.setsockopt(zmq.SUBSCRIBE, b"wall/" + b"%d" % number)
        for word in (b"", b"\xff\xfe", b"wall/../x", b"wall/" + b"a" * 500):
            hostile.setsockopt(zmq.SUBSCRIBE, word)
        wait_for(lambda: len(publisher.wants()) == 64)
        hostile.close(0)


@pytest.mark.parametrize(
    "parts",
    [
        [b"wall/main"],
        [b"wall/main", b"nonsense", b""],
        [b"wall/main", msgspec.msgpack.encode({"width": 8, "height": 8, "frame": 1}), b"short"],
        [b"wall/main", msgspec.msgpack.encode({"width": 99999, "height": 8, "frame": 1}), b""],
        [b"wall/main", msgspec.msgpack.encode({"width": 1, "height": 1, "frame": -1}), b"rgb"],
        [b"wall/main", header(step=0), b"rgb"],
        [b"wall/main", header(hold="x" * 201), b"rgb"],
        [b"wall/main", header(sights=[SIGHT] * 65), b"rgb"],
        [b"wall/main", seen_from(eye_m=[0.0, float("nan"), 0.0]), b"rgb"],
        [b"wall/main", seen_from(eye_m=[0.0, float("inf"), 0.0]), b"rgb"],
        [b"wall/main", seen_from(right=[0.0, 0.0, 0.0]), b"rgb"],
        [b"wall/main", seen_from(ahead=[1.0, 0.0, 0.0]), b"rgb"],
        [b"wall/main", seen_from(frame=[0.5, -0.5, -0.3, 0.3]), b"rgb"],
        [b"wall/main", seen_from(frame=[-0.5, 0.5, 0.3, 0.3]), b"rgb"],
        [b"wall/main", seen_from(frame=[-0.5, 1e300, -0.3, 0.3]), b"rgb"],
        [b"wall/main", seen_from(camera="../x"), b"rgb"],
        [b"wall/main2", msgspec.msgpack.encode({"width": 1, "height": 1, "frame": 1}), b"rgb"],
    ],
)
def test_pictures_that_do_not_decode_are_counted_and_dropped(parts):
    with zmq.Context() as context:
        sender = context.socket(zmq.XPUB)
        sender.bind("tcp://127.0.0.1:0")
        received = NewestPictures(sender.getsockopt_string(zmq.LAST_ENDPOINT), TOPICS)
        sender.recv()
        sender.recv()
        sender.send_multipart(parts)
        wait_for(lambda: received.rejected == 1)
        assert received.all() == {}
        received.close()
        sender.close(0)


def test_a_picture_says_for_which_cameras_it_was_drawn(publisher, pictures):
    sight = msgspec.convert(SIGHT, CameraSight)
    wait_for(lambda: "wall/main" in publisher.wants())
    publisher.publish("wall/main", 5, codes(), sights=(sight,), hold="x" * 300)
    kept = wait_for(lambda: pictures.all().get("wall/main"))
    assert kept.header.sight_of("A") == sight
    assert kept.header.sight_of("B") is None
    assert kept.header.hold == "x" * 200


def test_png_shows_the_published_pixels(server, publisher, pictures):
    show(publisher, pictures)
    answer, body = request(server, "/preview/wall/main.png")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "image/png")
    with Image.open(io.BytesIO(body)) as image:
        assert (np.asarray(image) == codes()).all()


def test_jpeg_is_served_for_the_page(server, publisher, pictures):
    show(publisher, pictures, "camera/A")
    answer, body = request(server, "/preview/camera/A.jpg?frame=5")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "image/jpeg")
    with Image.open(io.BytesIO(body)) as image:
        assert image.size == (64, 32)


def test_one_shot_request_waits_for_a_fresh_picture(server, publisher, monkeypatch):
    """Nobody watched before, so the show had sent nothing: the first request still gets its picture."""
    monkeypatch.setattr(PageRequest, "first_picture_s", PATIENCE_S)
    answers = []
    asking = threading.Thread(target=lambda: answers.append(request(server, "/preview/wall/main.png")))
    asking.start()
    wait_for(lambda: "wall/main" in publisher.wants())
    publisher.publish("wall/main", 9, codes(3))
    asking.join()
    assert answers[0][0].status == 200


def test_state_reports_frame_size_and_age(server, publisher, pictures):
    show(publisher, pictures, frame=77)
    answer, body = request(server, "/preview/state.json")
    wall, camera = json.loads(body)["pictures"]
    assert answer.status == 200
    assert (wall["topic"], wall["frame"], wall["width"], wall["height"]) == ("wall/main", 77, 64, 32)
    assert 0 <= wall["age_ms"] < PATIENCE_S * 1000
    assert (camera["topic"], camera["frame"], camera["age_ms"]) == ("camera/A", None, None)


def test_a_page_without_a_stage_has_no_status(server):
    assert json.loads(request(server, "/preview/state.json")[1])["status"] is None
    answer, body = request(server, "/api/v1/status")
    assert (answer.status, body) == (503, b"The stage sends no status.\n")


def test_page_carries_the_stages_name_escaped_and_a_strict_policy(server):
    answer, body = request(server, "/")
    assert b"<title>Studio &lt;One&gt;" in body
    assert b'data-link="offline"' in body
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert "http" not in policy


@pytest.mark.parametrize("path", ["/", "/page.css", "/page.js"])
def test_nothing_comes_from_other_hosts(server, path):
    _, body = request(server, path)
    assert b"http://" not in body
    assert b"https://" not in body


@pytest.mark.parametrize(
    "path", ["/preview/wall/nobody.png", "/preview/wall/main.gif", "/../page.py", "/preview/wall/..%2f", "/favicon.ico"]
)
def test_unknown_paths_are_not_found(server, path):
    assert request(server, path)[0].status == 404


def test_an_address_that_is_not_valid_is_answered(server):
    assert request(server, "http://[", host="localhost")[0].status == 400


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_only_get_is_answered(server, method):
    assert request(server, "/", method=method)[0].status == 501


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "", "[::1"])
def test_foreign_host_names_are_refused(server, host):
    assert request(server, "/preview/state.json", host=host or " ")[0].status == 403


@pytest.mark.parametrize("host", ["localhost:7780", "127.0.0.1", "[::1]:80"])
def test_loopback_host_names_are_served(server, host):
    assert request(server, "/preview/state.json", host=host)[0].status == 200


def test_a_crowd_is_turned_away_and_the_page_lives(server):
    idle = [socket.create_connection(server.server_address) for _ in range(60)]
    for connection in idle:
        connection.close()
    assert wait_for(lambda: request(server, "/")[0].status == 200)


def test_silent_connections_lock_nobody_out(server, monkeypatch):
    """They give way at once: here none of them would time out."""
    monkeypatch.setattr(PageRequest, "timeout", 10 * PATIENCE_S)
    silent = [socket.create_connection(server.server_address) for _ in range(60)]
    for connection in silent[::2]:
        connection.sendall(b"GET / HT")
    for _ in range(5):
        assert request(server, "/")[0].status == 200
    for connection in silent:
        connection.close()


def test_a_silent_connection_is_dropped_and_one_that_asks_is_not(server, publisher, pictures):
    show(publisher, pictures)
    with (
        socket.create_connection(server.server_address, timeout=PATIENCE_S) as silent,
        socket.create_connection(server.server_address, timeout=PATIENCE_S) as watching,
    ):
        watching.sendall(b"GET /preview/wall/main.mjpeg HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert watching.recv(12) == b"HTTP/1.0 200"
        assert silent.recv(1) == b""
        publisher.publish("wall/main", 9, codes(seed=9))
        wait_for(lambda: len(watching.recv(65536)) > 1000)


def test_port_in_use_is_one_line_and_exit_code_2(capsys):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["--bind", f"127.0.0.1:{port}", "--pictures", "tcp://127.0.0.1:9"]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert error.startswith(f"panel.bind: 127.0.0.1:{port} cannot be used")


@pytest.mark.parametrize("bind", ["7780", "127.0.0.1", "127.0.0.1:x", "127.0.0.1:70000", ":80"])
def test_bind_that_is_not_an_address_is_refused(pictures, bind):
    with pytest.raises(ConfigError, match="expected HOST:PORT"):
        PreviewServer(bind, pictures, "Stage")


def test_process_says_where_it_serves_and_ends_on_sigterm(publisher):
    command = [sys.executable, "-m", "stage.panel.preview", "--bind", "127.0.0.1:0", "--pictures", publisher.endpoint]
    with subprocess.Popen([*command, "--topic", "wall/main"], stdout=subprocess.PIPE, env=dict(os.environ)) as process:
        event = json.loads(process.stdout.readline())
        assert event["event"] == "panel"
        host, port = event["url"].removeprefix("http://").split(":")
        connection = http.client.HTTPConnection(host, int(port), timeout=PATIENCE_S)
        connection.request("GET", "/")
        assert connection.getresponse().status == 200
        connection.close()
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=PATIENCE_S) == 0
