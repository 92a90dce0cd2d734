"""The laws of the fold: equal inputs give equal outcomes, from any snapshot, and the outcome is all that leaves it."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from render.plan.frame import FramePlan
from stage.show.frame.inputs import FrameInputs
from stage.show.frame.outcome import Finding, Outcome, Report, encode_plan, encode_report
from stage.show.state import decode_state, encode_state
from tests.building import inputs_at, set_to
from tests.examples import costly
from tests.fold.show.eventful import EVENTFUL, FRAMES, digests_of


@pytest.fixture(scope="module")
def straight_run():
    return digests_of(EVENTFUL.show(), FRAMES)


@pytest.fixture(scope="module")
def snapshots(straight_run):
    """The state before each frame of a straight run, encoded."""
    show, before = EVENTFUL.show(), []
    for inputs, digest in zip(FRAMES, straight_run, strict=True):
        before.append(encode_state(show.snapshot()))
        assert digests_of(show, [inputs]) == [digest]
    return before


def test_the_frames_are_as_eventful_as_they_claim():
    show = EVENTFUL.show()
    outcomes = [show.step(inputs) for inputs in FRAMES]
    states = {(tracker.name, tracker.state) for outcome in outcomes for tracker in outcome.trackers}
    assert {("f", "late"), ("f", "fresh"), ("f", "lost"), ("o", "fresh"), ("serial", "fresh")} <= states
    assert show.state.trackers["f"].rejected["length"] > 0
    assert show.state.trackers["o"].accepted > 100
    assert show.state.trackers["serial"].accepted > 100
    refused = [answer.refusal for outcome in outcomes for answer in outcome.answers if answer.refusal is not None]
    assert [refusal.code for refusal in refused] == ["unknown_path"]


def test_equal_inputs_give_equal_outcomes(straight_run):
    assert digests_of(EVENTFUL.show(), FRAMES) == straight_run


@costly(full=40, quick=6)
@given(st.integers(0, len(FRAMES) - 1))
def test_snapshot_and_restore_at_any_frame_gives_the_same_later_plans_and_reports(straight_run, snapshots, at):
    restored = EVENTFUL.show(decode_state(snapshots[at]))
    assert digests_of(restored, FRAMES[at:]) == straight_run[at:]


def test_a_snapshot_shares_nothing_with_the_running_show():
    show = EVENTFUL.show()
    digests_of(show, FRAMES[:40])
    snapshot = show.snapshot()
    kept = encode_state(snapshot)
    digests_of(show, FRAMES[40:])
    assert encode_state(snapshot) == kept


def test_a_show_does_not_share_the_state_that_it_was_given():
    first = EVENTFUL.show()
    digests_of(first, FRAMES[:40])
    kept = encode_state(first.state)
    digests_of(EVENTFUL.show(first.state), FRAMES[40:])
    assert encode_state(first.state) == kept


@pytest.mark.parametrize("at", [0, 10, 55, 149])
def test_every_record_encodes_to_the_same_bytes_after_decoding(at):
    show = EVENTFUL.show()
    for inputs in FRAMES[: at + 1]:
        outcome = show.step(inputs)
    state = encode_state(show.state)
    assert encode_state(decode_state(state)) == state
    plan = encode_plan(outcome.plan)
    assert encode_plan(msgspec.msgpack.decode(plan, type=FramePlan)) == plan
    report = encode_report(outcome)
    assert msgspec.msgpack.encode(msgspec.msgpack.decode(report, type=Report)) == report
    raw = msgspec.msgpack.encode(FRAMES[at])
    assert msgspec.msgpack.encode(msgspec.msgpack.decode(raw, type=FrameInputs)) == raw


def test_the_plan_holds_only_the_picture():
    """Two shows that see the same picture but answer different clients about different faults plan the same bytes."""
    quiet, loud = EVENTFUL.show(), EVENTFUL.show()
    for inputs in FRAMES[:5]:
        plain = quiet.step(msgspec.structs.replace(inputs, commands=(), observations=()))
        busy = loud.step(msgspec.structs.replace(inputs, commands=inputs_at(inputs.frame, set_to("/no", 1.0)).commands))
        assert encode_plan(plain.plan) == encode_plan(busy.plan)
        assert encode_report(plain) != encode_report(busy)


def test_the_report_is_everything_but_the_plan():
    outcome = EVENTFUL.show().step(FRAMES[0])
    report = outcome.report()
    assert set(Outcome.__struct_fields__) - set(Report.__struct_fields__) == {"plan", "entered", "plates_ahead"}
    assert {name: getattr(report, name) for name in Report.__struct_fields__} == {
        name: getattr(outcome, name) for name in Report.__struct_fields__
    }
    assert all(isinstance(finding, Finding) for finding in report.health)
    assert [tracker.name for tracker in report.trackers] == ["f", "serial", "o"]


def test_the_outcome_carries_the_number_of_its_plan():
    show = EVENTFUL.show()
    for frame in (0, 1, 7, 3):
        outcome = show.step(inputs_at(frame))
        assert outcome.frame == outcome.plan.frame == outcome.report().frame == frame
