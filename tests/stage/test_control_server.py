"""The control edge over real sockets: answers name their frame, hostile clients cost bounded time."""

from __future__ import annotations

import time
from itertools import pairwise

import msgpack
import pytest
import zmq
from small_stage import SmallStage, ask, connected, reply, send, step_until

from stage.words.sentences import sentence
from tests.fold.small_show import TREE

EXPOSURE = "/grade/exposure_stops"


@pytest.fixture
def small(tmp_path):
    stage = SmallStage(tmp_path)
    yield stage
    stage.server.close()


def test_an_acknowledgement_names_the_frame_in_which_it_took_effect(small):
    with connected(small) as peer:
        send(peer, type="set", id="1", path=EXPOSURE, value=2)
        step_until(small, lambda: small.values[EXPOSURE] == 2.0)
        took_effect = small.frame
        small.step(10)
        assert reply(small, peer) == {
            "type": "ok", "id": "1", "frame": took_effect, "epoch": 7, "seq": 1,
            "path": EXPOSURE, "value": 2.0, "detail": "",
        }  # fmt: skip


def test_a_req_socket_gets_its_delimiter_back(small):
    with connected(small, zmq.REQ) as peer:
        assert ask(small, peer, type="set", id="1", path=EXPOSURE, value=1.0)["value"] == 1.0
        assert ask(small, peer, type="get", id="2", path=EXPOSURE)["value"] == 1.0


def test_hello_has_api_epoch_stage_role_and_ports(small):
    with connected(small) as peer:
        hello = ask(small, peer, type="hello", id="1")
        assert (hello["api"], hello["epoch"], hello["stage"], hello["role"]) == ("1.0", 7, "Small stage", "admin")
        assert hello["ports"] == small.server.ports
        assert len(set(hello["ports"].values())) == 3


@pytest.mark.parametrize(
    ("message", "code", "reason", "value"),
    [
        ({"type": "set", "path": "/nothing", "value": 1.0}, "unknown_path", "no_parameter", ("path", "/nothing")),
        ({"type": "get", "path": "/grade/tnt"}, "unknown_path", "no_parameter_near", ("nearest", "/grade/tint")),
        ({"type": "describe", "path": "/nothing"}, "unknown_path", "no_parameter", ("path", "/nothing")),
        ({"type": "set", "path": EXPOSURE, "value": "bright"}, "wrong_type", "not_a_number", ("found", "'bright'")),
        ({"type": "set", "path": EXPOSURE, "value": [1.0]}, "wrong_type", "not_a_value", None),
        ({"type": "set", "path": EXPOSURE, "value": 99.0}, "out_of_range", "number_out_of_range", ("maximum", 12.0)),
        ({"type": "set", "path": EXPOSURE, "value": float("nan")}, "out_of_range", "number_out_of_range", None),
        ({"type": "load", "name": "nothing"}, "unknown_path", "nothing_saved", ("name", "nothing")),
        ({"type": "nudge", "tracker": "other"}, "unknown_path", "no_tracker", ("trackers", "freed-a")),
        ({"type": "take", "action": "stop"}, "conflict", "no_take_is_recording", None),
        ({"type": "dance"}, "bad_message", "not_a_request", None),
    ],
)
def test_a_refusal_has_a_code_a_sentence_and_its_reason_with_values(small, message, code, reason, value):
    with connected(small) as peer:
        refused = ask(small, peer, id="1", **message)
        assert (refused["type"], refused["id"], refused["code"], refused["reason"]) == ("error", "1", code, reason)
        assert refused["detail"] == sentence(reason, refused["values"])
        assert value is None or refused["values"][value[0]] == value[1]


def test_a_command_sent_again_gets_its_first_answer(small):
    with connected(small) as peer:
        first = ask(small, peer, type="set", id="1", path=EXPOSURE, value=1.0)
        ask(small, peer, type="set", id="2", path=EXPOSURE, value=2.0)
        assert ask(small, peer, type="set", id="1", path=EXPOSURE, value=1.0) == first
        assert small.values[EXPOSURE] == 2.0


def test_every_one_of_a_thousand_commands_in_flight_is_answered_once(small):
    with connected(small, SNDHWM=0, RCVHWM=50) as peer:
        for number in range(1000):
            send(peer, type="set", id=number, path=EXPOSURE, value=(number % 10) / 10)
        answered = [reply(small, peer) for _ in range(1000)]
        assert sorted(one["id"] for one in answered) == list(range(1000))
        assert {one["type"] for one in answered} == {"ok"}
        assert small.server.counts == {}


