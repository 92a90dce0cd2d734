"""The take in the fold: what was asked for, what the recorder confirmed, and what went wrong with it."""

import pytest

from stage.show.frame.inputs import Cause, TakeReport
from stage.show.report.take import MOST_NOT_KEPT
from stage.words.sentences import health_lines, refusal_line
from tests.building import codes, inputs_at, stage, start_take, step, stop_take

STAGE = stage()
LACKING = Cause(code="dropped_other", values={"found": "frames from 2 on are missing"})


def report(state, name="one", **fields):
    return TakeReport(name=name, state=state, **fields)


def recording_show():
    show = STAGE.show()
    step(show, 0, start_take("one"))
    step(show, 1, observations=[report("recording", path="/takes/one.mcap")])
    return show


def test_a_take_is_called_recording_only_after_the_recorder_has_confirmed_it():
    show = STAGE.show()
    step(show, 0, start_take("one"))
    assert show.state.take.recording
    assert not show.state.take.confirmed
    step(show, 1, observations=[report("recording")])
    assert show.state.take.confirmed
    refusal = show.step(inputs_at(2, start_take())).answers[0].refusal
    assert (refusal.code, refusal.reason, refusal.values) == ("conflict", "take_is_recording", {"take": "one"})


@pytest.mark.parametrize(
    ("state", "code"), [("gap", "take_gap"), ("recorder_lost", "take_gap"), ("failed", "take_failed")]
)
def test_a_take_with_a_hole_is_not_called_recording_until_the_recorder_confirms_it_again(state, code):
    show = recording_show()
    outcome = step(show, 2, observations=[report(state, cause=LACKING)])
    assert not show.state.take.confirmed
    assert show.state.take.alarm.code == code
    assert code in codes(outcome)
    assert any("frames from 2 on are missing" in line for line in health_lines(outcome.health))
    step(show, 3, observations=[report("recording")])
    assert show.state.take.confirmed is (state != "failed")


def test_a_full_disk_is_an_alarm_that_leaves_the_take_recording():
    show = recording_show()
    outcome = step(show, 2, observations=[report("disk_low", cause=Cause(code="disk_low"))])
    assert show.state.take.confirmed
    assert [(finding.code, finding.severity) for finding in outcome.health] == [("disk_low", "alarm")]


def test_a_missing_recorder_is_an_alarm_while_it_is_missing():
    show = STAGE.show()
    missing = report("recorder_missing", name="", cause=Cause(code="recorder_missing"))
    assert codes(step(show, 0, observations=[missing])) == ["recorder_missing"]
    assert codes(step(show, 1)) == ["recorder_missing"]
    assert codes(step(show, 2, observations=[report("recorder_there", name="")])) == []


def test_a_late_report_on_an_earlier_take_does_not_count_for_the_next():
    show = recording_show()
    step(show, 2, stop_take())
    step(show, 3, start_take("two"))
    step(show, 4, observations=[report("failed", count=1, cause=LACKING)])
    assert show.state.take.recording
    assert show.state.take.alarm is None
    step(show, 5, observations=[report("recording", name="two", count=2)])
    assert show.state.take.confirmed


def test_a_recorder_that_comes_back_begins_the_next_part():
    show = recording_show()
    assert show.state.take.part == 1
    step(show, 2, observations=[report("recorder_back")])
    assert show.state.take.part == 2
    step(show, 3, observations=[report("recorder_back", part=7)])
    assert show.state.take.part == 7


def test_a_take_without_a_name_is_numbered():
    show = STAGE.show()
    names = []
    for frame in range(0, 9, 3):
        step(show, frame, start_take())
        begun = report("recording", name=show.state.take.name, count=show.state.take.count)
        names.append(step(show, frame + 1, observations=[begun]).answers[0].value)
        step(show, frame + 2, stop_take())
    assert names == ["take-001", "take-002", "take-003"]


def test_stopping_a_take_that_does_not_record_is_a_conflict():
    refusal = STAGE.show().step(inputs_at(0, stop_take())).answers[0].refusal
    assert (refusal.code, refusal.reason) == ("conflict", "no_take_is_recording")


@pytest.mark.parametrize(
    ("given", "name", "slate"),
    [
        ("Sc 12/3 Tk 1", "Sc 12_3 Tk 1", "Sc 12/3 Tk 1"),
        ("Szene 7ü", "Szene 7_", "Szene 7ü"),
        ("../../etc/passwd", "_.._etc_passwd", "../../etc/passwd"),
        ("...", "take-001", "..."),
        ("plain", "plain", ""),
        ("", "take-001", ""),
    ],
)
def test_a_slate_becomes_a_safe_file_name_and_is_kept(given, name, slate):
    show = STAGE.show()
    assert show.step(inputs_at(0, start_take(given))).answers == ()
    (answer,) = step(show, 1, observations=[report("recording", name=name, count=1)]).answers
    assert answer.value == name
    assert (show.state.take.name, show.state.take.slate) == (name, slate)


@pytest.mark.parametrize("given", ["one\n", "a\tb", "\0", "\x7f"])
def test_a_take_name_of_several_lines_is_refused_in_words(given):
    show = STAGE.show()
    refusal = show.step(inputs_at(0, start_take(given))).answers[0].refusal
    assert not show.state.take.recording
    assert "one line of at most 100 characters" in refusal_line(refusal)


def not_kept(file, found="File too large"):
    return report(
        "asset_not_kept", name="", cause=Cause(code="take_asset_not_kept", values={"file": file, "found": found})
    )


def test_each_file_that_is_not_kept_beside_the_takes_is_told_until_the_next_take():
    show = recording_show()
    step(show, 2, observations=[not_kept("valley.exr")])
    step(show, 3, observations=[not_kept("street.exr")])
    outcome = step(show, 4, observations=[not_kept("valley.exr", "Input/output error")])
    told = [(finding.values["file"], finding.values["found"], finding.since_frame) for finding in outcome.health]
    assert told == [("valley.exr", "Input/output error", 2), ("street.exr", "File too large", 3)]
    assert codes(step(show, 5, stop_take())) == ["take_asset_not_kept", "take_asset_not_kept"]
    assert codes(step(show, 6, start_take("two"))) == []


def test_of_many_files_that_are_not_kept_the_first_ones_are_told():
    show = recording_show()
    for again in range(2):
        outcome = step(show, 2 + again, observations=[not_kept(f"{number}.exr") for number in range(2 * MOST_NOT_KEPT)])
        assert [finding.values["file"] for finding in outcome.health] == [f"{n}.exr" for n in range(MOST_NOT_KEPT)]
