"""The start of a take is answered once it is on disk, or cannot be: what is owed, to whom, and after a restart."""

import pytest

from stage.show.frame.inputs import Cause, TakeReport
from stage.show.report.take import CONFIRM_S
from stage.words.sentences import health_lines, refusal_line
from tests.building import RATE_HZ, codes, command, inputs_at, set_to, stage, start_take, stop_take

STAGE = stage()
FULL = Cause(code="no_room_to_begin", values={"free_mb": 3, "needed_mb": 500})
LIMIT = round(CONFIRM_S * RATE_HZ)


def asked(request_id="a", name="one", sender="desk"):
    return command(start_take(name), request_id=request_id, sender=sender)


def stepped(show, frame, *commands, observations=()):
    return show.step(inputs_at(frame, *commands, observations=observations))


def report(state, count=1, **fields):
    return TakeReport(name="one", state=state, count=count, **fields)


def started(frame=10):
    show = STAGE.show()
    assert stepped(show, frame, asked()).answers == ()
    return show


def test_a_start_is_answered_with_the_first_recorded_frame_once_it_is_on_disk():
    show = started(10)
    assert stepped(show, 13).answers == ()
    (answer,) = stepped(show, 14, observations=[report("recording", frame=11)]).answers
    assert (answer.sender, answer.id, answer.value, answer.frame, answer.refusal) == ("desk", "a", "one", 13, None)
    assert stepped(show, 15).answers == ()


def test_a_take_that_could_begin_only_later_says_from_which_frame_it_holds():
    show = started(10)
    stepped(show, 11)
    (answer,) = stepped(show, 50, observations=[report("recording", frame=42)]).answers
    assert answer.frame == 42


def test_a_take_that_cannot_be_written_is_answered_with_the_recorders_reason_and_is_off():
    show = started()
    (answer,) = stepped(show, 11, observations=[report("failed", cause=FULL)]).answers
    assert (answer.refusal.code, answer.refusal.reason) == ("conflict", "take_failed")
    assert refusal_line(answer.refusal) == "take one failed: 3 MB are free, 500 MB are needed to begin: free some space"
    assert not show.state.take.recording


def test_a_take_that_nobody_confirms_is_refused_after_two_seconds_and_is_off():
    show = started(10)
    stepped(show, 11, observations=[report("recorder_lost", cause=Cause(code="recorder_not_running"))])
    assert stepped(show, 10 + LIMIT).answers == ()
    outcome = stepped(show, 11 + LIMIT)
    (answer,) = outcome.answers
    assert (answer.refusal.code, answer.refusal.reason) == ("conflict", "take_not_confirmed")
    assert "within 2 s and is off: the recorder was not running" in refusal_line(answer.refusal)
    assert not show.state.take.recording
    assert "take_failed" in codes(outcome)
    stepped(show, 200, observations=[report("recording")])
    assert not show.state.take.recording


def test_the_same_start_sent_again_joins_the_waiting_one():
    show = started()
    assert stepped(show, 11, asked()).answers == ()
    answers = stepped(show, 12, observations=[report("recording")]).answers
    assert [(answer.id, answer.value, answer.frame) for answer in answers] == [("a", "one", 11)] * 2
    assert show.state.take.count == 1
    assert stepped(show, 20, asked()).answers == answers[:1]


@pytest.mark.parametrize(
    ("second", "reason"),
    [
        (asked(name="two"), "id_used_before"),
        (command(set_to("/grade/tint", 0.5), request_id="a", sender="desk"), "id_used_before"),
        (asked("b"), "take_is_recording"),
        (asked(sender="tablet"), "take_is_recording"),
    ],
)
def test_another_command_while_a_start_waits_is_refused_at_once(second, reason):
    show = started()
    (answer,) = stepped(show, 11, second).answers
    assert answer.refusal.reason == reason
    assert [one.id for one in stepped(show, 12, observations=[report("recording")]).answers] == ["a"]


def test_a_stop_before_the_take_has_begun_answers_both():
    show = started()
    stop, start = stepped(show, 11, command(stop_take(), request_id="s")).answers
    assert (stop.id, stop.refusal) == ("s", None)
    assert (start.id, start.refusal.reason) == ("a", "take_stopped_first")


def test_a_start_right_after_a_failed_one_is_a_take_of_its_own():
    show = started()
    answers = stepped(show, 11, asked("b"), observations=[report("failed", cause=FULL)]).answers
    assert [(one.id, one.refusal.reason) for one in answers] == [("a", "take_failed")]
    (answer,) = stepped(show, 12, observations=[report("recording", count=2)]).answers
    assert (answer.id, answer.refusal) == ("b", None)


def test_a_bad_takes_folder_is_in_health_before_a_take_is_wanted():
    show = STAGE.show()
    outcome = stepped(show, 0, observations=[TakeReport(name="", state="folder_unusable", cause=FULL)])
    assert [finding.severity for finding in outcome.health] == ["warning"]
    assert health_lines(stepped(show, 1).health) == (
        "no take can be recorded: 3 MB are free, 500 MB are needed to begin: free some space",
    )
    assert stepped(show, 2, observations=[TakeReport(name="", state="folder_usable")]).health == ()
