"""The WebSocket: a snapshot first, then what changes, commands beside it, and clients that misbehave."""

import socket
import struct
import time
from contextlib import contextmanager

import pytest
from running_stage import PATIENCE_S, wait_for
from web_peer import opened
from web_stage import web_stage
from websockets.exceptions import ConnectionClosed, InvalidStatus

from stage.control.client import Client
from stage.panel import seats, sockets
from stage.panel.presence import REVOKED

EXPOSURE, WS = "/grade/exposure_stops", "/api/v1/ws"


@pytest.fixture(scope="module")
def web(tmp_path_factory):
    with web_stage(tmp_path_factory.mktemp("web")) as made:
        yield made


def test_everything_comes_first_and_then_what_changes(web):
    with opened(web) as peer, Client(web.stage.server.endpoint) as client:
        client.set(EXPOSURE, -2.0)
        peer.send(type="subscribe", id="s", streams=["state"])
        ok, snapshot = peer.receive(), peer.receive()
        assert (ok["type"], ok["id"], ok["streams"]) == ("ok", "s", ["state"])
        assert snapshot["type"] == "snapshot"
        assert snapshot["values"].keys() == client.snapshot()["values"].keys()
        client.set(EXPOSURE, -1.0)
        update = peer.until(lambda one: one["values"].get(EXPOSURE) == -1.0)
        assert update["type"] == "state"
        assert update["epoch"] == snapshot["epoch"]
        assert update["seq"] > snapshot["seq"]


def test_the_status_comes_to_those_who_want_it_until_they_do_not(web):
    with opened(web) as peer:
        peer.send(type="subscribe", id=1, streams=["telemetry"])
        assert peer.receive()["streams"] == ["telemetry"]
        first = peer.receive()
        assert (first["type"], first["status"]["trackers"]["freed-a"]["state"]) == ("telemetry", "lost")
        assert peer.receive()["frame"] > first["frame"]
        peer.send(type="unsubscribe", id=2, streams=["telemetry"])
        peer.until(lambda one: one.get("id") == 2)
        peer.send(type="hello", id=3)
        assert peer.until(lambda one: one["type"] != "telemetry")["id"] == 3


def test_commands_are_answered_in_their_order_under_their_ids(web):
    with opened(web) as peer:
        for number in range(100):
            peer.send(type="set", id=number, path=EXPOSURE, value=number / 100)
        answers = [peer.receive() for _ in range(100)]
        assert [(one["type"], one["id"], one["value"]) for one in answers] == [("ok", n, n / 100) for n in range(100)]
    assert web.get(f"/api/v1/values{EXPOSURE}")["value"] == 0.99


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "not_json"),
        ("[1]", "not_json"),
        ('{"a":' * 5000, "not_json"),
        (b"\x00\x01", "not_text_message"),
        ('{"type": "subscribe", "streams": ["all"]}', "not_a_stream"),
        ('{"type": "subscribe", "streams": {"state": 1}}', "not_a_stream"),
        ('{"type": "subscribe", "streams": [["state"]]}', "not_a_stream"),
        ('{"type": "set"}', "not_a_request"),
    ],
)
def test_what_is_no_request_is_answered_and_the_socket_lives(web, text, reason):
    with opened(web) as peer:
        peer.connection.send(text)
        error = peer.receive()
        assert (error["type"], error["reason"]) == ("error", reason)
        peer.send(type="hello", id=1)
        assert peer.receive()["type"] == "ok"


@pytest.mark.parametrize("headers", [{"Origin": "http://evil.example"}, {"Origin": "null"}, {"Authorization": "x"}])
def test_foreign_pages_and_unknown_tokens_get_no_socket(web, headers):
    with pytest.raises(InvalidStatus) as refused, opened(web, additional_headers=headers):
        pass
    assert refused.value.response.status_code == (401 if "Authorization" in headers else 403)


def test_a_foreign_host_gets_no_socket(web):
    key = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "
    with socket.create_connection(web.address, timeout=PATIENCE_S) as peer:
        peer.sendall(f"GET /api/v1/ws HTTP/1.1\r\nHost: evil.example\r\n{key}{'A' * 22}==\r\n\r\n".encode())
        assert peer.recv(12) == b"HTTP/1.1 403"


def test_a_plain_request_is_told_that_this_is_a_socket(web):
    status, headers, error = web.ask("GET", "/api/v1/ws")
    assert (status, headers["Upgrade"], error["reason"]) == (426, "websocket", "not_a_socket")


