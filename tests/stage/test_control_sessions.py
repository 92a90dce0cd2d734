"""Sessions over real sockets: a request that is sent again is carried out once, and nothing old is carried out at all."""

from __future__ import annotations

import threading
from contextlib import contextmanager

import msgpack
import pytest
import zmq
from running_gate import SECRET
from small_stage import SmallStage, ask, connected, step_until, three_free_ports

from stage.control.client import Client, ControlError
from stage.control.server import MOST_SESSIONS, SessionOwners
from stage.gate.local import panel_endpoint

TINT, OFFSET = "/grade/tint", "/tracker/freed-a/offset/pan_deg"
SESSION = "the-session-of-one-client"


def test_a_request_that_is_sent_again_over_new_connections_is_carried_out_once(tmp_path):
    stage, answers = SmallStage(tmp_path), []
    with Client(stage.server.endpoint, timeout_s=0.1, retry_s=20.0) as client:
        asking = threading.Thread(target=lambda: answers.append(client.heading("freed-a", by_deg=10.0)))
        asking.start()
        asking.join(0.35)  # the stage does not step: the request goes out a few times
        assert asking.is_alive()
        with stage.running():
            asking.join(10.0)
    (answer,) = answers
    assert answer.value == 10.0
    assert stage.values[OFFSET] == 10.0
    assert stage.show.state.controls.sequence == answer.seq == 1


def test_an_answer_goes_to_the_connection_that_asked_last(tmp_path):
    stage = SmallStage(tmp_path)
    turn = {"type": "nudge", "id": "turn", "session": SESSION, "tracker": "freed-a", "by_deg": 10.0}
    with connected(stage) as first, connected(stage) as second:
        one, two = ask(stage, first, **turn), ask(stage, second, **turn)
        assert (two["value"], two["frame"], two["seq"]) == (one["value"], one["frame"], one["seq"])
        assert not first.poll(0)
    assert stage.values[OFFSET] == 10.0
    stage.server.close()


def test_a_client_that_comes_back_brings_no_old_values_with_it(tmp_path):
    endpoint = f"tcp://127.0.0.1:{three_free_ports()}"
    with Client(endpoint, timeout_s=0.2) as client:
        with SmallStage(tmp_path, endpoint).running():
            client.set(TINT, 0.25)
        for value in (0.5, 0.75):
            with pytest.raises(ControlError, match="no_answer"):
                client.set(TINT, value)
        with SmallStage(tmp_path, endpoint).running() as second:
            client.timeout_s = 3.0
            client._line.renew()
            assert client.get(TINT) == 0.0
            assert second.show.state.controls.sequence == 0


def test_two_clients_that_retry_share_a_lease_and_an_undo_through_one_session(tmp_path):
    with SmallStage(tmp_path).running() as stage, Client(stage.server.endpoint, session=SESSION, name="Anna") as tablet:
        tablet.lease(TINT)
        with Client(stage.server.endpoint, session=SESSION) as again:
            again.set(TINT, 0.5)
            (held,) = again.status()["leases"]
            assert (held["path"], held["who"]) == (TINT, "Anna")
            assert 0.0 < held["left_s"] <= 1.5
        with Client(stage.server.endpoint) as other, pytest.raises(ControlError, match="moving this: Anna") as busy:
            other.set(TINT, 0.1)
        assert busy.value.code == "busy"
        assert tablet.undo().before == {TINT: 0.5}
        tablet.lease(TINT, action="drop")
        assert tablet.status()["leases"] == []


def test_the_status_says_where_values_fade_to_and_in_what_time(tmp_path):
    with SmallStage(tmp_path).running() as stage, Client(stage.server.endpoint) as client:
        client.set(TINT, 0.5, fade_s=30.0)
        (fade,) = client.status()["fades"]
        assert (fade["path"], fade["target"]) == (TINT, 0.5)
        assert 0.0 < fade["left_s"] <= 30.0
        client.set(TINT, 0.25)
        assert client.status()["fades"] == []


@contextmanager
def panel_of(stage):
    """Asks the stage in the name of an owner, as the panel does."""
    with zmq.Context() as context, context.socket(zmq.DEALER) as panel:
        panel.setsockopt(zmq.LINGER, 0)
        panel.connect(panel_endpoint(stage.server.runtime))

        def asks(owner, **request):
            header = {"secret": SECRET, "route": owner, "owner": owner, "person": owner, "role": "operator"}
            body = {"id": "1", "session": SESSION, **request}
            panel.send_multipart([msgpack.packb(header), msgpack.packb(body)])
            return msgpack.unpackb(step_until(stage, lambda: panel.poll(0) and panel.recv_multipart())[-1])

        yield asks


GET = {"type": "get", "path": TINT}
SET = {"type": "set", "path": TINT, "value": 0.5}


@pytest.mark.parametrize(("first", "then"), [(SET, GET), (GET, SET), (GET, GET), (SET, SET)])
def test_a_session_that_another_used_first_is_forbidden_for_requests_of_every_kind_and_that_is_logged(
    tmp_path, first, then
):
    stage = SmallStage(tmp_path)
    with panel_of(stage) as asks:
        assert asks("key:anna", **first)["type"] == "ok"
        value = stage.values[TINT]
        stolen = asks("key:ben", **then | {"id": "2"})
        assert (stolen["code"], stolen["reason"], stolen["values"]) == ("forbidden", "session_of_another", {})
        assert SESSION not in stolen["detail"]
        assert stage.values[TINT] == value
        (logged,) = stage.server.refused_calls()
        assert (logged.owner, logged.request, logged.refusal.reason) == ("key:ben", then["type"], "session_of_another")
        assert asks("key:anna", **then | {"id": "3"})["type"] == "ok"
    stage.server.close()


def test_a_load_belongs_to_the_session_that_asked_for_it_and_can_be_undone(tmp_path):
    (tmp_path / "mine.json").write_text('{"values": {"/grade/tint": 0.5}}')
    with SmallStage(tmp_path).running() as stage, Client(stage.server.endpoint, session=SESSION) as client:
        assert client.load("mine").frame > 0
        assert client.get(TINT) == 0.5
        assert client.undo().before == {TINT: 0.5}
        assert client.get(TINT) == 0.0
        client.take_start("one")
        with pytest.raises(ControlError, match="recording: nothing is loaded during the take 'one'"):
            client.load("mine")
        client.load("mine", force=True)
        assert client.get(TINT) == 0.5


def test_the_owners_of_sessions_that_only_ask_are_bounded():
    owners = SessionOwners()
    for number in range(MOST_SESSIONS + 10):
        assert owners.belongs(f"session {number}", "key:anna")
    assert not owners.belongs(f"session {MOST_SESSIONS}", "key:ben")
    assert owners.belongs("session 0", "key:ben"), "it was forgotten"
