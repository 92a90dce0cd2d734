"""What strangers send to the web process: foreign names, bodies and heads that are none, floods, clients that stall."""

import http.client
import json
import random
import socket
import threading
import time
from pathlib import Path

import pytest
from running_gate import RunningGate
from running_stage import PATIENCE_S, wait_for
from web_stage import JSON, web_stage

from stage.control.keys.tablets import MOST_TABLETS
from stage.control.keys.tokens import MOST_TOKENS
from stage.panel import (
    access_log,
    api,
    arrivals,
    callers,
    connections,
    guessing,
    library_requests,
    live_socket,
    page_requests,
    pairing_codes,
    seats,
)

COMMAND = {"type": "set", "path": "/grade/exposure_stops", "value": 0.0}
FOREIGN = {"type": "set", "path": "/grade/tint", "value": 0.5}


@pytest.fixture(scope="module")
def web(tmp_path_factory):
    with web_stage(tmp_path_factory.mktemp("web")) as made:
        yield made


def raw(web, content, *, end=False):
    """What comes back for bytes, until the connection is closed or an answer is whole."""
    with socket.create_connection(web.address, timeout=PATIENCE_S) as peer:
        try:
            peer.sendall(content)
            if end:
                peer.shutdown(socket.SHUT_WR)
            found = b""
            while piece := peer.recv(65536):
                found += piece
        except ConnectionError:
            return b""
        return found


def head(method="GET", path="/api/v1/values", **fields):
    lines = {"Host": "localhost", "Connection": "close", **{name.replace("_", "-"): v for name, v in fields.items()}}
    first = f"{method} {path} HTTP/1.1"
    return "\r\n".join([first, *(f"{name}: {value}" for name, value in lines.items()), "", ""]).encode("latin-1")


def status_of(answer):
    return int(answer.split()[1]) if answer else 0


def test_the_limits_are_those_that_the_documents_promise():
    text = (Path(__file__).parents[2] / "SECURITY.md").read_text()
    rows = dict(
        line.strip("| ").split(" | ") for line in text.partition("## Limits")[2].splitlines() if line[:2] == "| "
    )
    for row, figures in {
        "web connections": (
            f"{seats.CROWD}, of which {seats.MOST_SOCKETS} WebSockets and {seats.MOST_OF_ONE_ADDRESS} from one address",
            f"{seats.HEAD_S:.0f} s for the first head, {seats.KEPT_S:.0f} s of silence",
            f"{api.BODY_WITHIN_S:.0f} s for a body; {seats.STALLED_S:.0f} s for a client that reads nothing",
        ),
        "web request": (
            f"head {connections.MOST_HEAD_BYTES // 1024} KiB, body {callers.MOST_BODY_BYTES // 1024} KiB",
            f"in {connections._MOST_FRAGMENTS} fragments; {callers.MOST_OF_ONE} waiting",
            f"{callers.MOST_IN_ALL} in all, {live_socket._AT_ONCE} of one WebSocket; {callers.ANSWER_S:.0f} s for an answer",
            f"({callers.LONG_ANSWER_S:.0f} s where",
        ),
        "pictures over HTTP": (
            f"{page_requests._MOST_WAITING} waited for, {page_requests._AT_ONCE} made at once",
            f"{page_requests.MOST_STREAMS} live ones",
        ),
        "bearer tokens": (f"{MOST_TOKENS}",),
        "pairing": (
            f"{pairing_codes.DIGITS} digits, {pairing_codes.LASTS_S:.0f} s",
            f"{guessing.TRIES_A_MINUTE} tries a minute of an address, {pairing_codes.TRIES_IN_ALL} in all",
            f"{MOST_TABLETS} tablets",
        ),
        "PIN of a tablet": (f"{guessing.TRIES_A_MINUTE} tries a minute, {guessing.MOST_WRONG} in all",),
        "files from tablets": (
            f"{arrivals.MOST_BYTES >> 20} MiB, {library_requests.MOST_AT_ONCE} at once, {library_requests.WITHIN_S:.0f} s",
            f"{seats.BODY_S:.0f} s in which nothing comes; {arrivals.LEFT_FREE_BYTES // 1_000_000} MB stay free",
        ),
        "log of who came in": (
            f"{access_log.MOST_BYTES >> 10} KiB; {access_log._MOST_A_WHILE} refusals",
            f"in {access_log._A_WHILE_S:.0f} s",
        ),
    }.items():
        assert all(figure in rows[row] for figure in figures), (row, figures)


