"""The table of commands: who may give which; and what is remembered of the answers, for each sender."""

import pytest

from stage.config.starting_values import tree_of
from stage.show.commands.answered import ANSWERS_OF_A_PAGE, ANSWERS_OF_ONE, MOST_CLIENTS
from stage.show.commands.table import COMMANDS
from stage.show.frame.inputs import Condition, TakeReport
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
    UndoRequest,
    WorldsRequest,
)
from stage.values.cues import CueFields
from stage.values.desk import DeskMap
from tests.building import (
    batch,
    camera,
    command,
    freed,
    inputs_at,
    set_heading,
    set_to,
    stage,
    start_take,
    step,
    stop_take,
    tracker,
    value_of,
)
from tracking.settable import ROLES

STAGE = stage(tracker("t"), camera("A", tracker="t"))
TREE = tree_of(STAGE.config)
LEAST_ROLE = {
    SetRequest: "viewer",
    BatchRequest: "viewer",
    TakeRequest: "director",
    NudgeRequest: "operator",
    AcknowledgeRequest: "director",
    WorldsRequest: "director",
    UndoRequest: "director",
    LeaseRequest: "director",
    LightRequest: "director",
    DeskRequest: "operator",
    LookRequest: "director",
    CueRequest: "director",
}
ASKED = [
    set_to("/output/blackout", value=True),
    batch({"/output/blackout": True}),
    start_take("one"),
    stop_take(),
    set_heading("t", 5.0),
    AcknowledgeRequest(id="ack", code="core_restarted"),
    DeskRequest(id="desk", maps=(DeskMap(path="/grade/tint", universe=1, address=1),)),
    LookRequest(id="look", action="save", name="look"),
    CueRequest(id="cue", action="add", cues=(CueFields(values={"/grade/tint": 0.5}),)),
]
TINT = "/grade/tint"


def may(role, least):
    return ROLES.index(role) >= ROLES.index(least)


def begun(show, frame):
    """The answers of a frame in which the recorder reports that the take is on disk."""
    take = show.state.take
    report = TakeReport(name=take.name, state="recording", count=take.count)
    return show.step(inputs_at(frame, observations=[report], datagrams=[freed(frame, 30.0)])).answers


def answer_to(show, frame, request, **who):
    """The answer to one command, with the tracker's pose in the frame's packet."""
    asked = command(request, **{"request_id": f"{frame}", **who})
    answers = show.step(inputs_at(frame, asked, datagrams=[freed(frame, 30.0)])).answers
    return (answers or begun(show, frame + 1))[0]


def test_every_request_is_in_the_table_once_with_the_role_it_needs():
    assert {kind.request: kind.least_role or "viewer" for kind in COMMANDS} == LEAST_ROLE
    assert len({(kind.request, kind.action) for kind in COMMANDS}) == len(COMMANDS)
    assert set(LEAST_ROLE) == set(ShowRequest.__args__)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("request_", ASKED, ids=lambda request: request.__struct_config__.tag)
def test_a_command_is_carried_out_for_the_roles_that_may_give_it(request_, role):
    show = STAGE.show()
    restarted = Condition(code="core_restarted", values={"count": 1, "exit": "signal 9"}, lasts=True)
    step(show, 0, datagrams=[freed(0, 30.0)], observations=[restarted])
    if request_ == stop_take():
        step(show, 0, start_take("one"))
        begun(show, 1)
    before = show.snapshot()
    answer = answer_to(show, 2, request_, role=role)
    least = LEAST_ROLE[type(request_)]
    if not may(role, least):
        needed = {"command": request_.__struct_config__.tag, "needed": least, "role": role}
        assert (answer.refusal.reason, answer.refusal.values) == ("command_needs_role", needed)
        assert (show.state.take, show.state.controls.values) == (before.take, before.controls.values)
    elif least == "viewer" and role == "viewer":
        assert answer.refusal.reason == "value_needs_role"
    else:
        assert answer.refusal is None


def test_a_viewer_can_neither_start_a_take_nor_set_a_heading():
    show = STAGE.show()
    step(show, 0, datagrams=[freed(0, 30.0)])
    for frame, request in enumerate((start_take(), set_heading("t")), start=1):
        assert answer_to(show, frame, request, role="viewer").refusal.code == "forbidden"
    assert not show.state.take.recording
    assert value_of(show, "/tracker/t/offset/pan_deg") == 0.0


