"""The Python client against a real control edge."""

from __future__ import annotations

import socket
import threading
import time

import pytest
import zmq
from hypothesis import given
from hypothesis import strategies as st
from small_stage import SmallStage, three_free_ports

from stage.control.client import Client, ControlError
from stage.control.mirror import Mirror
from stage.values.tree import put_value
from tests.fold.small_show import TREE

EXPOSURE, TINT = "/grade/exposure_stops", "/grade/tint"


@pytest.fixture
def running(tmp_path):
    with SmallStage(tmp_path).running() as stage:
        yield stage


@pytest.fixture
def client(running):
    with Client(running.server.endpoint) as connected:
        yield connected


def test_set_and_get(client):
    answer = client.set(EXPOSURE, -2)
    assert (answer.path, answer.value, answer.epoch, answer.seq) == (EXPOSURE, -2.0, 7, 1)
    assert client.get(EXPOSURE) == -2.0


def test_a_batch_sets_all_in_one_frame(client):
    answer = client.batch({EXPOSURE: 1.0, TINT: 0.5})
    values = client.snapshot()["values"]
    assert (answer.seq, values[EXPOSURE], values[TINT]) == (1, 1.0, 0.5)


def test_a_fade_gets_there(client):
    assert client.set(EXPOSURE, 1.0, fade_s=0.05).value == 1.0
    changes = list(client.watch(EXPOSURE, seconds=0.3))
    assert changes[-1].value == 1.0


def test_an_hour_goes_the_way_that_is_asked_for(client):
    client.set("/time/hour", 18.0)
    client.set("/time/hour", 6.0, fade_s=0.3, way="backward")
    hours = [change.value for change in client.watch("/time/hour", seconds=0.5)]
    assert hours[-1] == 6.0
    assert hours == sorted(hours, reverse=True)
    client.batch({"/time/hour": 24.0, "/sky/sun/azimuth_deg": 10.0}, way="forward")
    assert client.get("/time/hour") == 0.0
    with pytest.raises(ControlError, match="/grade/tint does not go round: leave out the way 'forward'"):
        client.set(TINT, 1.0, way="forward")


def test_a_refusal_is_an_error_with_code_detail_and_reason(client):
    with pytest.raises(ControlError, match="did you mean /grade/tint") as refused:
        client.set("/grade/tnt", 1.0)
    assert (refused.value.code, refused.value.reason) == ("unknown_path", "no_parameter_near")
    assert refused.value.values == {"path": "/grade/tnt", "nearest": "/grade/tint"}


def test_an_over_long_batch_is_refused_before_it_is_sent(client):
    with pytest.raises(ControlError, match="at most 65536"):
        client.batch({f"/{number:060d}": 1.0 for number in range(1000)})
    assert client.get(TINT) == 0.0


def test_save_and_load(client, tmp_path):
    client.set(EXPOSURE, 3.0)
    assert client.save("mine")["count"] == 1
    client.set(EXPOSURE, 0.0)
    client.load("mine")
    assert client.get(EXPOSURE) == 3.0
    assert (tmp_path / "mine.json").exists()
    client.set(EXPOSURE, -2.0, fade_s=600.0)
    client.save("moving")
    client.load("moving")
    assert client.get(EXPOSURE) == -2.0, "what a value moves to is what is kept of it"


def test_takes_and_heading_are_answered(client):
    assert client.take_start("one").value == "one"
    assert client.take_stop().value == "one"
    assert client.heading("freed-a", 90).frame > 0
    assert client.take_start().value == "take-002"
    with pytest.raises(ControlError, match="recording: /tracker/freed-a/offset/pan_deg stays as it is"):
        client.heading("freed-a", 80)
    assert client.heading("freed-a", by_deg=-30.0, force=True).value == pytest.approx(60.0)


def test_describe_and_status(client):
    assert [one["path"] for one in client.describe("/grade")] == [one.path for one in TREE.under("/grade")]
    assert client.status()["trackers"]["freed-a"]["state"] == "lost"


def test_watching_begins_with_the_present_values_and_follows_changes(running, client):
    changes = client.watch("/grade", seconds=5.0)
    first = [next(changes) for _ in TREE.under("/grade")]
    assert {change.path for change in first} == {one.path for one in TREE.under("/grade")}
    with Client(running.server.endpoint) as other:
        other.set("/output/blackout", True)
        answer = other.set(TINT, 0.25)
        change = next(changes)
    assert (change.path, change.value, change.frame, change.seq) == (TINT, 0.25, answer.frame, answer.seq)


