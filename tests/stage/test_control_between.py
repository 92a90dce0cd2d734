"""While a frame is drawn, everything is answered that needs no frame; what needs one is ready for the next."""

import time

import msgpack
import pytest
from small_stage import SmallStage, ask, connected, reply, send

EXPOSURE = "/grade/exposure_stops"
PATIENCE_S = 5.0


@pytest.fixture
def small(tmp_path):
    stage = SmallStage(tmp_path)
    stage.step()
    yield stage
    stage.server.close()


def reply_between(stage, peer):
    """The next reply, while no frame is stepped."""
    end = time.monotonic() + PATIENCE_S
    while not peer.poll(1):
        assert time.monotonic() < end
        stage.server.between_frames()
    return msgpack.unpackb(peer.recv())


def test_what_needs_no_frame_is_answered_while_one_is_drawn(small, tmp_path):
    with connected(small) as peer:
        ask(small, peer, type="set", id="0", path=EXPOSURE, value=2.0)
        frame = small.frame
        for number, message in enumerate(({"type": "status"}, {"type": "get", "path": EXPOSURE})):
            send(peer, id=number, **message)
            assert (reply_between(small, peer)["frame"], small.frame) == (frame, frame)
        send(peer, type="save", id="1", name="look")
        assert reply_between(small, peer)["count"] == 1
        assert (tmp_path / "look.json").exists()


def test_values_that_are_read_while_a_frame_is_drawn_are_in_force_in_the_next(small):
    with connected(small) as peer:
        ask(small, peer, type="set", id="0", path=EXPOSURE, value=2.0)
        ask(small, peer, type="save", id="1", name="look")
        ask(small, peer, type="set", id="2", path=EXPOSURE, value=-1.0)
        send(peer, type="load", id="3", name="look")
        for _ in range(300):  # The keeper is a thread: it has a third of a second, as long as a slow frame.
            small.server.between_frames()
            assert not peer.poll(1)
        small.step()
        assert small.values[EXPOSURE] == 2.0
        assert reply(small, peer)["id"] == "3"


def test_who_gave_a_command_sees_what_it_did_and_others_need_not_wait(small):
    with connected(small) as peer, connected(small) as other:
        send(peer, type="set", id="1", path=EXPOSURE, value=1.5)
        send(peer, type="get", id="2", path=EXPOSURE)
        for _ in range(20):
            small.server.between_frames()
            assert not peer.poll(1)
        send(other, type="get", id="3", path=EXPOSURE)
        assert reply_between(small, other)["value"] == 0.0
        assert [reply(small, peer)["value"] for _ in range(2)] == [1.5, 1.5]


def test_nothing_is_answered_before_the_first_frame(tmp_path):
    stage = SmallStage(tmp_path)
    with connected(stage) as peer:
        send(peer, type="status", id="1")
        for _ in range(20):
            stage.server.between_frames()
            assert not peer.poll(1)
        assert reply(stage, peer)["id"] == "1"
    stage.server.close()
