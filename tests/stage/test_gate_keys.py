"""Clients with keys: known ones come in with their role, others are refused and named, revoked ones lose their connection."""

from __future__ import annotations

import stat
import time

import msgpack
import pytest
import zmq
from small_stage import SmallStage, connected, first_commands, send, step_until

from stage.control.gate_reports import GateReports
from stage.gate.keys import KeyFolder, client_key
from stage.gate.link import Turned
from stage.words.sentences import refusal_line

EXPOSURE = "/grade/exposure_stops"


@pytest.fixture
def small(tmp_path):
    stage = SmallStage(tmp_path)
    yield stage
    stage.server.close()


@pytest.fixture
def folder(small):
    return KeyFolder(small.server.keys)


def curve_of(key):
    return {"CURVE_SERVERKEY": key.server.encode(), "CURVE_PUBLICKEY": key.public.encode(), "CURVE_SECRETKEY": key.secret.encode()}  # fmt: skip


def asked(stage, peer, **message):
    send(peer, **message)
    return msgpack.unpackb(step_until(stage, lambda: peer.poll(0) and peer.recv()))


def refusals(stage):
    """What the show has observed of refused keys."""
    return [one.values for one in stage.server.reports() if getattr(one, "code", "") == "key_refused"]


def test_a_client_with_a_key_has_its_role_and_its_name(small, folder):
    key = folder.make("tablet-1", "director")
    with connected(small, **curve_of(key)) as peer:
        assert asked(small, peer, type="hello", id="1")["role"] == "director"
        send(peer, type="set", id="2", path=EXPOSURE, value=1.0, client="another name")
        (command,) = first_commands(small)
        assert (command.owner, command.person, command.role) == ("key:tablet-1", "tablet-1", "director")
        assert command.origin == "this machine"


def test_messages_of_every_size_go_both_ways_with_a_key(small, folder):
    with connected(small, **curve_of(folder.make("desk", "admin"))) as peer:
        items = [{"path": EXPOSURE, "value": 1.0, "fade_s": 0.0}] * 1000
        assert asked(small, peer, type="batch", id="1", items=items)["type"] == "ok"
        for number in range(200):
            assert len(asked(small, peer, type="describe", id=number, path="")["parameters"]) > 50
    with connected(small, zmq.REQ, **curve_of(folder.make("req", "admin"))) as peer:
        assert asked(small, peer, type="get", id="1", path=EXPOSURE)["value"] == 1.0


def test_a_subscriber_with_a_key_hears_its_stream_and_no_other(small, folder):
    key = folder.make("screen", "viewer")
    with (
        connected(small, zmq.SUB, "state", SUBSCRIBE=b"state", **curve_of(key)) as updates,
        connected(small, zmq.SUB, "state", SUBSCRIBE=b"other", **curve_of(key)) as other,
    ):
        for _ in range(3):
            assert step_until(small, lambda: updates.poll(0) and updates.recv_multipart())[0] == b"state"
        assert not other.poll(0)


def test_an_unknown_key_is_refused_and_reported_with_its_beginning(small, folder, tmp_path):
    folder.make("known", "viewer")
    stranger = KeyFolder(tmp_path / "elsewhere").make("stranger", "admin")
    server = folder.server()
    options = curve_of(stranger) | {"CURVE_SERVERKEY": server.public.encode()}
    with connected(small, **options) as peer:
        send(peer, type="set", id="1", path=EXPOSURE, value=1.0)
        found = step_until(small, lambda: refusals(small))[0]
    assert (found["who"], found["why"], found["origin"]) == (stranger.public[:8], "key_unknown", "this machine")
    assert small.server.told == [
        f"control: refused the key {stranger.public[:8]}..., which is unknown, from this machine"
    ]
    assert small.values[EXPOSURE] == 0.0


