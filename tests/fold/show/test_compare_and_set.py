"""Compare and set: `if_seq` refuses what has changed since, and lets through what has not."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from stage.show.frame.inputs import WorldGone
from stage.show.frame.requests import BatchRequest, SetRequest, Target
from stage.words.sentences import refusal_line
from tests.building import set_to, step
from tests.examples import costly
from tests.fold.show.air_stage import everything_ready, stage_of_worlds
from tests.fold.show.people_refusals import ANNA, BEN, Desk
from tests.fold.small_show import SmallControls, command

TINT, EXPOSURE, HOUR = "/grade/tint", "/grade/exposure_stops", "/time/hour"
SETS = st.tuples(
    st.sampled_from([TINT, EXPOSURE]),
    st.sampled_from([0.0, 0.5, 1.0]),
    st.integers(0, 2),
    st.integers(0, 4),
)


@costly(100, 20)
@given(st.lists(SETS, max_size=40))
def test_it_is_refused_exactly_where_the_value_has_changed_since(sets):
    controls, frame, changed = SmallControls(), 0, {TINT: 0, EXPOSURE: 0}
    for number, (path, value, gap, back) in enumerate(sets):
        frame += gap
        known, before = max(0, controls.state.sequence - back), controls.value(path)
        answer = controls.apply(command(SetRequest(id=number, path=path, value=value, if_seq=known)), frame)
        assert (answer.refusal is None) == (changed[path] <= known)
        if answer.refusal is not None:
            assert (answer.refusal.code, answer.refusal.reason) == ("conflict", "changed_since")
            assert (answer.value, answer.refusal.values["seq"]) == (before, changed[path])
        elif value != before:
            changed[path] = answer.sequence
        controls.advance(frame)


def test_of_two_who_know_the_same_only_the_first_is_carried_out():
    desk = Desk()
    outcome = desk.does(ANNA, set_to(TINT, 0.5, if_seq=0), person="Anna")
    (answer,) = desk.does(BEN, set_to(TINT, 0.7, if_seq=0)).answers
    assert outcome.answers[0].refusal is None
    assert refusal_line(answer.refusal) == "Anna has changed /grade/tint since 0, in 1: look at it, then set it again"
    assert (answer.value, answer.sequence) == (0.5, 1)
    assert desk.does(BEN, set_to(TINT, 0.7, if_seq=answer.sequence)).answers[0].refusal is None


def test_a_fade_counts_from_the_frame_in_which_it_begins():
    desk = Desk()
    first, second = desk.does(ANNA, set_to(TINT, 0.5, 2.0), set_to(TINT, 0.7, if_seq=0)).answers
    assert first.refusal is None
    assert second.refusal.reason == "changed_since"
    desk.idle(30)
    sequence = desk.show.state.controls.sequence
    desk.idle()
    (answer,) = desk.does(BEN, set_to(TINT, 0.7, if_seq=sequence)).answers
    assert answer.refusal.reason == "changed_since"


def test_other_values_do_not_matter_and_a_value_that_is_set_alike_has_not_changed():
    desk = Desk()
    desk.does(ANNA, set_to(EXPOSURE, 1.0), set_to(TINT, 0.0))
    assert desk.does(BEN, set_to(TINT, 0.5, if_seq=0)).answers[0].refusal is None


def test_what_moves_by_itself_has_changed():
    desk = Desk()
    desk.does(ANNA, set_to("/time/running", value=True), person="Anna")
    desk.idle(3)
    (answer,) = desk.does(BEN, set_to(HOUR, 6.0, if_seq=1)).answers
    assert answer.refusal.reason == "changed_since"


def test_a_batch_compares_all_of_its_items_by_its_own_or_by_theirs():
    desk = Desk()
    desk.does(ANNA, set_to(TINT, 0.5))
    items = (Target(path=EXPOSURE, value=1.0), Target(path=TINT, value=0.7))
    (answer,) = desk.does(BEN, BatchRequest(id=0, items=items, if_seq=0)).answers
    assert (answer.refusal.code, answer.path, desk.value(EXPOSURE)) == ("conflict", TINT, 0.0)
    items = (items[0], Target(path=TINT, value=0.7, if_seq=1))
    assert desk.does(BEN, BatchRequest(id=0, items=items, if_seq=0)).answers[0].refusal is None


def test_what_is_remembered_of_changes_goes_with_what_was_changed():
    show = everything_ready(stage_of_worlds())
    step(show, 1, {"/worlds/street/exposure_stops": 1.0, "/layer/street/opacity": 0.5})
    marks = show.state.controls.marks
    assert "/layer/street/opacity" in marks.at
    step(show, 2, observations=[WorldGone(key="street")])
    assert marks.at.keys() <= {parameter.path for parameter in show.tree}
    assert marks.by.keys() <= marks.at.keys()
