"""Commands in the fold: checked, remembered, faded, and the same after any snapshot."""

from __future__ import annotations

from fractions import Fraction

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_stage import TREE, new_controls
from stage.show.commands.controls import REMEMBERED_ANSWERS, Controls, ControlState, new_control_state

from stage.show.frame.inputs import BatchRequest, Command, SetRequest, TakeRequest

EXPOSURE, TINT, BLACKOUT = "/grade/exposure_stops", "/grade/tint", "/output/blackout"
RATE = Fraction(24000, 1001)


def command(request, request_id="1", client="zmq-aa", role="admin"):
    return Command(id=request_id, client=client, role=role, order=1, request=request)


def put(path, value, fade_s=0.0, **who):
    return command(SetRequest(path=path, value=value, fade_s=fade_s), **who)


def together(*items, **who):
    return command(BatchRequest(items=tuple(SetRequest(path=path, value=value) for path, value in items)), **who)


REQUESTS = st.one_of(
    st.builds(
        lambda path, value, fade_s: SetRequest(path=path, value=value, fade_s=fade_s),
        st.sampled_from([EXPOSURE, TINT, "/time/hour", "/nothing"]),
        st.floats(-13.0, 13.0),
        st.sampled_from([0.0, 0.1, 2.0]),
    ),
    st.builds(lambda value: SetRequest(path=BLACKOUT, value=value), st.booleans()),
    st.builds(
        lambda values: BatchRequest(items=tuple(SetRequest(path=EXPOSURE, value=value) for value in values)),
        st.lists(st.floats(-12.0, 12.0), max_size=3),
    ),
)
FRAMES = st.lists(st.tuples(st.integers(1, 30), st.lists(REQUESTS, max_size=3)), max_size=20)


def play(controls, frames, first=0):
    """Steps the controls through frames (gap to the frame before, its requests); returns what could be seen."""
    seen, frame = [], first
    for number, (gap, requests) in enumerate(frames):
        frame += gap
        answers = [
            controls.apply(command(request, f"{first}.{number}.{order}"), frame)
            for order, request in enumerate(requests)
        ]
        controls.advance(frame)
        seen.append((frame, answers, dict(controls.state.values), controls.changes(frame), controls.state.sequence))
    return seen, frame


def copied(state):
    return msgspec.msgpack.decode(msgspec.msgpack.encode(state), type=ControlState)


@given(FRAMES, FRAMES)
def test_a_restored_snapshot_goes_on_identically(before, after):
    running = new_controls(rate=RATE)
    _, frame = play(running, before)
    restored = Controls(TREE, copied(running.state), RATE)
    assert play(restored, after, frame) == play(running, after, frame)
    assert msgspec.msgpack.encode(restored.state) == msgspec.msgpack.encode(running.state)


@given(FRAMES)
def test_decode_then_encode_gives_the_same_bytes(frames):
    controls = new_controls(rate=RATE)
    play(controls, frames)
    encoded = msgspec.msgpack.encode(controls.state)
    assert msgspec.msgpack.encode(copied(controls.state)) == encoded


@given(FRAMES)
def test_every_value_always_fits_its_declaration(frames):
    controls = new_controls(rate=RATE)
    for _, _, values, _, _ in play(controls, frames)[0]:
        assert all(TREE.check(path, value) == value for path, value in values.items())


@given(FRAMES)
def test_the_published_changes_rebuild_the_values_and_are_counted_without_gaps(frames):
    controls = new_controls(rate=RATE)
    mirror, sequence = dict(controls.state.values), 0
    for _, _, values, changes, counted in play(controls, frames)[0]:
        mirror.update(changes)
        sequence += bool(changes)
        assert mirror == values
        assert counted == sequence


@given(st.floats(-12.0, 12.0), st.floats(0.05, 5.0), st.lists(st.integers(1, 50), min_size=1, max_size=30))
def test_skipped_frames_leave_no_trace_in_a_fade(target, fade_s, gaps):
    every, skipping = new_controls(rate=RATE), new_controls(rate=RATE)
    for controls in (every, skipping):
        controls.apply(put(EXPOSURE, target, fade_s), 100)
    frame = 100
    for gap in gaps:
        for passed in range(frame + 1, frame + gap + 1):
            every.advance(passed)
        frame += gap
        skipping.advance(frame)
        assert skipping.number(EXPOSURE) == every.number(EXPOSURE)


def test_a_fade_lands_on_its_target_and_is_gone():
    controls = new_controls()
    controls.apply(put(EXPOSURE, 0.1, 1.0), 0)
    controls.advance(59)
    assert 0.0 < controls.number(EXPOSURE) < 0.1
    controls.advance(60)
    assert controls.number(EXPOSURE) == 0.1
    assert controls.state.fades == {}


