"""The preview page: real sockets, real HTTP, a real process."""

import contextlib
import http.client
import io
import json
import os
import signal
import socket
import subprocess
import sys
import threading

import numpy as np
import pytest
from PIL import Image
from running_stage import PATIENCE_S, wait_for
from web_panel import codes, publish, publishing, receiving, request, serving, show

from stage.panel.seats import CROWD
from stage.panel.web import WebPanel
from tracking.records import ConfigError


@pytest.fixture
def publisher():
    with publishing() as made:
        yield made


@pytest.fixture
def pictures(publisher):
    with receiving(publisher) as received:
        yield received


@pytest.fixture
def server(pictures):
    with serving(pictures) as made:
        yield made


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


def test_one_shot_request_waits_for_a_fresh_picture(pictures, publisher):
    """Nobody watched before, so the show had sent nothing: the first request still gets its picture."""
    with serving(pictures, first_picture_s=PATIENCE_S) as server:
        answers = []
        asking = threading.Thread(target=lambda: answers.append(request(server, "/preview/wall/main.png")))
        asking.start()
        publish(publisher, "wall/main", 9, codes(3))
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
    error = json.loads(body)
    assert (answer.status, error["code"], error["detail"]) == (503, "no_answer", "the stage sends no status")


def test_page_carries_the_stages_name_escaped_and_a_strict_policy(server):
    answer, body = request(server, "/preview")
    assert b"<title>Studio &lt;One&gt;" in body
    assert b'data-link="offline"' in body
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert "http" not in policy


@pytest.mark.parametrize("path", ["/preview", "/preview/page.css", "/preview/page.js"])
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


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "TRACE"])
@pytest.mark.parametrize("path", ["/", "/preview/state.json", "/preview/wall/main.png", "/api/v1/status"])
def test_only_get_is_answered(server, method, path):
    answer, body = request(server, path, method=method)
    assert answer.status == 405
    assert {"GET", "HEAD", "OPTIONS"} <= set(answer.headers["Allow"].split(", "))
    assert method in body.decode()


def test_options_say_what_an_address_takes_and_head_leaves_out_the_body(server):
    answer, body = request(server, "/preview/state.json", method="OPTIONS")
    assert (answer.status, answer.headers["Allow"], body) == (204, "GET, HEAD, OPTIONS", b"")
    assert request(server, "/nothing", method="OPTIONS")[0].status == 404
    head, body = request(server, "/preview/page.js", method="HEAD")
    whole = request(server, "/preview/page.js")[1]
    assert (head.status, body, int(head.headers["Content-Length"])) == (200, b"", len(whole))


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "", "[::1"])
def test_foreign_host_names_are_refused(server, host):
    assert request(server, "/preview/state.json", host=host or " ")[0].status == 403


@pytest.mark.parametrize("host", ["localhost:7780", "127.0.0.1", "[::1]:80"])
def test_loopback_host_names_are_served(server, host):
    assert request(server, "/preview/state.json", host=host)[0].status == 200


def test_a_crowd_is_turned_away_and_the_page_lives(server):
    idle = [socket.create_connection(server.address) for _ in range(2 * CROWD)]
    for connection in idle:
        connection.close()
    assert wait_for(lambda: request(server, "/")[0].status == 200)


def test_silent_connections_lock_nobody_out(pictures):
    """They give way at once: here none of them would time out."""
    with serving(pictures, head_s=10 * PATIENCE_S) as server:
        silent = [socket.create_connection(server.address) for _ in range(500)]
        for connection in silent[::2]:
            with contextlib.suppress(OSError):  # it has given way already
                connection.sendall(b"GET / HT")
        for _ in range(5):
            assert request(server, "/")[0].status == 200
        assert server.seats.taken <= CROWD
        assert server.seats.counts["gave_way"] >= 500 - CROWD
        for connection in silent:
            connection.close()


def test_a_silent_connection_is_dropped_and_one_that_asks_is_not(server, publisher, pictures):
    show(publisher, pictures)
    with (
        socket.create_connection(server.address, timeout=PATIENCE_S) as silent,
        socket.create_connection(server.address, timeout=PATIENCE_S) as watching,
    ):
        watching.sendall(b"GET /preview/wall/main.mjpeg HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert watching.recv(12) == b"HTTP/1.1 200"
        assert silent.recv(1) == b""
        publish(publisher, "wall/main", 9, codes(seed=9))
        wait_for(lambda: len(watching.recv(65536)) > 1000)


def test_port_in_use_is_one_line_and_exit_code_2():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        command = [sys.executable, "-m", "stage.panel.web", "--bind", f"127.0.0.1:{port}", "--pictures", "no-show"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith(f"the page at 127.0.0.1:{port}: cannot be used")


@pytest.mark.parametrize("bind", ["7780", "127.0.0.1", "127.0.0.1:x", "127.0.0.1:70000", ":80"])
def test_bind_that_is_not_an_address_is_refused(pictures, bind):
    with pytest.raises(ConfigError, match="expected HOST:PORT"):
        WebPanel(bind, pictures, "Stage")


def test_process_says_where_it_serves_and_ends_on_sigterm(publisher):
    command = [sys.executable, "-m", "stage.panel.web", "--bind", "127.0.0.1:0", "--pictures", str(publisher.path)]
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