def test_a_token_gives_its_role_and_closes_its_sockets_when_it_is_revoked(web, monkeypatch):
    monkeypatch.setattr(sockets, "_CHECKED_EVERY_S", 0.05)
    with opened(web, additional_headers=web.bearer("phone", "viewer")) as peer:
        peer.send(type="set", id=1, path=EXPOSURE, value=0.0)
        assert peer.receive()["code"] == "forbidden"
        web.tokens.revoke("phone")
        with pytest.raises(ConnectionClosed) as closed:
            peer.receive()
        assert closed.value.rcvd.code == REVOKED


def test_what_is_asked_with_a_revoked_token_is_refused_under_its_id_and_logged(web, monkeypatch):
    monkeypatch.setattr(sockets, "_CHECKED_EVERY_S", 60.0)  # the request is there before anybody looks
    with opened(web, additional_headers=web.bearer("lost-desk", "director")) as peer:
        peer.send(type="hello", id=1)
        assert peer.receive()["role"] == "director"
        web.get("/api/v1/me")  # when this is answered, the look at the token after the first answer is over
        web.tokens.revoke("lost-desk")
        peer.send(type="set", id=2, path=EXPOSURE, value=0.0)
        refused = peer.receive()
        assert (refused["code"], refused["reason"], refused["id"]) == ("forbidden", "token_revoked", 2)
    line = web.panel._crew.log.lately()[0]
    assert (line.code, line.values) == ("token_revoked", {"person": "lost-desk", "path": WS, "name": "lost-desk"})


def test_sockets_are_few_and_one_that_is_left_makes_room(web, monkeypatch):
    monkeypatch.setattr(sockets, "MOST_SOCKETS", 2)
    with opened(web), opened(web):
        with pytest.raises(InvalidStatus) as refused, opened(web):
            pass
        assert refused.value.response.status_code == 503
    wait_for(lambda: web.panel._sockets.open == 0)
    with opened(web) as peer:
        peer.send(type="hello", id=1)
        assert peer.receive()["type"] == "ok"


def test_a_message_that_is_too_long_closes_the_socket(web):
    with opened(web) as peer:
        peer.connection.send(" " * 70_000)
        with pytest.raises(ConnectionClosed):
            peer.receive()


@contextmanager
def raw_socket(web, receive_bytes=4096):
    """A WebSocket whose frames are made by hand."""
    with socket.socket() as peer:
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
        peer.connect(web.address)
        peer.settimeout(PATIENCE_S)
        key = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "
        peer.sendall(f"GET /api/v1/ws HTTP/1.1\r\nHost: localhost\r\n{key}{'A' * 22}==\r\n\r\n".encode())
        assert peer.recv(12) == b"HTTP/1.1 101"
        yield peer


def frame(opcode, payload=b"", *, end=True):
    size = bytes([0x80 | len(payload)]) if len(payload) < 126 else b"\xfe" + struct.pack("!H", len(payload))
    return bytes([opcode | (0x80 if end else 0)]) + size + b"\0\0\0\0" + payload


def ends(peer):
    """Whether the other side closes the connection."""
    try:
        while peer.recv(65536):
            continue
    except ConnectionError:
        return True
    return True


@pytest.mark.parametrize("payload", [frame(1, end=False) + frame(0, end=False) * 200, frame(0, b"x") * 200])
def test_fragments_without_end_or_beginning_close_the_socket_and_are_counted(web, payload):
    counted = web.panel.seats.counts["not_websocket"]
    with raw_socket(web) as peer:
        peer.sendall(payload)
        assert ends(peer)
    assert web.panel.seats.counts["not_websocket"] == counted + 1


@pytest.mark.parametrize("payload", [frame(9, b"x" * 100) * 500, frame(1, b'{"type": "snapshot", "id": 1}') * 200])
def test_one_that_only_sends_is_cut_off(web, monkeypatch, payload):
    """PINGs or requests whose answers nobody reads: what is kept for it is bounded, and then it is closed."""
    monkeypatch.setattr("stage.panel.connections.STALLED_S", 0.3)
    stalled = web.panel.seats.counts["stalled"]
    with raw_socket(web) as peer:
        peer.settimeout(0.05)
        deadline = time.monotonic() + PATIENCE_S
        while web.panel.seats.counts["stalled"] == stalled:
            assert time.monotonic() < deadline
            try:
                peer.send(payload)
            except TimeoutError:
                continue
            except ConnectionError:
                break
        wait_for(lambda: web.panel.seats.counts["stalled"] > stalled)


def test_sockets_that_are_abandoned_leave_nothing(web):
    for _ in range(20):
        with opened(web) as peer:
            peer.send(type="subscribe")
            peer.connection.socket.shutdown(socket.SHUT_RDWR)
    wait_for(lambda: web.panel._sockets.open == 0 and not web.panel._live._subscriptions)
    assert web.panel.seats.taken < seats.CROWD