@pytest.mark.parametrize("path", ["/", "/preview/state.json", "/api/v1/values", "/api/v1/command", "/metrics"])
@pytest.mark.parametrize(
    "host", ["evil@127.0.0.1", "evil.example", "127.0.0.1.evil.example", "localhost.evil.example:80", "0", "[::1", ""]
)
def test_foreign_hosts_are_refused_everywhere(web, path, host):
    answer = raw(web, head(path=path, Host=host))
    assert status_of(answer) == 403
    assert b"no name of this machine" in answer


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "null",
        "https://localhost.evil.example",
        "https://127.0.0.1:{port}",
        "http://localhost:1",
        "file://",
        "",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_foreign_origins_are_refused_by_every_method(web, method, origin):
    path = "/api/v1/command" if method == "POST" else "/api/v1/values"
    body = json.dumps(FOREIGN) if method == "POST" else None
    status, headers, error = web.ask(method, path, body, {**JSON, "Origin": origin.format(port=web.address[1])})
    assert (status, error["reason"]) == (403, "foreign_origin")
    assert "Access-Control-Allow-Origin" not in headers
    assert web.get("/api/v1/values/grade/tint")["value"] == 0.0


def test_of_two_origins_each_must_be_ours(web):
    own = f"http://127.0.0.1:{web.address[1]}"
    asked = head(path="/api/v1/values", Host=own.removeprefix("http://"), Origin=own)
    assert status_of(raw(web, asked)) == 200
    assert status_of(raw(web, asked.replace(b"\r\n\r\n", b"\r\nOrigin: http://evil.example\r\n\r\n"))) == 403


def test_the_pages_own_origin_is_served(web):
    own = f"http://127.0.0.1:{web.address[1]}"
    assert web.ask("POST", "/api/v1/command", json.dumps(COMMAND), {**JSON, "Origin": own})[0] == 200


@pytest.mark.parametrize(
    "found", ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/jsonp", "json"]
)
def test_a_body_that_a_form_could_send_is_refused(web, found):
    status, _, error = web.ask("POST", "/api/v1/command", json.dumps(FOREIGN), {"Content-Type": found})
    assert (status, error["reason"]) == (415, "not_json_content")
    assert web.get("/api/v1/values/grade/tint")["value"] == 0.0


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'"set"',
        b"null",
        b"\xff\xfe{}",
        b'{"type": "set", "path": "/a", "value": NaN}',
        b'{"type": "set", "path": "/grade/exposure_stops", "value": 1e999}',
        b'{"type": "set", "path": "\\ud800", "value": 1}',
        b'{"type": "set", "path": "' + b"/a" * 4000 + b'", "value": 1}',
        b'{"type": "batch", "items": ' + b"[" * 30000 + b"]" * 30000 + b"}",
        b'{"a":' * 10000 + b"1" + b"}" * 10000,
        b'{"type": {"$ref": "x"}, "id": []}',
        b'{"type": "get", "path": "/a", "id": ' + b"9" * 4000 + b"}",
    ],
    ids=range(14),
)
def test_bodies_that_are_no_requests_are_refused_with_words(web, body):
    status, _, error = web.ask("POST", "/api/v1/command", body, JSON)
    assert status in (400, 404, 422), error
    assert error["type"] == "error"
    assert error["detail"]
    assert len(json.dumps(error)) < 2000


def test_a_body_that_is_too_long_is_refused_before_it_is_read(web):
    status, _, error = web.ask("POST", "/api/v1/command", b"{" + b" " * 70_000, JSON)
    assert (status, error["reason"]) == (413, "body_too_long")
    for length in ("99999999999999999999", "70000"):
        assert (
            status_of(raw(web, head("POST", "/api/v1/command", Content_Type="application/json", Content_Length=length)))
            == 413
        )
    chunked = head("POST", "/api/v1/command", Content_Type="application/json", Transfer_Encoding="chunked")
    assert status_of(raw(web, chunked + b"4000\r\n%b\r\n" % (b" " * 0x4000) * 5)) == 413


def test_a_body_that_does_not_come_is_not_waited_for(web, monkeypatch):
    monkeypatch.setattr(api, "BODY_WITHIN_S", 0.2)
    answer = raw(web, head("POST", "/api/v1/command", Content_Type="application/json", Content_Length="10") + b"{")
    assert status_of(answer) == 408