def test_watching_misses_nothing_while_values_race(running, client):
    def race():
        with Client(running.server.endpoint) as other:
            for number in range(100):
                other.set(TINT, (number + 1) / 100.0)

    changes = client.watch(TINT, seconds=3.0)
    next(changes)
    racing = threading.Thread(target=race)
    racing.start()
    last = next(change for change in changes if change.value == 1.0)
    racing.join()
    assert last.seq == 100


def test_watching_notices_a_restarted_stage(tmp_path):
    endpoint = f"tcp://127.0.0.1:{three_free_ports()}"
    with Client(endpoint) as client:
        with SmallStage(tmp_path, endpoint).running():
            changes = client.watch(TINT)
            assert next(changes).epoch == 7
        with SmallStage(tmp_path, endpoint, epoch=8).running() as second:
            put_value(second.controls.values, TINT, 0.75)
            change = next(changes)
            assert (change.value, change.epoch) == (0.75, 8)


def test_a_silent_stage_ends_the_watch_with_a_reason(tmp_path):
    with SmallStage(tmp_path).running() as stage, Client(stage.server.endpoint) as client:
        changes = client.watch(TINT, silence_s=0.05)
        next(changes)
        stage.rate_hz = 1e9
        with pytest.raises(ControlError, match=r"silent for 0\.05 s"):
            next(changes)


def test_a_stage_that_is_not_there_is_reported_within_the_time_limit():
    begun = time.monotonic()
    client = Client(f"tcp://127.0.0.1:{three_free_ports()}", timeout_s=0.2)
    with client, pytest.raises(ControlError, match="is `stage run` running") as refused:
        client.get(TINT)
    assert refused.value.code == "no_answer"
    assert time.monotonic() - begun < 1.5


def test_a_command_is_not_kept_for_a_stage_that_starts_later(tmp_path):
    endpoint = f"tcp://127.0.0.1:{three_free_ports()}"
    with Client(endpoint, timeout_s=0.1) as client:
        with pytest.raises(ControlError):
            client.set(TINT, 1.0)
        with SmallStage(tmp_path, endpoint).running():
            client._line._socket.setsockopt(zmq.SNDTIMEO, 3000)
            assert client.get(TINT) == 0.0


def test_a_stage_that_hangs_is_not_taken_for_one_that_is_not_there(tmp_path):
    hung = SmallStage(tmp_path)
    client = Client(hung.server.endpoint, timeout_s=0.2)
    with client, pytest.raises(ControlError, match="received the request but did not answer"):
        client.get(TINT)
    hung.server.close()


@pytest.mark.parametrize("endpoint", ["tcp://localhost:0", "tcp://[::1]:0"])
def test_either_loopback_can_be_used(tmp_path, endpoint):
    if "[" in endpoint and not _has_ipv6():
        pytest.skip("this machine has no IPv6 loopback")
    with SmallStage(tmp_path, endpoint).running() as stage, Client(stage.server.endpoint) as client:
        assert client.hello()["role"] == "admin"
        assert next(client.watch(TINT)).value == 0.0


def _has_ipv6():
    with socket.socket(socket.AF_INET6) as probe:
        try:
            probe.bind(("::1", 0))
        except OSError:
            return False
    return True


def test_a_wrong_address_is_refused():
    with pytest.raises(ControlError, match="expected tcp://"):
        Client("7700")


@given(st.lists(st.tuples(st.integers(0, 5), st.floats(0.0, 1.0) | st.none()), max_size=40), st.data())
def test_a_mirror_that_loses_updates_ends_with_the_right_values(sets, data):
    """Values change, go (None) and come; updates may be lost anywhere. The sign of life at the end makes up for them."""
    values, mirror, copy = {f"/a/{number}": 0.0 for number in range(6)}, Mirror("/a"), {}
    seq, tree = 0, 1

    def message(changed):
        return {"epoch": 1, "seq": seq, "frame": seq, "values": dict(changed), "tree": tree}

    def receive(update):
        taken = update
        if not mirror.follows(update):
            taken = message(values)
            for path in copy.keys() - values.keys():
                del copy[path]
        copy.update({change.path: change.value for change in mirror.changes_of(taken)})

    for number, value in sets:
        path = f"/a/{number}"
        tree += (value is None) == (path in values)
        if value is None:
            values.pop(path, None)
        else:
            values[path], seq = value, seq + 1
        if data.draw(st.booleans()):
            receive(message({} if value is None else {path: value}))
    receive(message({}))
    assert copy == values
