"""What is found in a world is mended as one change, which can be taken back; or nothing is done, with a reason."""

from __future__ import annotations

import msgspec

from render.worlds.shared.facts import PictureFacts
from stage.show.frame.outcome import Answer
from stage.show.frame.requests import WorldsRequest
from stage.show.show import Show
from tests.building import batch, command, inputs_at, start_take, value_of
from tests.fold.show.air_stage import layer, ready, stage_of_worlds, world
from tracking.settable import Role

TURN = "/layer/valley/roll_deg"
TILTED = PictureFacts(columns=20000, rows=10000, horizon=0.5, roll_deg=5.0, mean_nits=40.0)
FACTS = [msgspec.structs.replace(one, facts=TILTED) for one in ready("valley", "office")]


def begun() -> Show:
    show = stage_of_worlds(world("Caf\u00e9", layer(file="cafe.exr")), world="valley").show()
    show.step(inputs_at(0, observations=FACTS))
    return show


def asked(show: Show, frame: int, name: str, code: str = "", role: Role = "director") -> Answer:
    request = WorldsRequest(id=frame, action="fix", name=name, code=code)
    (answer,) = show.step(inputs_at(frame, command(request, request_id=frame, role=role))).answers
    return answer


def reason_of(answer: Answer) -> str:
    assert answer.refusal is not None
    return answer.refusal.reason


def test_what_mends_a_world_is_set_and_what_was_before_is_answered() -> None:
    show = begun()
    answer = asked(show, 1, "valley")
    assert answer.refusal is None
    assert (answer.value, answer.before) == ("valley", {TURN: 0.0})
    assert value_of(show, TURN) == -5.0
    assert value_of(show, "/layer/office/roll_deg") == 0.0
    show.step(inputs_at(2, batch(dict(answer.before))))
    assert value_of(show, TURN) == 0.0


def test_one_finding_is_mended_by_its_code() -> None:
    show = begun()
    assert reason_of(asked(show, 1, "valley", "seam_seen")) == "no_such_fix"
    assert asked(show, 2, "valley", "horizon_tilted").before == {TURN: 0.0}
    assert reason_of(asked(show, 3, "valley")) == "nothing_to_fix"


def test_a_world_is_called_by_its_name_in_any_form_or_its_key() -> None:
    show = begun()
    for frame, name in enumerate(("Cafe\u0301", "Caf\u00e9"), start=1):
        assert reason_of(asked(show, frame, name)) == "nothing_to_fix"
    assert reason_of(asked(show, 3, "Kaffee")) == "no_world"
    assert asked(show, 4, "office").before == {"/layer/office/roll_deg": 0.0}


def test_the_world_that_a_take_records_is_left_as_it_is() -> None:
    show = begun()
    show.step(inputs_at(1, start_take("one")))
    assert reason_of(asked(show, 2, "valley")) == "fix_in_a_take"
    assert value_of(show, TURN) == 0.0
    assert asked(show, 3, "office").refusal is None


def test_a_viewer_mends_nothing() -> None:
    show = begun()
    assert reason_of(asked(show, 1, "valley", role="viewer")) == "command_needs_role"
    assert value_of(show, TURN) == 0.0