@pytest.mark.parametrize(
    "content",
    [
        b"\x00" * 100,
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET / HTTP/9\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nX: a\nb: c\x00\r\n\r\n",
        b"GET /" + b"a" * 70_000,
        b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 70_000,
        b"GET http://localhost/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        b"CONNECT evil.example:443 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    ],
    ids=range(11),
)
def test_heads_that_are_none_are_refused_with_an_error(web, content):
    answer = raw(web, content, end=True)
    assert status_of(answer) in (400, 405)
    assert b'"type":"error"' in answer or b"expected a path that begins with /" in answer
    assert web.get("/api/v1/values")["values"]


def test_random_and_mutated_bytes_leave_it_serving(web):
    chosen = random.Random(7)
    good = head("POST", "/api/v1/command", Content_Type="application/json", Content_Length="70") + b" " * 70
    upgrade = head(
        path="/api/v1/ws", Upgrade="websocket", Sec_WebSocket_Version="13", Sec_WebSocket_Key="x" * 22 + "=="
    )
    for number in range(150):
        content = bytearray(chosen.choice((good, upgrade, chosen.randbytes(300))))
        for _ in range(chosen.randrange(8)):
            content[chosen.randrange(len(content))] = chosen.randrange(256)
        with socket.create_connection(web.address, timeout=PATIENCE_S) as peer:
            peer.sendall(content)
            if number % 3 == 0:
                peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
    assert web.get("/api/v1/values")["values"]
    wait_for(lambda: web.panel.seats.taken <= 1)


def test_a_client_that_reads_nothing_is_cut_off(web, monkeypatch):
    monkeypatch.setattr("stage.panel.connections.STALLED_S", 0.3)
    with socket.socket() as peer:
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        peer.connect(web.address)
        peer.settimeout(0.05)
        request = head(path="/api/v1/describe", Connection="keep-alive") * 50
        deadline = time.monotonic() + PATIENCE_S
        while not web.panel.seats.counts["stalled"]:
            assert time.monotonic() < deadline
            try:
                peer.send(request)
            except TimeoutError:
                continue
            except ConnectionError:
                break
    wait_for(lambda: web.panel.seats.counts["stalled"] == 1)
    assert web.get("/api/v1/values")["values"]


def test_requests_that_nobody_answers_are_few_and_end(tmp_path, monkeypatch):
    """The stage hangs: what waits is bounded, and each is told."""
    monkeypatch.setattr(callers, "ANSWER_S", 0.4)
    with web_stage(tmp_path, steps=False) as web:
        answers = []

        def ask():
            answers.append(web.command(**COMMAND))

        crowd = [threading.Thread(target=ask) for _ in range(callers.MOST_OF_ONE + 10)]
        for one in crowd:
            one.start()
        for one in crowd:
            one.join()
        codes = {error["code"] for _, error in answers}
        assert codes <= {"no_answer", "busy"}
        assert sum(error["code"] == "no_answer" for _, error in answers) <= callers.MOST_OF_ONE + 10
        assert {status for status, error in answers if error["code"] == "no_answer"} == {504}


def test_a_command_is_answered_across_a_restart_of_the_gate(tmp_path):
    with web_stage(tmp_path) as web:
        server = web.stage.server
        server._gate._own = False  # the folder stays, as for a process that was killed
        server._gate.close()
        answers = []
        asking = threading.Thread(target=lambda: answers.append(web.command(**COMMAND)))
        asking.start()
        server._gate = RunningGate(server._open_ports, runtime=server.runtime)
        server._gate._own = True
        asking.join()
        assert answers[0][0] == 200, answers
        assert web.get("/api/v1/status")["frame"] > 0


def test_one_hundred_commands_a_second_beside_a_crowd_of_silent_connections(web):
    silent = [socket.create_connection(web.address) for _ in range(seats.CROWD)]
    connection = http.client.HTTPConnection(*web.address, timeout=PATIENCE_S)
    begun = time.monotonic()
    for number in range(100):
        connection.request("POST", "/api/v1/command", json.dumps({**COMMAND, "value": number / 100}), JSON)
        answer = connection.getresponse()
        assert (answer.status, json.loads(answer.read())["value"]) == (200, number / 100)
    assert time.monotonic() - begun < 3.0
    connection.close()
    for one in silent:
        one.close()
