"""What is on air: cuts and dissolves on named frames, targets that wait, changes of mind."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from render.plan.frame import assets_of
from render.worlds.on_air import impossible_air
from stage.show.frame.inputs import AssetGone, AssetProgress
from stage.show.frame.outcome import encode_plan, encode_report
from stage.show.state import decode_state, encode_state
from tests.building import codes, digest, inputs_at, set_to, step, value_of
from tests.examples import costly
from tests.fold.show.air_stage import ACTIVE, SHA256, air_at, everything_ready, failed, ready, stage_of_worlds

STAGE = stage_of_worlds()
SECOND = 60


def dissolve(name, fade_s=2.0):
    return set_to(ACTIVE, name, fade_s=fade_s)


def shown(air):
    return air.on_air, air.coming, round(air.share, 6)


def after(show, frame, *asked, **given):
    """What is on air in a frame with these requests."""
    return step(show, frame, *asked, **given).air


def test_the_first_world_is_on_air_unless_the_stage_names_another():
    assert air_at(STAGE.show(), 0).on_air == "valley"
    other = stage_of_worlds(world="street").show()
    assert (air_at(other, 0).on_air, value_of(other, ACTIVE)) == ("street", "street")


def test_a_saved_target_is_on_air_at_the_start():
    show = STAGE.show(restored={ACTIVE: "office"})
    assert shown(air_at(show, 0)) == ("office", "", 0.0)


def test_a_cut_to_a_world_that_is_ready_is_in_the_frame_of_its_answer():
    show = everything_ready(STAGE)
    outcome = step(show, 7, set_to(ACTIVE, "office"))
    (answer,) = outcome.answers
    assert (answer.value, answer.detail) == ("office", "")
    assert (outcome.air.on_air, outcome.air.target, outcome.air.since_frame) == ("office", "office", 7)
    assert outcome.plan.air.world.layers[0].light.asset == SHA256["office"]
    assert outcome.plan.air.coming is None


def test_a_dissolve_takes_its_seconds_and_begins_and_ends_on_frames():
    show = everything_ready(STAGE)
    begun = step(show, 10, dissolve("office"))
    assert shown(begun.air) == ("valley", "office", 0.0)
    assert begun.air.since_frame == 10
    half = step(show, 10 + SECOND)
    assert shown(half.air) == ("valley", "office", 0.5)
    assert (half.plan.air.world.key, half.plan.air.coming.key, half.plan.air.share) == ("valley", "office", 0.5)
    assert set(assets_of(half.plan)) == {(SHA256["valley"], ""), (SHA256["office"], "")}
    assert shown(after(show, 9 + 2 * SECOND))[:2] == ("valley", "office")
    ended = after(show, 10 + 2 * SECOND)
    assert (shown(ended), ended.since_frame) == (("office", "", 0.0), 10 + 2 * SECOND)


def test_a_target_that_must_be_read_is_acknowledged_at_once_and_waits():
    show = STAGE.show()
    step(show, 0, observations=ready("valley"))
    asked = step(show, 1, dissolve("office"))
    assert [answer.detail for answer in asked.answers] == ["loading"]
    assert (asked.air.target, shown(asked.air)) == ("office", ("valley", "", 0.0))
    step(show, 30, observations=[AssetProgress(file="office.exr", share=0.5)])
    begun = after(show, 31, observations=ready("office"))
    assert (shown(begun), begun.since_frame) == (("valley", "office", 0.0), 31)
    assert shown(after(show, 31 + SECOND)) == ("valley", "office", 0.5)


def test_a_later_target_replaces_one_that_waits():
    show = STAGE.show()
    step(show, 0, observations=ready("valley", "street"))
    step(show, 1, dissolve("office"))
    assert shown(after(show, 2, set_to(ACTIVE, "street"))) == ("street", "", 0.0)
    assert shown(after(show, 3, observations=ready("office"))) == ("street", "", 0.0)


def test_a_target_that_cannot_be_read_goes_back_to_what_is_on_air_and_health_says_so():
    show = STAGE.show()
    step(show, 0, observations=ready("valley"))
    step(show, 1, dissolve("office"))
    outcome = step(show, 20, observations=[failed("office")])
    assert (outcome.air.target, outcome.air.on_air) == ("valley", "valley")
    assert ACTIVE in show.state.controls.changed
    (finding,) = [finding for finding in outcome.health if finding.code == "world_unreadable"]
    assert (finding.severity, finding.values["world"], finding.values["why"]) == ("warning", "office", "cannot_open")
    later = step(show, 80)
    assert [one for one in later.health if one.code == "world_unreadable"] == [finding]  # told once
    assert codes(step(show, 81, observations=ready("office"))) == []


def test_asking_again_for_a_world_that_could_not_be_read_waits_for_it_again():
    show = STAGE.show()
    step(show, 0, observations=[*ready("valley"), failed("office")])
    asked = step(show, 1, set_to(ACTIVE, "office"))
    assert [answer.detail for answer in asked.answers] == ["loading"]
    assert asked.air.target == "office"
    assert "world_unreadable" not in codes(asked)
    assert shown(after(show, 9, observations=ready("office"))) == ("office", "", 0.0)


def test_a_world_on_air_that_cannot_be_read_is_black_and_an_alarm():
    show = STAGE.show()
    outcome = step(show, 0, observations=[failed("valley")])
    (finding,) = [finding for finding in outcome.health if finding.code == "world_unreadable"]
    assert (finding.severity, finding.values["world"]) == ("alarm", "valley")
    assert not outcome.plan.air.is_ready()


def test_what_is_on_the_gpu_is_shown_although_its_file_can_no_longer_be_read():
    show = everything_ready(STAGE)
    outcome = step(show, 1, observations=[failed("valley"), failed("office")])
    assert outcome.plan.air.is_ready()
    assert {finding.severity for finding in outcome.health} == {"warning"}
    assert shown(after(show, 2, set_to(ACTIVE, "office"))) == ("office", "", 0.0)


def test_back_in_mid_dissolve_runs_backwards_from_the_share_reached():
    show = everything_ready(STAGE)
    step(show, 0, dissolve("office"))
    turned = after(show, SECOND, dissolve("valley", fade_s=9.0))
    assert shown(turned) == ("valley", "office", 0.5)
    assert shown(after(show, SECOND + 30)) == ("valley", "office", 0.25)
    over = after(show, 2 * SECOND)
    assert (shown(over), over.since_frame) == (("valley", "", 0.0), 2 * SECOND)


def test_a_dissolve_that_was_turned_back_can_go_on_again():
    show = everything_ready(STAGE)
    step(show, 0, dissolve("office"))
    step(show, SECOND, dissolve("valley"))
    assert shown(after(show, SECOND + 30, dissolve("office"))) == ("valley", "office", 0.25)
    assert shown(after(show, SECOND + 60)) == ("valley", "office", 0.5)
    assert shown(after(show, SECOND + 120)) == ("office", "", 0.0)


@pytest.mark.parametrize(("at_s", "ends_s"), [(0.5, 1.0), (1.8, 2.0)])
def test_a_third_target_begins_when_the_dissolve_is_over_which_hastens_to_half_a_second(at_s, ends_s):
    show = everything_ready(STAGE)
    step(show, 0, dissolve("office"))
    at, ends = round(at_s * SECOND), round(ends_s * SECOND)
    asked = after(show, at, dissolve("street", fade_s=1.0))
    assert (shown(asked)[:2], asked.target) == (("valley", "office"), "street")
    assert shown(after(show, ends - 1))[:2] == ("valley", "office")
    assert shown(after(show, ends)) == ("office", "street", 0.0)
    assert shown(after(show, ends + SECOND)) == ("street", "", 0.0)


def test_a_third_target_while_it_runs_back_hastens_it_back():
    show = everything_ready(STAGE)
    step(show, 0, dissolve("office", fade_s=4.0))
    step(show, 3 * SECOND, dissolve("valley"))
    step(show, 3 * SECOND + 1, set_to(ACTIVE, "street"))
    assert shown(after(show, 3 * SECOND + 31)) == ("street", "", 0.0)


def test_a_third_target_that_is_not_ready_waits_while_the_dissolve_ends():
    show = STAGE.show()
    step(show, 0, observations=ready("valley", "office"))
    step(show, 1, dissolve("office"))
    step(show, 2, dissolve("street"))
    assert shown(after(show, 40)) == ("office", "", 0.0)
    assert shown(after(show, 60, observations=ready("street"))) == ("office", "street", 0.0)


@pytest.mark.parametrize(("first", "second"), [("valley", "pattern"), ("pattern", "valley")])
def test_a_dissolve_from_or_to_raw_light_is_a_cut(first, second):
    show = everything_ready(stage_of_worlds(world=first))
    assert shown(after(show, 1, dissolve(second))) == (second, "", 0.0)


def test_a_frozen_outer_keeps_the_world_it_had_and_its_picture_in_the_plan():
    show = everything_ready(STAGE)
    step(show, 1, {"/outer/freeze": True})
    plan = step(show, 2, set_to(ACTIVE, "office")).plan
    assert (plan.air.world.key, plan.outer.air.world.key) == ("office", "valley")
    assert set(assets_of(plan)) == {(SHA256["valley"], ""), (SHA256["office"], "")}
    assert assets_of(step(show, 3, {"/outer/freeze": False}).plan) == ((SHA256["office"], ""),)


def test_each_world_has_its_own_exposure_and_turn_and_their_dissolve_has_both():
    show = everything_ready(STAGE)
    step(
        show,
        1,
        {"/worlds/office/exposure_stops": -2.0, "/worlds/office/turn_deg": 180.0, "/layer/office/turn_deg": 5.0},
    )
    air = step(show, 2, dissolve("office")).plan.air
    assert (air.world.exposure_stops, air.coming.exposure_stops) == (0.0, -2.0)
    assert (air.world.layers[0].turn_deg, air.coming.layers[0].turn_deg) == (0.0, 185.0)


def test_a_picture_that_is_gone_from_the_gpu_is_waited_for_again():
    show = everything_ready(STAGE)
    step(show, 1, observations=[AssetGone(file="office.exr")])
    assert [one.detail for one in step(show, 2, set_to(ACTIVE, "office")).answers] == ["loading"]


def test_another_process_has_nothing_on_its_gpu_until_it_says_so():
    show = everything_ready(STAGE)
    inputs = inputs_at(5, set_to(ACTIVE, "office"))
    outcome = show.step(type(inputs)(epoch=2, frame=5, present_ns=inputs.present_ns, commands=inputs.commands))
    assert not outcome.plan.air.is_ready()
    assert (outcome.air.on_air, outcome.answers[0].detail) == ("valley", "loading")


NAMES = st.sampled_from(["valley", "office", "street", "pattern"])
ASKED = st.dictionaries(
    st.integers(1, 200),
    st.tuples(NAMES, st.sampled_from([0.0, 0.3, 1.0, 2.5])) | st.sampled_from(sorted(SHA256)),
    max_size=6,
)
"""Requests and pictures that become ready, by frame."""


def inputs_of(asked, frame):
    match asked.get(frame):
        case None:
            return inputs_at(frame)
        case (name, fade_s):
            return inputs_at(frame, dissolve(name, fade_s))
        case name:
            return inputs_at(frame, observations=ready(name))


@costly(full=40, quick=10)
@given(ASKED, st.sets(st.integers(1, 260), max_size=10))
def test_skipped_frames_leave_no_trace(asked, kept):
    """Frames without inputs may be left out: what is on air is the same in every other one."""
    whole, sparse = STAGE.show(), STAGE.show()
    for frame in range(261):
        outcome = whole.step(inputs_of(asked, frame))
        if frame in kept or frame in asked:
            other = sparse.step(inputs_of(asked, frame))
            assert other.air == outcome.air
            assert other.plan.air == outcome.plan.air


@costly(full=80, quick=10)
@given(ASKED, st.integers(0, 260))
def test_a_snapshot_in_any_frame_continues_alike(asked, at):
    show = STAGE.show()
    restored = None
    for frame in sorted({*range(0, 261, 20), *asked, at}):
        if frame >= at and restored is None:
            restored = STAGE.show(decode_state(encode_state(show.snapshot())))
        outcome = show.step(inputs_of(asked, frame))
        if restored is not None:
            assert digest(restored.step(inputs_of(asked, frame))) == digest(outcome)


@costly(full=80, quick=10)
@given(ASKED)
def test_whatever_is_asked_can_be_drawn_and_ends_on_the_target_that_is_ready(asked):
    show = STAGE.show()
    step(show, 0, observations=ready("valley"))
    for frame in sorted({*range(1, 261, 5), *asked}):
        outcome = show.step(inputs_of(asked, frame))
        assert not list(impossible_air(outcome.plan.air))
    outcome = show.step(inputs_at(361, observations=ready(*SHA256)))
    target = outcome.air.target
    outcome = show.step(inputs_at(2000))
    assert shown(outcome.air) == (target, "", 0.0)
    assert encode_plan(outcome.plan)
    assert encode_report(outcome)