@pytest.mark.parametrize("role", ROLES)
def test_a_role_sets_exactly_the_values_that_it_may(role):
    show = STAGE.show()
    asked = [
        command(set_to(parameter.path, parameter.default), request_id=parameter.path, role=role) for parameter in TREE
    ]
    answers = show.step(inputs_at(0, *asked)).answers
    refused = {answer.path for answer in answers if answer.refusal is not None}
    assert refused == {parameter.path for parameter in TREE if not may(role, parameter.role)}
    assert (len(refused) == len(TREE)) == (role == "viewer")


def test_a_command_that_is_sent_again_gets_its_first_answer_and_is_carried_out_once():
    show = STAGE.show()
    first = answer_to(show, 0, start_take("one"), request_id="a")
    again = answer_to(show, 5, start_take("one"), request_id="a")
    assert again == first
    assert (first.frame, first.value, show.state.take.count) == (1, "one", 1)


def test_a_refused_command_that_is_sent_again_is_refused_alike():
    show = STAGE.show()
    first = answer_to(show, 0, set_to(TINT, 9.0), request_id="a")
    assert answer_to(show, 5, set_to(TINT, 9.0), request_id="a").refusal == first.refusal


def test_another_request_under_the_same_id_is_refused_and_the_first_answer_stays():
    show = STAGE.show()
    answer_to(show, 0, set_to(TINT, 0.1), request_id="a")
    other = answer_to(show, 1, set_to(TINT, 0.2), request_id="a")
    assert (other.refusal.code, other.refusal.reason) == ("conflict", "id_used_before")
    assert value_of(show, TINT) == 0.1
    assert answer_to(show, 2, set_to(TINT, 0.1), request_id="a").value == 0.1


def test_the_number_1_and_the_text_1_are_two_ids():
    show = STAGE.show()
    answer_to(show, 0, set_to(TINT, 0.1), request_id=1)
    assert answer_to(show, 1, set_to(TINT, 0.2), request_id="1").refusal is None


def test_two_senders_may_use_the_same_id():
    show = STAGE.show()
    answer_to(show, 0, set_to(TINT, 0.1), request_id="a", sender="one")
    assert answer_to(show, 1, set_to(TINT, 0.2), request_id="a", sender="two").value == 0.2


def test_a_flood_of_one_sender_does_not_push_out_another_senders_answer():
    show = STAGE.show()
    first = answer_to(show, 0, start_take("one"), request_id="mine", sender="director")
    for frame in range(2, 12):
        flood = [command(set_to(TINT, 0.5), request_id=f"{frame}-{number}", sender="flood") for number in range(1000)]
        show.step(inputs_at(frame, *flood))
    again = answer_to(show, 12, start_take("one"), request_id="mine", sender="director")
    assert again == first
    remembered = {client: len(known) for client, known in show.state.answers.by_client.items()}
    assert remembered.pop("flood") in range(ANSWERS_OF_ONE, ANSWERS_OF_ONE + ANSWERS_OF_A_PAGE)
    assert remembered == {"director": 1}


def test_of_one_senders_commands_the_newest_are_remembered():
    show = STAGE.show()
    most = ANSWERS_OF_ONE + ANSWERS_OF_A_PAGE
    asked = [command(set_to(TINT, 0.5), request_id=number) for number in range(most + 5)]
    show.step(inputs_at(0, *asked))
    pages = show.state.answers.by_client["test"].pages.values()
    kept = range(ANSWERS_OF_A_PAGE, most + 5)
    assert [key for page in pages for key in page.answers] == [repr(one) for one in kept]


def test_senders_are_bounded_and_the_longest_silent_is_forgotten_first():
    show = STAGE.show()
    for number in range(MOST_CLIENTS):
        answer_to(show, number, set_to(TINT, 0.5), sender=f"sender {number}")
    answer_to(show, 100, set_to(TINT, 0.5), sender="sender 0")
    answer_to(show, 101, set_to(TINT, 0.5), sender="newcomer")
    known = list(show.state.answers.by_client)
    assert len(known) == MOST_CLIENTS
    assert "sender 1" not in known
    assert known[-2:] == ["sender 0", "newcomer"]


def test_answers_are_remembered_across_a_snapshot():
    show = STAGE.show()
    first = answer_to(show, 0, start_take("one"), request_id="a")
    resumed = STAGE.show(show.snapshot())
    assert answer_to(resumed, 9, start_take("one"), request_id="a") == first
