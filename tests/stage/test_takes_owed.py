"""A take that cannot exist is never answered with ok: folders that cannot be written, and a core that dies in between."""

import os
import signal
from pathlib import Path

import msgpack
import pytest
import zmq
from running_stage import configuration, running, wait_for

from stage.control.client import ControlError
from stage.live.recovery import first_state
from stage.run.checkpoint import Checkpoint
from stage.run.options import CoreOptions
from stage.show.frame.inputs import TakeReport
from stage.show.report.take import CONFIRM_S
from stage.show.state import state_in_parts
from tests.building import RATE_HZ, command, inputs_at, stage, start_take

STAGE = stage()
LIMIT = round(CONFIRM_S * RATE_HZ)


def recovered_show(folder: Path):
    """The show of a core that follows one which died with the start of a take unanswered, in frame 10."""
    show = STAGE.show()
    assert show.step(inputs_at(10, command(start_take("one"), request_id="a", sender="desk"))).answers == ()
    checkpoint = Checkpoint(folder / "checkpoint")
    checkpoint.write(state_in_parts(show.state))
    options = CoreOptions(
        config="", runtime=str(folder), takes="", state=str(folder), show=str(folder), start="checkpoint", epoch=2
    )
    state = first_state(STAGE.config, options, checkpoint)
    checkpoint.close()
    return STAGE.show(state)


def test_a_restarted_core_still_owes_the_answer(tmp_path):
    show, late = recovered_show(tmp_path), 10 + 5 * LIMIT
    assert show.step(inputs_at(late)).answers == ()
    begun = TakeReport(name="one", state="recording", count=1, frame=late + 1)
    (answer,) = show.step(inputs_at(late + 5, observations=[begun])).answers
    assert (answer.sender, answer.id, answer.value, answer.frame) == ("desk", "a", "one", late + 1)


def test_a_restarted_core_gives_the_recorder_its_time_anew(tmp_path):
    show, late = recovered_show(tmp_path), 10 + 5 * LIMIT
    assert show.step(inputs_at(late)).answers == ()
    (answer,) = show.step(inputs_at(late + LIMIT + 1)).answers
    assert answer.refusal.reason == "take_not_confirmed"
    assert not show.state.take.recording


def test_a_takes_folder_that_cannot_be_is_in_health_before_and_no_take_is_acknowledged(tmp_path):
    (tmp_path / "takes").write_text("a file is in the way")
    with running(tmp_path, configuration(), "--headless") as running_stage:
        status = running_stage.until_status(lambda status: status["health"])
        assert [finding["code"] for finding in status["health_codes"]] == ["takes_folder_missing"]
        assert f"{tmp_path / 'takes'}: Not a directory" in status["health"][0]
        with pytest.raises(ControlError, match="take one failed") as refused:
            running_stage.client.take_start("one")
        assert (refused.value.code, refused.value.reason) == ("conflict", "take_failed")
        assert running_stage.client.status()["take"]["state"] == "idle"
        (tmp_path / "takes").unlink()
        running_stage.until_status(lambda status: "takes_folder_missing" not in str(status["health_codes"]))
        answer = running_stage.client.take_start("two")
        assert running_stage.client.status()["take"]["state"] == "recording"
        running_stage.client.take_stop()
        path = running_stage.until_status(lambda status: status["take"]["path"].endswith("two.mcap"))["take"]["path"]
        assert answer.frame > 0
        assert Path(path).stat().st_size > 0


def test_a_client_gets_its_answer_from_the_core_that_follows_the_one_it_asked(tmp_path):
    with running(tmp_path, configuration(), "--headless", "--lan", "127.0.0.1", "--insecure-lan") as running_stage:
        status = running_stage.client.status()
        assert [one["path"] for one in status["in_force"]] == ["--insecure-lan"]
        assert [(one["code"], one["severity"]) for one in status["health_codes"]] == [("open_to_network", "note")]
        recorder = running_stage.helper("stage.takes.recorder")
        os.kill(recorder, signal.SIGSTOP)
        with zmq.Context() as context, context.socket(zmq.DEALER) as peer:
            peer.setsockopt(zmq.LINGER, 0)
            peer.connect(running_stage.ready["control"])
            start = msgpack.packb({"type": "take", "action": "start", "name": "owed", "id": "1", "session": "desk" * 4})
            peer.send(start)
            running_stage.until_status(lambda status: status["take"]["state"] == "starting")
            assert not peer.poll(0)
            running_stage.kill_core()
            os.kill(recorder, signal.SIGCONT)
            answer = wait_for(lambda: asked_again(peer, start), what="the answer")
        assert (answer["type"], answer["value"], answer["epoch"]) == ("ok", "owed", 2), answer
        assert (
            running_stage.until_status(lambda status: status["take"]["state"] == "recording")["take"]["name"] == "owed"
        )


def asked_again(peer, body):
    """Sends a request again and returns its answer, if one comes soon."""
    peer.send(body)
    return msgpack.unpackb(peer.recv()) if peer.poll(300) else None