def test_a_new_fade_starts_from_where_the_running_one_is_now():
    controls = new_controls()
    controls.apply(put(EXPOSURE, 10.0, 1.0), 0)
    controls.advance(10)
    controls.apply(put(EXPOSURE, 0.0, 1.0, request_id="2"), 30)
    controls.advance(30)
    assert controls.number(EXPOSURE) == 5.0
    controls.advance(60)
    assert controls.number(EXPOSURE) == 2.5


def test_the_latest_set_ends_a_fade():
    controls = new_controls()
    controls.apply(put(EXPOSURE, 10.0, 1.0), 0)
    controls.apply(put(EXPOSURE, -3.0, request_id="2"), 20)
    controls.advance(40)
    assert controls.number(EXPOSURE) == -3.0


def test_what_cannot_fade_switches_at_once():
    controls = new_controls()
    controls.apply(put(BLACKOUT, True, 5.0), 3)
    controls.apply(put("/wall/main/pattern", "grid", 5.0, request_id="2"), 3)
    assert controls.switch(BLACKOUT)
    assert controls.text("/wall/main/pattern") == "grid"


def test_an_acknowledgement_names_the_target_and_the_error_what_stays():
    controls = new_controls()
    assert controls.apply(put(EXPOSURE, 2, 5.0), 0).value == 2.0
    refused = controls.apply(put(EXPOSURE, 99.0, request_id="2"), 1)
    assert (refused.error, refused.path, refused.value) == ("out_of_range", EXPOSURE, 0.0)


def test_a_batch_is_all_or_nothing():
    controls = new_controls()
    answer = controls.apply(together((EXPOSURE, 2.0), (TINT, 7.0), (BLACKOUT, True)), 0)
    assert (answer.error, answer.path) == ("out_of_range", TINT)
    assert controls.changes(0) == {}
    assert controls.apply(together((EXPOSURE, 2.0), (BLACKOUT, True), request_id="2"), 1).error == ""
    assert controls.changes(1) == {EXPOSURE: 2.0, BLACKOUT: True}
    assert controls.state.sequence == 1


@pytest.mark.parametrize(
    ("role", "path", "allowed"),
    [
        ("viewer", BLACKOUT, False),
        ("director", BLACKOUT, True),
        ("director", "/camera/A/overscan_deg", False),
        ("operator", "/camera/A/overscan_deg", True),
        ("admin", "/camera/A/overscan_deg", True),
        ("nobody", BLACKOUT, False),
    ],
)
def test_a_role_sets_what_it_may(role, path, allowed):
    value = True if path == BLACKOUT else 5.0
    answer = new_controls().apply(put(path, value, role=role), 0)
    assert answer.error == ("" if allowed else "forbidden")


def test_a_command_sent_again_is_not_applied_again():
    controls = new_controls()
    first = controls.apply(put(EXPOSURE, 1.0), 5)
    controls.apply(put(EXPOSURE, 2.0, request_id="2"), 6)
    again = controls.apply(put(EXPOSURE, 1.0), 7)
    assert controls.number(EXPOSURE) == 2.0
    assert (again.value, again.sequence, again.frame) == (first.value, first.sequence, 5)
    assert controls.apply(put(EXPOSURE, 3.0, client="zmq-bb"), 8).value == 3.0


def test_an_id_that_was_another_requests_is_refused_and_the_first_answer_stays():
    controls = new_controls()
    first = controls.apply(put(EXPOSURE, 1.0), 5)
    other = controls.apply(put(EXPOSURE, 2.0), 6)
    assert (other.error, controls.number(EXPOSURE)) == ("conflict", 1.0)
    assert controls.apply(put(EXPOSURE, 1.0), 7).value == first.value
    assert controls.apply(together((EXPOSURE, 1.0)), 8).error == "conflict"


def test_remembered_answers_are_bounded():
    controls = new_controls()
    for number in range(REMEMBERED_ANSWERS + 50):
        controls.apply(put(EXPOSURE, 1.0, request_id=str(number)), number)
    assert len(controls.state.answers) == REMEMBERED_ANSWERS
    assert controls.remembered(put(EXPOSURE, 1.0, request_id="49")) is None
    assert controls.remembered(put(EXPOSURE, 1.0, request_id="50")) is not None


def test_requests_that_set_nothing_are_refused():
    assert new_controls().apply(command(TakeRequest(action="start")), 0).error == "bad_message"


def test_restored_values_that_no_longer_fit_are_left_out():
    state = new_control_state(TREE, {EXPOSURE: 3.0, TINT: 44.0, "/gone": 1.0})
    assert state.values[EXPOSURE] == 3.0
    assert state.values[TINT] == 0.0
    assert "/gone" not in state.values


def test_a_state_from_before_a_parameter_existed_gains_its_default():
    state = new_control_state(TREE)
    del state.values[TINT]
    assert Controls(TREE, state, RATE).number(TINT) == 0.0
