"""Take from the world now: a light gives by hand what it would follow, once that is measured."""

from __future__ import annotations

import math

import pytest

from stage.show.frame.inputs import Redone
from stage.show.frame.lights import LightReached
from stage.show.frame.outcome import Outcome, encode_answer
from stage.show.frame.requests import BatchRequest, LightRequest, UndoRequest
from stage.show.lights.colour import cell_of
from stage.words.sentences import refusal_line
from tests.building import RATE_HZ, camera, command, inputs_at, light, stage, step, table, value_of

STAGE = stage(camera("A"), light("Führung", key="key"), light("fill", follow="world", address=20))
RGB = (0.9, 0.5, 0.2)
FILL = (0.3, 0.3, 0.3)


def take(name: str = "key", **given: object) -> LightRequest:
    return LightRequest(id=0, name=name, **given)


def answers(outcome: Outcome):
    return [(one.refusal.reason if one.refusal else one.value) for one in outcome.answers]


def test_a_light_by_hand_is_measured_for_a_few_frames_and_keeps_what_came():
    show = STAGE.show()
    before = step(show, 0).plan.probes
    asked = step(show, 1, take("Führung"))
    assert asked.answers == ()
    assert len(asked.plan.probes.probes) == 2
    step(show, 2)
    step(show, 3, observations=[LightReached(frame=1, light=(*FILL, *RGB))])
    done = step(show, 4)
    x, y, level = cell_of(RGB)
    values = {"follow": "off", "colour": "xy", "x": x, "y": y, "intensity": level}
    assert {name: value_of(show, f"/light/key/{name}") for name in values} == pytest.approx(values)
    assert done.lights.targets[:3] == pytest.approx((x, y, level))
    assert step(show, 5).plan.probes.probes == before.probes


def test_the_answer_comes_in_the_frame_that_sets_it_to_whoever_asked_and_again():
    show = STAGE.show()
    step(show, 0)
    show.step(inputs_at(1, command(take(), request_id="a", session="s" * 16)))
    again = show.step(inputs_at(2, command(take(), request_id="a", session="s" * 16, sender="other")))
    assert again.answers == ()
    done = step(show, 3, observations=[LightReached(frame=1, light=(*FILL, *RGB))])
    assert [one.sender for one in done.answers] == ["test", "other"]
    (first, _), x = done.answers, cell_of(RGB)[0]
    assert (first.path, first.frame) == ("/light/key/intensity", 3)
    assert first.before["/light/key/x"] != x
    repeated = show.step(inputs_at(4, command(take(), request_id="a", session="s" * 16)))
    assert repeated.answers[0].frame == 3


def test_undo_takes_all_of_it_back():
    show = STAGE.show()
    step(show, 0)
    step(show, 1, take())
    step(show, 2, observations=[LightReached(frame=1, light=(*FILL, *RGB))])
    assert value_of(show, "/light/key/colour") == "xy"
    step(show, 3, UndoRequest(id=0))
    assert value_of(show, "/light/key/colour") == "temperature"
    assert value_of(show, "/light/key/intensity") == 1.0


def test_a_follower_keeps_what_it_follows_at_once():
    show = STAGE.show()
    step(show, 0)
    for frame in range(1, 90):
        step(show, frame, observations=[LightReached(frame=frame - 1, light=FILL)])
    given_before = step(show, 90).lights.targets[3:]
    step(show, 91, take("fill"))
    outcome = step(show, 92)
    assert len(outcome.answers) == 1
    assert outcome.lights.targets[3:] == pytest.approx(given_before, abs=1e-6)
    assert value_of(show, "/light/fill/follow") == "off"
    assert not step(show, 93).plan.probes


def test_the_suns_light_is_taken_without_measuring_where_a_sky_is_on_air():
    show = stage(camera("A"), light("key"), table("[world]", kind="sky")).show()
    step(show, 0)
    step(show, 1, take(follow="sun"))
    assert len(step(show, 2).answers) == 1
    assert value_of(show, "/light/key/colour") == "xy"
    assert 0.3 < value_of(show, "/light/key/x") < 0.36


def test_what_was_not_measured_within_a_second_is_refused_with_why():
    show = STAGE.show()
    step(show, 0)
    step(show, 1, take())
    found = [one for frame in range(2, 3 + RATE_HZ) for one in show.step(inputs_at(frame)).answers]
    assert [one.refusal.reason for one in found] == ["light_not_measured"]
    assert refusal_line(found[0].refusal).startswith("what light Führung would follow was not measured within 1 s")
    assert value_of(show, "/light/key/colour") == "temperature"
    assert not show.state.lights.asked


def test_what_cannot_be_asked_is_refused_at_once():
    show = STAGE.show()
    assert answers(show.step(inputs_at(0, take("rim")))) == ["no_light"]
    assert answers(show.step(inputs_at(1, command(take(), request_id="x", role="viewer")))) == ["command_needs_role"]
    assert answers(stage(camera("A")).show().step(inputs_at(0, take()))) == ["no_light_at_all"]
    many = [command(take(), request_id=str(number)) for number in range(17)]
    assert answers(show.step(inputs_at(2, *many))) == ["lights_asked"]


def test_a_restarted_core_still_answers_and_the_journal_has_what_was_set():
    show = STAGE.show()
    step(show, 0)
    step(show, 1, take())
    show = STAGE.show(show.snapshot())
    step(show, 2, observations=[LightReached(frame=1, light=(*FILL, *RGB))])
    done = STAGE.show(show.snapshot())
    assert value_of(done, "/light/key/colour") == "xy"
    (entry,) = entered_of(STAGE)
    assert isinstance(entry.command.request, BatchRequest)
    fresh = STAGE.show()
    redone = Redone(number=1, command=entry.command, answer=encode_answer(entry.answer))
    fresh.step(inputs_at(0).__class__(epoch=1, frame=0, present_ns=1, redone=(redone,)))
    assert math.isclose(value_of(fresh, "/light/key/x"), cell_of(RGB)[0])


def entered_of(of_stage):
    show = of_stage.show()
    step(show, 0)
    step(show, 1, take())
    return step(show, 2, observations=[LightReached(frame=1, light=(*FILL, *RGB))]).entered