def test_a_revoked_key_loses_its_open_connections_at_once_and_is_named(small, folder):
    key = folder.make("lost-tablet", "operator")
    with (
        connected(small, **curve_of(key)) as peer,
        connected(small, zmq.SUB, "state", SUBSCRIBE=b"state", **curve_of(key)) as updates,
        connected(small) as good,
    ):
        assert asked(small, peer, type="hello", id="1")["role"] == "operator"
        step_until(small, lambda: updates.poll(0) and updates.recv_multipart())
        assert folder.revoke("lost-tablet")
        begun = time.monotonic()
        found = step_until(small, lambda: refusals(small))[0]
        assert time.monotonic() - begun < 2.0
        assert (found["who"], found["why"]) == ("lost-tablet", "key_revoked")
        (logged,) = small.server.refused_calls()
        assert (logged.request, logged.person, logged.origin) == ("connect", "lost-tablet", "this machine")
        assert "the key lost-tablet was revoked" in refusal_line(logged.refusal)
        send(peer, type="set", id="2", path=EXPOSURE, value=1.0)
        while updates.poll(50):
            updates.recv_multipart()
        small.step(60)
        assert asked(small, good, type="get", id="1", path=EXPOSURE)["value"] == 0.0
        assert not updates.poll(50)
    assert not folder.revoke("lost-tablet")
    assert folder.make("lost-tablet", "viewer").public != key.public


def test_refused_keys_are_logged_every_ten_seconds_of_each_kind_and_counted_meanwhile():
    now_s, logged = [100.0], []
    reports = GateReports(logged.append, lambda: now_s[0])
    for moment_s, cause in ((0.0, "unknown_key"), (1.0, "unknown_key"), (2.0, "revoked_key"), (10.0, "unknown_key")):
        now_s[0] = 100.0 + moment_s
        assert len(list(reports.observations([Turned(cause=cause, count=5, origin="192.0.2.7", who="x")]))) == 2
    assert [(one.refusal.values["why"], one.refusal.values["count"]) for one in logged] == [
        ("key_unknown", 5),
        ("key_revoked", 15),
        ("key_unknown", 20),
    ]


def test_a_client_that_expects_another_stage_is_not_let_in(small, folder, tmp_path):
    key = folder.make("tablet-2", "director")
    KeyFolder(tmp_path / "elsewhere").make("x", "viewer")
    other = KeyFolder(tmp_path / "elsewhere").server()
    with (
        connected(small, **(curve_of(key) | {"CURVE_SERVERKEY": other.public.encode()})) as peer,
        connected(small) as good,
    ):
        send(peer, type="set", id="1", path=EXPOSURE, value=1.0)
        assert asked(small, good, type="get", id="1", path=EXPOSURE)["value"] == 0.0
        assert small.values[EXPOSURE] == 0.0


def test_an_unfinished_message_under_a_key_costs_only_its_own_connection(small, folder):
    key = folder.make("hostile", "operator")
    with connected(small, SNDHWM=0, **curve_of(key)) as hostile, connected(small) as good:
        for _ in range(400):
            hostile.send(bytes(20_000), zmq.SNDMORE)
        hostile.send(b"end")
        causes = step_until(small, lambda: [getattr(one, "cause", "") for one in small.server.reports()])
        assert causes == ["turned_message_too_long"]
        assert asked(small, good, type="get", id="1", path=EXPOSURE)["type"] == "ok"


def test_key_files_are_the_users_alone_from_the_start_and_the_secret_is_nowhere(folder, small):
    key = folder.make("tablet-3", "viewer")
    files = list(small.server.keys.iterdir())
    assert len(files) == 2
    for file in (small.server.keys, *files):
        assert not file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)
        assert file.is_dir() or key.secret not in file.read_text()
    with pytest.raises(FileExistsError):
        folder.make("tablet-3", "admin")
    for name in ("", "../up", "a b", "x" * 65, "-a"):
        with pytest.raises(ValueError, match="expected 1 to 64"):
            folder.make(name, "viewer")


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"name": "x"}', b"\xff" * 5000])
def test_files_that_are_no_keys_are_passed_over(folder, small, tmp_path, content):
    good = folder.make("good", "viewer")
    (small.server.keys / "bad.curve.json").write_bytes(content)
    (small.server.keys / "other.curve.json").write_bytes((small.server.keys / "good.curve.json").read_bytes())
    assert [one.name for one in folder.holders()] == ["good"]
    assert folder.holder(good.public).role == "viewer"
    (tmp_path / "client").write_bytes(content)
    with pytest.raises(ValueError, match="expected a key"):
        client_key(tmp_path / "client")
