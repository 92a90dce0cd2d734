"""The list of cues: how it is changed, by requests and by its file, and what is looked ahead in it."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stage.show.air.shelf import MOST_WORLDS
from stage.show.cues.cue_list import cue_at, cues_after, number_after
from stage.show.frame.inputs import CuesRead
from stage.show.frame.requests import LookRequest
from stage.values.cues import LARGEST_NUMBER, Cue, CueFields, with_values
from tests.building import UNNAMED, codes, inputs_at, set_to, start_take, step, stop_take
from tests.fold.show.air_stage import ACTIVE, stage_of_worlds
from tests.fold.show.cue_stage import EXPOSURE, TINT, cue, exposure, fields, numbers, pointer, refused, show_with
from tests.fold.show.library_events import file, listing

ONE = {EXPOSURE: 1.0}


def plain(**more):
    return CueFields(values=ONE, **more)


def test_cues_are_added_at_the_end_by_number_and_after_another():
    show = show_with(plain(), plain(), fields("1.10", ONE), fields(5, ONE))
    assert numbers(show) == [1.0, 1.1, 2.0, 5.0]
    step(show, 2, cue("add", cues=(plain(), plain())), cue("add", after=1, cues=(plain(), plain())))
    step(show, 3, cue("add", after="1.1", cues=(plain(),)), cue("add", after=0.5, cues=(plain(),)))
    assert numbers(show) == [0.6, 1.0, 1.01, 1.02, 1.1, 1.2, 2.0, 5.0, 6.0, 7.0]


@given(st.lists(st.integers(1, 9000), unique=True, max_size=30).map(sorted), st.integers(0, 9000))
def test_a_number_after_another_is_free_and_between_it_and_the_next(taken, after):
    cues = [Cue(number=number) for number in taken]
    found = number_after(cues, after)
    following = next((number for number in taken if number > after), LARGEST_NUMBER + 1)
    assert found is None or after < found < following
    assert found is not None or following == after + 1
    assert cues_after(cues, after, 1) == cues[sum(number <= after for number in taken) :][:1]
    assert (cue_at(cues, after) is not None) == (after in taken)


def test_an_edit_changes_the_fields_that_are_given_and_nothing_else():
    show = show_with(fields(1, ONE, fade_s=2.0, name="up", follow_on=True))
    step(show, 2, cue("edit", cues=(CueFields(number=1, fade_s=3.0, curve="ease"),)))
    step(show, 3, cue("edit", cues=(CueFields(number=1, follow_on=False),)))
    (found,) = show.state.cues.cues
    assert (found.fade_s, found.curve, found.name, found.follow_on, found.values) == (3.0, "ease", "up", False, ONE)
    step(show, 4, cue("edit", cues=(CueFields(number=1, look="dawn", only=("sky",)),)))
    (found,) = show.state.cues.cues
    assert (found.look, found.only, found.count, found.values) == ("dawn", ("sky",), 0, {})
    step(show, 5, cue("edit", cues=(CueFields(number=1, values={TINT: 0.5, ACTIVE: "office"}),)))
    (found,) = show.state.cues.cues
    assert (found.look, found.only, found.count, found.world) == ("", (), 2, "office")


def test_all_of_a_request_happens_or_nothing():
    show = show_with(fields(1, ONE))
    before = show.snapshot().cues
    for request in (
        cue("add", cues=(fields(2, ONE), fields(1, ONE))),
        cue("add", cues=(fields(2, ONE), fields(3, {"/nothing": 1.0}))),
        cue("add", replace=True, cues=(fields(2, ONE), fields(3, {EXPOSURE: 99.0}))),
        cue("edit", cues=(CueFields(number=1, fade_s=3.0), CueFields(number=2, fade_s=3.0))),
        cue("delete", number=2),
        cue("renumber", number=2, to=3),
        cue("renumber", number=1),
    ):
        assert refused(show, 2, request)
        assert show.state.cues == before


def test_cues_are_deleted_one_by_one_and_in_a_range_and_replaced():
    show = show_with(*(fields(number, ONE) for number in (1, 1.5, 2, 3, 4)))
    step(show, 2, cue("delete", number=1.5))
    step(show, 3, cue("delete", number=2, to=3.5))
    assert numbers(show) == [1.0, 4.0]
    step(show, 4, cue("add", replace=True, cues=(fields(7, ONE),)))
    assert numbers(show) == [7.0]


def look(action, name, **more):
    return LookRequest(id=UNNAMED, action=action, name=name, **more)


def test_cues_follow_a_look_that_is_given_another_name():
    show = show_with(CueFields(look="NIGHT"), CueFields(look="day"), plain(), CueFields(look="night"))
    step(show, 2, look("save", "night"), look("save", "day"))
    edition = show.state.cues.edition
    step(show, 3, look("rename", "Night", to="deep night"))
    assert [one.look for one in show.state.cues.cues] == ["deep night", "day", "", "deep night"]
    assert show.state.cues.edition == edition + 1
    step(show, 4, cue("go"))
    assert pointer(show) == 1.0
    step(show, 5, look("rename", "day", to="noon"), look("rename", "noon", to="Noon"))
    assert show.state.cues.cues[1].look == "Noon"


def test_cues_keep_to_their_look_when_one_of_a_take_with_its_name_is_kept():
    show = show_with(CueFields(look="day"), CueFields(look="Tk 1"))
    step(show, 2, look("save", "day"), start_take("day"))
    show.step(inputs_at(3, stop_take()))
    step(show, 4, start_take("Tk 1"))
    step(show, 5, look("rename", "day", to="lunch", takes=True), look("rename", "Tk 1", to="kept", takes=True))
    assert [one.look for one in show.state.cues.cues] == ["day", "kept"]


def test_renumbering_leaves_the_pointer_at_its_cue():
    show = show_with(fields(1, {TINT: 0.1}), fields(1.5, {TINT: 0.2}), fields(7, {TINT: 0.3}), fields(9, {TINT: 0.4}))
    step(show, 2, cue("go"))
    step(show, 3, cue("go"))
    step(show, 4, cue("renumber"))
    assert (numbers(show), pointer(show)) == ([1.0, 2.0, 3.0, 4.0], 2.0)
    step(show, 5, cue("renumber", number=2, to=3.5))
    assert (numbers(show), pointer(show)) == ([1.0, 3.0, 3.5, 4.0], 3.5)
    step(show, 6, cue("delete", number=3.5))
    step(show, 7, cue("renumber"))
    assert (numbers(show), pointer(show)) == ([1.0, 2.0, 3.0], 2.0)
    step(show, 8, cue("go"))
    assert pointer(show) == 3.0


@pytest.mark.parametrize("path", ["/wall/main/latency_ms", "/wall/main/pattern", "/world/guide", "/camera/A/parked"])
def test_no_cue_holds_what_belongs_to_the_stage_or_is_kept_from_takes(path):
    show = show_with()
    value = show.tree[path].default
    (answer,) = show.step(inputs_at(2, cue("add", cues=(fields(1, {path: value}),)))).answers
    assert (answer.path, answer.refusal.reason) == (path, "not_in_cues")


DAWN = Cue(number=3000, look="dawn")


def read(edition=0, *, by_hand=True, digest="", cues=(DAWN,)):
    return CuesRead(cues=tuple(cues), edition=edition, by_hand=by_hand, digest=digest)


def test_a_file_that_was_changed_by_hand_is_taken_over_once():
    show = show_with(fields(1, ONE))
    step(show, 2, observations=[read(digest="a")])
    assert (numbers(show), show.state.cues.edition) == ([3.0], 1)
    step(show, 3, cue("add", cues=(fields(4, ONE),)))
    step(show, 4, observations=[read(digest="a")])
    assert numbers(show) == [3.0, 4.0]
    step(show, 5, observations=[read(digest="b", cues=())])
    assert numbers(show) == []


def test_a_file_that_the_stage_wrote_is_taken_over_only_where_it_is_newer():
    show = show_with(fields(1, ONE), fields(2, ONE))
    step(show, 2, observations=[read(edition=1, by_hand=False)])
    assert numbers(show) == [1.0, 2.0]
    step(show, 3, observations=[read(edition=7, by_hand=False)])
    assert (numbers(show), show.state.cues.edition) == ([3.0], 7)
    step(show, 4, observations=[read(digest="a", cues=())])
    step(show, 5, observations=[read(edition=7, by_hand=False, cues=())])
    step(show, 6, observations=[read(digest="a")])
    assert numbers(show) == [3.0]  # the same text again, after another one had been written


def test_the_worlds_of_the_next_two_cues_are_looked_ahead_to():
    show = show_with(
        fields(1, {ACTIVE: "office"}), fields(2, ONE), fields(3, {ACTIVE: "street"}), fields(4, {ACTIVE: "pattern"})
    )
    assert show.state.air.ahead == ["office"]
    step(show, 2, cue("go"))
    assert show.state.air.ahead == ["street"]
    step(show, 3, cue("go"))
    assert show.state.air.ahead == ["street", "pattern"]
    step(show, 4, cue("back"), cue("delete", number=3))
    assert show.state.air.ahead == ["pattern"]


def test_the_world_of_a_look_is_looked_ahead_to_unless_it_is_left_out():
    show = show_with()
    step(show, 2, set_to(ACTIVE, "street"))
    step(show, 3, LookRequest(id=UNNAMED, action="save", name="wet"), set_to(ACTIVE, "valley"))
    step(show, 4, cue("add", cues=(CueFields(look="wet", only=("light",)),)))
    assert show.state.air.ahead == []
    step(show, 5, cue("edit", cues=(CueFields(number=1, only=()),)))
    assert show.state.air.ahead == ["street"]


def test_a_world_of_the_library_that_comes_next_stands_ready_and_makes_no_room_for_others():
    show = stage_of_worlds().show()
    files = [file(f"{number:03d}.png", changed_s=number) for number in range(MOST_WORLDS + 20)]
    step(show, 0, cue("add", cues=(fields(1, {ACTIVE: "000"}), fields(2, ONE))))
    step(show, 1, observations=[listing(*files, first=True)])
    (key,) = show.state.air.ahead
    assert show.state.air.library.full[key] == "library/000.png"
    for frame in range(2, 30):
        step(show, frame, set_to(ACTIVE, f"{100 + frame:03d}"))
    assert show.state.air.library.full[key] == "library/000.png"
    twin = type(show)(show.config, stage_of_worlds().calibration, show.snapshot())
    step(twin, 30)
    step(show, 30)
    assert twin.snapshot() == show.snapshot()


def test_health_says_what_the_next_cue_lacks_until_it_is_there():
    show = show_with(CueFields(look="wet"), fields(2, {ACTIVE: "nowhere"}))
    seen = [codes(step(show, frame)) for frame in range(2, 60)]
    assert "cue_look_missing" in seen[-1]
    step(show, 60, LookRequest(id=UNNAMED, action="save", name="wet"))
    seen = [codes(step(show, frame)) for frame in range(61, 200)]
    assert "cue_look_missing" not in seen[-1]
    step(show, 200, cue("go"))
    seen = [codes(step(show, frame)) for frame in range(201, 260)]
    assert "cue_world_missing" in seen[-1]


def test_an_observation_with_cues_that_are_none_does_no_harm():
    show = show_with()
    step(show, 2, observations=[read(cues=(Cue(number=1000, content=b"\xc1", count=3), Cue(number=2000, look="x")))])
    assert not refused(show, 3, cue("go"))
    assert refused(show, 4, cue("go")) == "cue_without_look"
    spoilt = with_values(Cue(number=3000), {EXPOSURE: "text", "/nothing": 1.0, TINT: 0.5})
    step(show, 5, observations=[read(digest="x", cues=(spoilt,))])
    (answer,) = step(show, 6, cue("goto", number=3)).answers
    assert set(answer.look.refused) == {EXPOSURE, "/nothing"}
    assert (answer.look.count, exposure(show)) == (1, 0.0)


def test_a_list_survives_its_encoding():
    show = show_with(fields(1, ONE), CueFields(look="dawn", only=("sky",)))
    encoded = msgspec.msgpack.encode(show.state.cues)
    assert msgspec.msgpack.decode(encoded, type=type(show.state.cues)) == show.state.cues