def test_commands_beyond_the_bound_are_busy_and_the_others_are_carried_out(small):
    with connected(small, SNDHWM=0) as peer:
        for number in range(4000):
            send(peer, type="set", id=number, path=EXPOSURE, value=0.5)
        answered = [reply_without_steps(small, peer) for _ in range(2500)]
        answered += [reply(small, peer) for _ in range(1500)]
    assert sorted(one["id"] for one in answered) == list(range(4000))
    refused = [one for one in answered if one["type"] == "error"]
    assert {(one["code"], one["reason"]) for one in refused} == {("busy", "commands_waiting")}
    assert 1000 < len(refused) < 4000


def test_what_was_read_ahead_is_carried_out_in_its_order_and_refused_only_once_its_frame_is_kept(small):
    with connected(small) as peer:
        ask(small, peer, type="hello", id="first")
        send(peer, type="nonsense", id="refused")
        for number in range(100):
            send(peer, type="set", id=number, path=EXPOSURE, value=number / 100)
        carried_out = []
        while len(carried_out) < 100:
            for _ in range(3):
                time.sleep(0.01)
                small.server.read_ahead()
            assert carried_out or not peer.poll(20)
            commands = small.server.drain(1024)
            assert carried_out or not peer.poll(20)
            small.server.publish(small.carried_out(commands), small)
            carried_out += [command.request.id for command in commands]
        answered = [reply(small, peer) for _ in range(101)]
    assert carried_out == list(range(100))
    assert [one["id"] for one in answered] == ["refused", *range(100)]


def reply_without_steps(stage, peer):
    """A reply while no frame carries anything out."""
    while not peer.poll(0):
        stage.server.drain(0)
    return msgpack.unpackb(peer.recv())


def test_describe_and_status_speak_plain_msgpack(small):
    with connected(small) as peer:
        declared = ask(small, peer, type="describe", id="1", path="")["parameters"]
        assert [one["path"] for one in declared] == [one.path for one in TREE]
        tracker = ask(small, peer, type="status", id="2")["status"]["trackers"]["freed-a"]
        assert (tracker["state"], tracker["rejected"]["checksum"]) == ("lost", 2)


def test_health_is_a_list_of_sentences_with_the_codes_beside_it(small):
    with connected(small) as peer:
        status = ask(small, peer, type="status", id="1")["status"]
        codes = [finding["code"] for finding in status["health_codes"]]
        assert len(status["health"]) == len(codes)
        finding = status["health_codes"][codes.index("tracker_lost")]
        assert status["health"][codes.index("tracker_lost")] == "tracker freed-a is lost: its last pose is held"
        assert finding == {
            "code": "tracker_lost", "severity": "alarm", "values": {"tracker": "freed-a"},
            "since_frame": finding["since_frame"], "acknowledged": False,
        }  # fmt: skip
        assert 60 <= finding["since_frame"] <= small.frame


def test_state_updates_carry_one_frames_changes_in_sequence(small):
    with connected(small, zmq.SUB, "state", SUBSCRIBE=b"state") as updates, connected(small) as peer:
        step_until(small, lambda: updates.poll(0))
        ask(
            small,
            peer,
            type="batch",
            id="1",
            items=[{"path": EXPOSURE, "value": 1}, {"path": "/grade/tint", "value": 1}],
        )
        ask(small, peer, type="set", id="2", path=EXPOSURE, value=0.0, fade_s=0.05)
        step_until(small, lambda: not small.controls.fades)
        small.step()
        seen = []
        while updates.poll(50):
            topic, body = updates.recv_multipart()
            assert topic == b"state"
            seen.append(msgpack.unpackb(body))
        changes = [update for update in seen if update["values"]]
        assert changes[0]["values"] == {EXPOSURE: 1.0, "/grade/tint": 1.0}
        assert [update["seq"] for update in changes] == list(range(1, len(changes) + 1))
        assert changes[-1]["values"] == {EXPOSURE: 0.0}
        assert all(update["epoch"] == 7 for update in seen)


def test_a_sign_of_life_comes_each_second_of_show_time(small):
    with connected(small, zmq.SUB, "state", SUBSCRIBE=b"state") as updates:
        step_until(small, lambda: updates.poll(0))
        updates.recv_multipart()
        first = small.frame
        for _ in range(120):
            small.step()
        frames = []
        while updates.poll(50):
            frames.append(msgpack.unpackb(updates.recv_multipart()[-1])["frame"])
        assert len(frames) in {2, 3}
        assert all(later - earlier == 60 for earlier, later in pairwise(frames))
        assert frames[-1] > first


