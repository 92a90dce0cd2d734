"""The guide over the world: planned as it is set, frozen with the picture, and kept out of takes."""

import pytest

from stage.show.frame.inputs import TakeReport
from stage.show.frame.requests import BatchRequest, SetRequest, Target
from stage.words.sentences import refusal_line
from tests.building import inputs_at, stage, start_take, step, stop_take

STAGE = stage()
GUIDE = "/world/guide"
ON = SetRequest(id=0, path=GUIDE, value="horizon")


def refused(show, frame, request):
    return show.step(inputs_at(frame, request)).answers[0].refusal


def test_the_plan_has_the_guide_and_freeze_keeps_it():
    show = STAGE.show()
    assert step(show, 0).plan.guide == "off"
    assert step(show, 1, {GUIDE: "floor"}).plan.guide == "floor"
    assert step(show, 2, {"/output/freeze": True}).plan.guide == "floor"
    assert step(show, 3, {GUIDE: "off"}).plan.guide == "floor"
    assert step(show, 4, {"/output/freeze": False}).plan.guide == "off"


@pytest.mark.parametrize("request_", [ON, BatchRequest(id=0, items=(Target(path=GUIDE, value="horizon"),))])
def test_while_a_take_records_it_is_refused_unless_it_is_forced(request_):
    show = STAGE.show()
    step(show, 0, start_take("one"))
    refusal = refused(show, 1, request_)
    assert (refusal.code, refusal.reason, refusal.values) == (
        "conflict",
        "kept_from_take",
        {"path": GUIDE, "take": "one"},
    )
    assert (
        refusal_line(refusal) == "recording: /world/guide stays as it is in the take 'one': stop it first, or force it"
    )
    assert step(show, 2).plan.guide == "off"
    assert refused(show, 3, SetRequest(id=0, path=GUIDE, value="horizon", force=True)) is None
    assert step(show, 4).plan.guide == "horizon"


def test_it_can_always_be_taken_away_and_put_on_again_after_the_take():
    show = STAGE.show()
    step(show, 0, {GUIDE: "horizon"})
    step(show, 1, start_take("one"))
    began = TakeReport(name="one", state="recording", count=1)
    assert step(show, 2, {GUIDE: "off"}, observations=[began]).plan.guide == "off"
    step(show, 3, stop_take())
    assert step(show, 4, {GUIDE: "floor"}).plan.guide == "floor"


def test_a_take_is_not_kept_from_what_a_shot_needs():
    show = STAGE.show()
    step(show, 0, start_take("one"))
    others = {"/output/blackout": True, "/output/freeze": True, "/grade/exposure_stops": 1.0, "/time/hour": 6.0}
    items = tuple(Target(path=path, value=value) for path, value in others.items())
    assert refused(show, 1, BatchRequest(id=0, items=items)) is None
