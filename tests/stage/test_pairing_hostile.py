"""What strangers on the network try with pairing: floods, foreign pages, many connections, slow and giant messages."""

import json
import random
import socket
import threading
from contextlib import ExitStack

import pytest
from paired_tablet import PairedTablet
from running_stage import PATIENCE_S, wait_for
from web_peer import opened
from web_stage import JSON, own_address
from websockets.exceptions import ConnectionClosed, InvalidStatus

from stage.panel import access_log, seats
from stage.panel.access_log import FILE, AccessLog

EXPOSURE = "/grade/exposure_stops"


@pytest.fixture(autouse=True)
def rested(web):
    web.panel._crew.codes._tries._tries.clear()
    web.panel._crew.log._times.clear()


@pytest.mark.parametrize(
    "path", ["/api/v1/me", "/api/v1/pair", "/api/v1/tablets", "/pair", "/panic", "/api/v1/library"]
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_foreign_pages_and_hosts_reach_none_of_it(web, path, method):
    for headers, host in (({"Origin": "http://evil.example"}, None), ({}, "evil.example")):
        status, answered, _ = web.ask(method, path, "{}" if method == "POST" else None, {**JSON, **headers}, host=host)
        assert status == 403
        assert "Set-Cookie" not in answered
        assert "Access-Control-Allow-Origin" not in answered


@pytest.mark.parametrize("headers", [{"Origin": "http://evil.example"}, {"Origin": "null"}])
def test_a_foreign_page_gets_no_socket_with_the_tablets_own_cookie(web, headers):
    tablet = PairedTablet(web)
    with pytest.raises(InvalidStatus) as refused, opened(web, additional_headers={**tablet.headers, **headers}):
        pass
    assert refused.value.response.status_code == 403
    assert web.panel._crew.log.lately()[0].code == "foreign_origin"


def test_bodies_of_rubbish_pair_nobody_and_leave_it_serving(web, web_folder):
    chosen = random.Random(3)
    good = json.dumps({"code": "12345678", "name": "x"}).encode()
    for _ in range(60):
        content = bytearray(good)
        for _ in range(chosen.randrange(1, 6)):
            content[chosen.randrange(len(content))] = chosen.randrange(256)
        status, _, error = web.ask("POST", "/api/v1/pair", bytes(content), JSON)
        assert status in (400, 403, 429), error
    for content in (b"[" * 30_000, b"\xff" * 100, b'{"code": "' + b"9" * 60_000 + b'"}', b"null", b'"x"'):
        assert web.ask("POST", "/api/v1/pair", content, JSON)[0] == 400
    assert web.ask("POST", "/api/v1/pair", b" " * 70_000, JSON)[0] == 413
    assert not [one for one in web.get("/api/v1/tablets")["tablets"] if one["name"] == "x"]


def test_guesses_from_many_threads_at_once_are_counted_and_void_the_code(web):
    right = web.post("/api/v1/pair/code", role="director")[1]["code"]
    found = []

    def guess(number):
        wrong = f"{(int(right) + 1 + number) % 10**8:08}"
        found.append(web.post("/api/v1/pair", code=wrong)[0])

    crowd = [threading.Thread(target=guess, args=(number,)) for number in range(30)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    assert sorted(found) == [403] * 5 + [429] * 25
    web.panel._crew.codes._tries._tries.clear()
    assert web.post("/api/v1/pair", code=right)[0] == 200


def test_a_tablet_is_served_beside_five_hundred_connections(web):
    tablet = PairedTablet(web, address=own_address() or "127.0.0.1")
    with tablet.opened() as peer, ExitStack() as stack:
        for _ in range(500):
            one = stack.enter_context(socket.socket())
            one.setblocking(False)
            one.connect_ex(web.address)
        wait_for(lambda: web.panel.seats.counts["gave_way"] > 100)
        peer.send(type="set", id=1, path=EXPOSURE, value=-1.0)
        assert peer.receive()["value"] == -1.0
        assert tablet.command(type="set", path=EXPOSURE, value=-2.0)[0] == 200
        assert web.panel.seats.taken <= seats.CROWD
    wait_for(lambda: web.panel.seats.taken <= 2)


def test_a_giant_message_of_a_tablet_ends_its_socket_alone(web):
    tablet, other = PairedTablet(web), PairedTablet(web)
    with tablet.opened() as peer, other.opened() as beside:
        peer.connection.send("x" * 200_000)
        with pytest.raises(ConnectionClosed):
            peer.receive()
        beside.send(type="hello", id=1)
        assert beside.receive()["role"] == "director"


def test_half_open_requests_to_pair_are_cut_off(web, monkeypatch):
    monkeypatch.setattr("stage.panel.api.BODY_WITHIN_S", 0.2)
    head = (
        "POST /api/v1/pair HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 60\r\n\r\n"
    )
    with socket.create_connection(web.address, timeout=PATIENCE_S) as peer:
        peer.sendall(head.encode() + b'{"code"')
        assert peer.recv(4096).startswith(b"HTTP/1.1 408")


@pytest.mark.parametrize(
    "cookies", ["; ".join(f"a{n}=b" for n in range(900)), "openstage-{port}=a; openstage-{port}=b"]
)
def test_cookies_by_the_hundred_are_read_in_a_moment(web, cookies):
    status, _, found = web.ask("GET", "/api/v1/me", headers={"Cookie": cookies.format(port=web.address[1])})
    assert (status, found["paired"]) == (200, False)


@pytest.mark.parametrize(
    "name", ["<img src=x onerror=alert(1)>", '"};alert(1)//', "שלום\u202e", "\x00\x1b[2J\r\n", "a" * 9999]
)
def test_names_are_text_in_every_answer_and_one_line_in_the_log(web, web_folder, name):
    tablet = PairedTablet(web, "operator", name)
    status, headers, _ = web.ask("GET", "/api/v1/tablets", headers=tablet.headers)
    assert (status, headers["Content-Type"]) == (200, "application/json")
    lines = (web_folder / "keys" / FILE).read_text().splitlines()
    assert all(json.loads(line) for line in lines)
    shown = tablet.get("/api/v1/me")[1]["person"]
    assert shown.isprintable()
    assert 0 < len(shown) <= 64
    web.post("/api/v1/tablets", id=tablet.id, revoke=True)


def test_a_flood_of_refusals_is_written_in_part_and_counted(tmp_path):
    now = [0.0]
    log = AccessLog(tmp_path, lambda: now[0])
    for number in range(1000):
        log.refusal("foreign_host", f"192.0.2.{number % 2}", found="x" * 1000)
    log.note("code_made", "this machine", role="viewer", person="")
    lines = [json.loads(line) for line in (tmp_path / FILE).read_text().splitlines()]
    assert len(lines) == 2 * access_log._MOST_A_WHILE + 1
    assert lines[-1]["more"] == 1000 - 2 * access_log._MOST_A_WHILE
    assert max(map(len, (str(one["values"]) for one in lines))) < 300
    now[0] += 20.0
    log.refusal("foreign_host", "192.0.2.0")
    assert len((tmp_path / FILE).read_text().splitlines()) == len(lines) + 1


def test_the_log_keeps_two_files_of_bounded_size(tmp_path, monkeypatch):
    monkeypatch.setattr(access_log, "MOST_BYTES", 2000)
    log = AccessLog(tmp_path)
    for number in range(100):
        log.note("code_made", f"192.0.2.{number}", role="viewer", person="")
    assert {f"{FILE}.1"} <= {path.name for path in tmp_path.iterdir()} <= {FILE, f"{FILE}.1"}
    assert all(path.stat().st_size < 2300 for path in tmp_path.iterdir())
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in tmp_path.iterdir())
    assert len(log.lately()) == access_log.MOST_LATELY


def test_a_log_that_cannot_be_written_stops_nobody(tmp_path):
    (tmp_path / "file").write_text("")
    log = AccessLog(tmp_path / "file")
    log.note("code_made", "this machine", role="viewer", person="")
    assert log.lately()[0].code == "code_made"