def test_telemetry_comes_ten_times_a_second(small):
    with connected(small, zmq.SUB, "telemetry", SUBSCRIBE=b"telemetry") as telemetry:
        step_until(small, lambda: telemetry.poll(0))
        while telemetry.poll(20):
            telemetry.recv_multipart()
        for _ in range(60):
            small.step()
        count = 0
        while telemetry.poll(50):
            assert msgpack.unpackb(telemetry.recv_multipart()[-1])["status"]["rate_hz"] == 60.0
            count += 1
        assert count == 10


def test_saving_keeps_what_differs_and_loading_brings_it_all_back(small, tmp_path):
    with connected(small) as peer:
        ask(small, peer, type="set", id="1", path=EXPOSURE, value=2.0)
        assert ask(small, peer, type="save", id="2", name="look")["count"] == 1
        ask(small, peer, type="set", id="3", path=EXPOSURE, value=-1.0)
        ask(small, peer, type="set", id="4", path="/output/blackout", value=True)
        assert ask(small, peer, type="load", id="5", name="look")["type"] == "ok"
        assert small.values[EXPOSURE] == 2.0
        assert small.values["/output/blackout"] is False
        assert (tmp_path / "look.json").exists()


def test_a_load_reports_values_that_no_longer_fit(small, tmp_path):
    (tmp_path / "old.json").write_text('{"values": {"/gone": 1, "/grade/tint": 0.5}}')
    with connected(small) as peer:
        assert "/gone" in ask(small, peer, type="load", id="1", name="old")["detail"]
        assert small.values["/grade/tint"] == 0.5


def test_commands_of_other_edges_are_not_answered_here(small):
    with connected(small) as peer:
        assert ask(small, peer, type="hello", id="1")["type"] == "ok"
    for name in ("osc-1", "zmq-nothex", "panel", ""):
        small.server.publish(small.answering(name), small)
    assert small.server.counts["answers_lost"] == 0


@pytest.mark.parametrize("route", [[], [b"\0\0\0\7"], [b"proxy", b"client", b"\0\0\0\1"], [b"x"] * 14])
def test_what_is_before_the_delimiter_comes_back_with_the_answer(small, route):
    with connected(small) as peer:
        for number, message in enumerate(({"type": "get", "path": EXPOSURE}, {"type": "nothing"})):
            peer.send_multipart([*route, b"", msgpack.packb({"id": str(number), **message})])
            *envelope, body = step_until(small, lambda: peer.poll(0) and peer.recv_multipart())
            assert envelope == [*route, b""]
            assert msgpack.unpackb(body)["id"] == str(number)


def test_a_correlating_req_socket_is_answered_and_keeps_its_memory_of_answers(small):
    with connected(small, zmq.REQ, REQ_CORRELATE=1, REQ_RELAXED=1) as peer:
        first = ask(small, peer, type="set", id="1", path=EXPOSURE, value=1.0)
        assert ask(small, peer, type="set", id="2", path=EXPOSURE, value=2.0)["value"] == 2.0
        assert ask(small, peer, type="set", id="1", path=EXPOSURE, value=1.0) == first
        assert small.values[EXPOSURE] == 2.0
        assert ask(small, peer, type="describe", id="3", path=EXPOSURE)["type"] == "ok"
        assert ask(small, peer, type="save", id="4", name="look")["type"] == "ok"
    assert not small.server._routes._routes


@pytest.mark.parametrize(
    "frames", [[b""], [b"", b""], [b"", b"a", b"b"], [b"a", b""], [b"a" * 2000, b"", b"x"], [b"a", b"", b"x", b""]]
)
def test_whatever_has_a_delimiter_gets_at_least_bad_message(small, frames):
    with connected(small) as peer:
        peer.send_multipart(frames)
        *envelope, body = step_until(small, lambda: peer.poll(0) and peer.recv_multipart())
        assert envelope[-1] == b""
        assert msgpack.unpackb(body)["code"] == "bad_message"


@pytest.mark.parametrize("topic", [b"", b"st", b"state"])
def test_a_stream_can_be_subscribed_to_by_its_own_topic_or_a_beginning_of_it(small, topic):
    with connected(small, zmq.SUB, "state", SUBSCRIBE=topic) as updates:
        assert step_until(small, lambda: updates.poll(0) and updates.recv_multipart())[0] == b"state"
        updates.setsockopt(zmq.UNSUBSCRIBE, topic)


@pytest.mark.parametrize("topic", [b"other", b"states", b"telemetry", b"s" * 200])
def test_no_other_topic_can_be_subscribed_to(small, topic):
    with (
        connected(small, zmq.SUB, "state", SUBSCRIBE=topic) as other,
        connected(small, zmq.SUB, "state", SUBSCRIBE=b"state") as updates,
    ):
        step_until(small, lambda: updates.poll(0))
        small.step(60)
        assert not other.poll(50)
