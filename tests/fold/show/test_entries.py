"""What the journal is given of each frame, and what a start makes of it: all once, in order, answered as before."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from stage.show.frame.entries import JournalRecord, decode_entry, encode_entry
from stage.show.frame.inputs import Redone, TakeReport
from stage.show.frame.outcome import encode_answer
from stage.show.state import decode_state, encode_state
from stage.values.tree import snapshot_of
from tests.building import codes, command, inputs_at, set_to, stage, start_take, stop_take, value_of
from tests.examples import costly

STAGE = stage()
TINT, EXPOSURE = "/grade/tint", "/grade/exposure_stops"
PATHS = (TINT, EXPOSURE, "/grade/saturation", "/no/such/value")
ASKED = st.lists(st.tuples(st.sampled_from(PATHS), st.sampled_from((0.0, 0.25, 1.5, 99.0))), max_size=4)


def asked(request, request_id, sender="desk"):
    return command(request, request_id=request_id, sender=sender)


def redone_of(entered):
    """As a start reads it from the journal."""
    records = [
        JournalRecord(number=one.number, frame=0, epoch=1, unix_s=0.0, command=one.command, answer=one.answer)
        for one in entered
    ]
    read = [decode_entry(encode_entry(record)) for record in records]
    return tuple(Redone(number=one.number, command=one.command, answer=encode_answer(one.answer)) for one in read)


def restarted(state, frame, redone):
    """A show that starts from `state`, after its first frame, which has what was `redone`."""
    show = STAGE.show(state)
    outcome = show.step(msgspec.structs.replace(inputs_at(frame), redone=redone))
    return show, outcome


def test_each_command_is_entered_once_with_its_answer_and_frame_and_a_refusal_too():
    show = STAGE.show()
    commands = [asked(set_to(TINT, 0.5), "a"), asked(set_to(TINT, 99.0), "b"), asked(set_to(EXPOSURE, 1.0), 7)]
    first = show.step(inputs_at(10, *commands))
    assert [one.number for one in first.entered] == [1, 2, 3]
    assert [one.command for one in first.entered] == commands
    assert [one.answer.refusal is None for one in first.entered] == [True, False, True]
    assert {one.answer.frame for one in first.entered} == {10}
    again = show.step(inputs_at(11, *commands))
    assert (len(again.answers), again.entered, show.state.entries) == (3, (), 3)
    other = show.step(inputs_at(12, asked(set_to(TINT, 0.1), "a")))
    assert [one.answer.refusal.reason for one in other.entered] == ["id_used_before"]


def test_the_start_of_a_take_is_entered_when_it_is_answered_once_however_often_it_was_sent():
    show = STAGE.show()
    start = asked(start_take("one"), "t")
    assert show.step(inputs_at(10, start)).entered == ()
    assert show.step(inputs_at(11, start)).entered == ()
    report = TakeReport(name="one", state="recording", count=1, frame=11)
    outcome = show.step(inputs_at(12, asked(set_to(TINT, 0.5), "s"), observations=[report]))
    assert [(one.number, one.command.request.id, one.answer.frame) for one in outcome.entered] == [
        (1, "t", 11),
        (2, "s", 12),
    ]
    assert len(outcome.answers) == 3


@costly(full=60, quick=15)
@given(st.lists(ASKED, min_size=1, max_size=6), st.integers(0, 6))
def test_a_start_from_any_checkpoint_and_the_entries_after_it_has_all_values_and_answers(frames, at):
    at = min(at, len(frames))
    show, entered, kept = STAGE.show(), [], None
    sent = [
        [asked(set_to(path, value), f"{frame}-{place}") for place, (path, value) in enumerate(values)]
        for frame, values in enumerate(frames)
    ]
    for frame, commands in enumerate(sent):
        if frame == at:
            kept, entered = encode_state(show.state), []
        entered += show.step(inputs_at(frame, *commands)).entered
    if kept is None:
        kept, entered = encode_state(show.state), []
    late, outcome = restarted(decode_state(kept), 50, redone_of(entered))
    assert snapshot_of(late.state.controls.values) == snapshot_of(show.state.controls.values)
    assert late.state.entries == show.state.entries
    assert (outcome.answers, outcome.entered) == ((), ())
    every = [one for commands in sent for one in commands]
    before, after = (one.step(inputs_at(60, *every)).answers for one in (show, late))
    assert after == before
    assert late.state.entries == show.state.entries


def test_what_was_refused_is_not_carried_out_by_a_start_where_it_could_be():
    show = STAGE.show()
    kept = encode_state(show.state)
    outcome = show.step(inputs_at(10, asked(stop_take(), "stop")))
    assert outcome.answers[0].refusal.reason == "no_take_is_recording"
    recording = STAGE.show(decode_state(kept))
    recording.step(inputs_at(11, asked(start_take("one"), "start")))
    late, _ = restarted(recording.state, 50, redone_of(outcome.entered))
    assert late.state.take.recording
    (again,) = late.step(inputs_at(51, asked(stop_take(), "stop"))).answers
    assert again.refusal.reason == "no_take_is_recording"


def test_a_take_that_was_answered_is_recorded_again_after_a_start_and_nobody_is_owed_an_answer():
    show = STAGE.show()
    kept = encode_state(show.state)
    show.step(inputs_at(10, asked(start_take("one"), "t")))
    report = TakeReport(name="one", state="recording", count=1, frame=11)
    entered = show.step(inputs_at(12, observations=[report])).entered
    late, outcome = restarted(decode_state(kept), 50, redone_of(entered))
    take = late.state.take
    assert (take.recording, take.count, take.owed, outcome.answers) == (True, 1, None, ())
    (again,) = late.step(inputs_at(51, asked(start_take("one"), "t"))).answers
    assert (again.value, again.frame, late.state.take.count) == ("one", entered[0].answer.frame, 1)


def test_health_says_what_could_not_be_carried_out_again():
    show = STAGE.show()
    entered = show.step(inputs_at(10, asked(set_to(TINT, 0.5), "a"))).entered
    vanished = command(set_to("/worlds/gone/exposure_stops", 1.0), request_id="a", sender="desk")
    redone = (msgspec.structs.replace(redone_of(entered)[0], command=vanished),)
    late, outcome = restarted(STAGE.show().state, 50, redone)
    assert "not_redone" in codes(outcome)
    assert value_of(late, TINT) == 0.0
    assert late.state.entries == 1
