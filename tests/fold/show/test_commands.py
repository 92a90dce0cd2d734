"""Commands in the fold: checked, answered, faded, and the same after any snapshot."""

from __future__ import annotations

from fractions import Fraction

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stage.config.starting_values import starting_values
from stage.show.commands.table import COMMANDS
from stage.show.frame.requests import (
    AcknowledgeRequest,
    BatchRequest,
    CueRequest,
    DeskRequest,
    LeaseRequest,
    LightRequest,
    LookRequest,
    NudgeRequest,
    SetRequest,
    ShowRequest,
    TakeRequest,
    Target,
    UndoRequest,
    WorldsRequest,
)
from stage.show.state import new_state
from stage.show.values.controls import ControlState
from stage.values.cues import CueFields
from stage.values.desk import DeskMap
from stage.values.tree import snapshot_of
from tests.examples import hostile
from tests.fold.small_show import CONFIG, TREE, SmallControls, command, put, together
from tracking.settable import ROLES

EXPOSURE, TINT, BLACKOUT = "/grade/exposure_stops", "/grade/tint", "/output/blackout"
RATE = Fraction(24000, 1001)
CUE = CueFields(values={EXPOSURE: 1.0})


REQUESTS = st.one_of(
    st.builds(
        lambda path, value, fade_s: SetRequest(id="1", path=path, value=value, fade_s=fade_s),
        st.sampled_from([EXPOSURE, TINT, "/time/hour", "/nothing"]),
        st.floats(-13.0, 13.0),
        st.sampled_from([0.0, 0.1, 2.0]),
    ),
    st.builds(lambda value: SetRequest(id="1", path=BLACKOUT, value=value), st.booleans()),
    st.builds(
        lambda values: BatchRequest(id="1", items=tuple(Target(path=EXPOSURE, value=value) for value in values)),
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
            controls.apply(command(msgspec.structs.replace(request, id=f"{first}.{number}.{order}")), frame)
            for order, request in enumerate(requests)
        ]
        controls.advance(frame)
        seen.append((frame, answers, controls.values, controls.changes(frame), controls.state.sequence))
    return seen, frame


def copied(state):
    return msgspec.msgpack.decode(msgspec.msgpack.encode(state), type=type(state))


def restored_from(running):
    restored = SmallControls(copied(running.state), RATE)
    restored.memory = copied(running.memory)
    return restored


@given(FRAMES, FRAMES)
def test_a_restored_snapshot_continues_identically(before, after):
    running = SmallControls(rate=RATE)
    _, frame = play(running, before)
    restored = restored_from(running)
    assert play(restored, after, frame) == play(running, after, frame)
    assert msgspec.msgpack.encode(restored.state) == msgspec.msgpack.encode(running.state)


@given(FRAMES)
def test_decode_then_encode_gives_the_same_bytes(frames):
    controls = SmallControls(rate=RATE)
    play(controls, frames)
    encoded = msgspec.msgpack.encode(controls.state)
    assert msgspec.msgpack.encode(copied(controls.state)) == encoded


@given(FRAMES)
@hostile()
def test_every_value_always_fits_its_declaration(frames):
    controls = SmallControls(rate=RATE)
    for _, _, values, _, _ in play(controls, frames)[0]:
        assert all(TREE.check(path, value) == value for path, value in values.items())


@given(FRAMES)
def test_the_published_changes_rebuild_the_values_and_are_counted_without_gaps(frames):
    controls = SmallControls(rate=RATE)
    mirror, sequence = controls.values, 0
    for _, _, values, changes, counted in play(controls, frames)[0]:
        mirror.update(changes)
        sequence += bool(changes)
        assert mirror == values
        assert counted == sequence


@given(
    st.sampled_from([EXPOSURE, TINT, "/grade/temperature_k", "/camera/A/manual/pan_deg", "/time/hour"]),
    st.floats(0.0, 1.0),
    st.floats(0.05, 5.0),
    st.lists(st.integers(1, 50), min_size=1, max_size=30),
)
def test_skipped_frames_leave_no_trace_in_a_fade_of_any_rule(path, share, fade_s, gaps):
    parameter = TREE[path]
    target = parameter.minimum + (parameter.maximum - parameter.minimum) * share
    every, skipping = SmallControls(rate=RATE), SmallControls(rate=RATE)
    for controls in (every, skipping):
        controls.apply(put(path, target, fade_s), 100)
    frame = 100
    for gap in gaps:
        for passed in range(frame + 1, frame + gap + 1):
            every.advance(passed)
        frame += gap
        skipping.advance(frame)
        assert skipping.value(path) == every.value(path)
        assert parameter.minimum <= every.value(path) <= parameter.maximum


def test_a_fade_lands_on_its_target_and_is_gone():
    controls = SmallControls()
    controls.apply(put(EXPOSURE, 0.1, 1.0), 0)
    controls.advance(59)
    assert 0.0 < controls.value(EXPOSURE) < 0.1
    controls.advance(60)
    assert controls.value(EXPOSURE) == 0.1
    assert controls.state.fades == {}


def test_a_new_fade_starts_from_where_the_running_one_is_now():
    controls = SmallControls()
    controls.apply(put(EXPOSURE, 10.0, 1.0), 0)
    controls.advance(10)
    controls.apply(put(EXPOSURE, 0.0, 1.0, request_id="2"), 30)
    controls.advance(30)
    assert controls.value(EXPOSURE) == 5.0
    controls.advance(60)
    assert controls.value(EXPOSURE) == 2.5


def test_the_latest_set_ends_a_fade():
    controls = SmallControls()
    controls.apply(put(EXPOSURE, 10.0, 1.0), 0)
    controls.apply(put(EXPOSURE, -3.0, request_id="2"), 20)
    controls.advance(40)
    assert controls.value(EXPOSURE) == -3.0


def test_a_value_that_cannot_fade_switches_at_once():
    controls = SmallControls()
    controls.apply(put(BLACKOUT, True, 5.0), 3)
    controls.apply(put("/wall/main/pattern", "grid", 5.0, request_id="2"), 3)
    assert controls.value(BLACKOUT)
    assert controls.value("/wall/main/pattern") == "grid"


def test_an_acknowledgement_names_the_target_and_the_error_what_stays():
    controls = SmallControls()
    assert controls.apply(put(EXPOSURE, 2, 5.0), 0).value == 2.0
    refused = controls.apply(put(EXPOSURE, 99.0, request_id="2"), 1)
    assert (refused.refusal.code, refused.path, refused.value) == ("out_of_range", EXPOSURE, 0.0)


def test_a_batch_is_all_or_nothing():
    controls = SmallControls()
    answer = controls.apply(together((EXPOSURE, 2.0), (TINT, 7.0), (BLACKOUT, True)), 0)
    assert (answer.refusal.code, answer.path) == ("out_of_range", TINT)
    assert controls.changes(0) == {}
    assert controls.apply(together((EXPOSURE, 2.0), (BLACKOUT, True), request_id="2"), 1).refusal is None
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
    ],
)
def test_a_role_sets_what_it_may(role, path, allowed):
    value = True if path == BLACKOUT else 5.0
    answer = SmallControls().apply(put(path, value, role=role), 0)
    assert (answer.refusal is None) == allowed
    assert allowed or answer.refusal.code == "forbidden"


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("kind", COMMANDS, ids=lambda kind: kind.request.__name__)
def test_a_command_needs_the_least_role_of_its_table(kind, role):
    request = {
        SetRequest: SetRequest(id="1", path=BLACKOUT, value=True),
        BatchRequest: BatchRequest(id="1", items=(Target(path=BLACKOUT, value=True),)),
        TakeRequest: TakeRequest(id="1", action="start"),
        NudgeRequest: NudgeRequest(id="1", tracker="freed-a"),
        AcknowledgeRequest: AcknowledgeRequest(id="1", code="core_restarted"),
        WorldsRequest: WorldsRequest(id="1", action="fix", name="world"),
        DeskRequest: DeskRequest(id="1", maps=(DeskMap(path=EXPOSURE, universe=1, address=1),)),
        UndoRequest: UndoRequest(id="1"),
        LeaseRequest: LeaseRequest(id="1", action="take", paths=(BLACKOUT,)),
        LightRequest: LightRequest(id="1", name="key"),
        LookRequest: LookRequest(id="1", action=kind.action or "list", name="look", values={EXPOSURE: 1.0}),
        CueRequest: CueRequest(id="1", action=kind.action or "list", number=1, cues=(CUE,)),
    }[kind.request]
    answer = SmallControls().apply(command(request, role=role), 0)
    refusal = None if answer is None else answer.refusal
    needed = kind.least_role or TREE[BLACKOUT].role
    assert (refusal is not None and refusal.code == "forbidden") == (ROLES.index(role) < ROLES.index(needed))


def test_a_viewer_starts_no_take_and_learns_which_role_it_needs():
    answer = SmallControls().apply(command(TakeRequest(id="1", action="start"), role="viewer"), 0)
    assert (answer.refusal.code, answer.refusal.reason) == ("forbidden", "command_needs_role")
    assert answer.refusal.values == {"command": "take", "needed": "director", "role": "viewer"}


def test_the_table_has_every_request_of_the_show_once():
    assert list(dict.fromkeys(kind.request for kind in COMMANDS)) == list(ShowRequest.__args__)


def test_values_that_no_longer_fit_are_not_restored():
    values = snapshot_of(new_state(CONFIG, {EXPOSURE: 3.0, TINT: 44.0, "/gone": 1.0}).controls.values)
    assert values[EXPOSURE] == 3.0
    assert values[TINT] == 0.0
    assert "/gone" not in values


def test_a_state_from_before_a_parameter_existed_gains_its_default():
    state = msgspec.to_builtins(ControlState(values=starting_values(CONFIG)))
    del state["values"]["grade"]["tint"], state["values"]["sky"]
    assert SmallControls(msgspec.convert(state, ControlState)).values == SmallControls().values
