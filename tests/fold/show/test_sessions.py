"""A client is its session, over all of its connections, and belongs to whoever used it first."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stage.show.commands.answered import MOST_CLIENTS
from stage.show.frame.inputs import TakeReport
from stage.show.frame.requests import UndoRequest
from tests.building import command, inputs_at, set_to, stage, start_take, value_of
from tests.examples import costly

STAGE = stage()
TINT = "/grade/tint"
SESSION = "one-and-the-same-session"


def by(request, request_id="a", sender="first connection", **who):
    return command(request, request_id=request_id, sender=sender, session=who.pop("session", SESSION), **who)


def answers(show, frame, *commands, observations=()):
    return show.step(inputs_at(frame, *commands, observations=observations)).answers


def test_a_retry_over_another_connection_is_answered_there_and_not_carried_out_again():
    show = STAGE.show()
    (first,) = answers(show, 0, by(set_to(TINT, 0.5)))
    answers(show, 1, by(set_to(TINT, 0.1), "b"))
    (again,) = answers(show, 2, by(set_to(TINT, 0.5), sender="second connection"))
    assert (first.sender, again.sender) == ("first connection", "second connection")
    assert (again.value, again.frame, again.sequence, value_of(show, TINT)) == (0.5, 0, first.sequence, 0.1)


def test_without_a_session_another_connection_is_another_client():
    show = STAGE.show()
    for sender in ("first", "second"):
        (answer,) = answers(show, 0, command(set_to(TINT, 0.5), request_id="a", sender=sender))
        assert answer.frame == -1


def test_a_start_of_a_take_that_is_sent_again_over_another_connection_is_answered_on_both():
    show = STAGE.show()
    assert answers(show, 0, by(start_take("one"))) == ()
    assert answers(show, 1, by(start_take("one"), sender="second connection")) == ()
    begun = TakeReport(name="one", state="recording", count=1)
    found = answers(show, 2, observations=[begun])
    assert [(one.sender, one.value, one.refusal) for one in found] == [
        ("first connection", "one", None),
        ("second connection", "one", None),
    ]
    assert show.state.take.count == 1
    resumed = STAGE.show(show.snapshot())
    (again,) = answers(resumed, 3, by(start_take("one"), sender="third connection"))
    assert (again.sender, again.value, resumed.state.take.count) == ("third connection", "one", 1)


@pytest.mark.parametrize("owners", [("key:anna", "key:ben"), ("", "key:ben"), ("tablet:7", "")])
def test_a_session_that_another_used_first_is_forbidden_and_nothing_of_it_can_be_reached(owners):
    show = STAGE.show()
    answers(show, 0, by(set_to(TINT, 0.5), owner=owners[0]))
    stolen = [
        by(set_to(TINT, 0.5), owner=owners[1]),  # its answer
        by(set_to(TINT, 0.9), "b", owner=owners[1]),  # its name
        by(UndoRequest(id=0), "c", owner=owners[1]),  # what it could undo
    ]
    for frame, one in enumerate(stolen, start=1):
        (answer,) = answers(show, frame, one)
        assert (answer.refusal.code, answer.refusal.reason) == ("forbidden", "session_of_another")
        assert answer.refusal.values == {}
    assert value_of(show, TINT) == 0.5
    (own,) = answers(show, 9, by(set_to(TINT, 0.9), "b", owner=owners[0]))
    assert own.refusal is None


def test_who_owns_a_session_is_known_after_a_restart():
    show = STAGE.show()
    answers(show, 0, by(set_to(TINT, 0.5), owner="key:anna"))
    (answer,) = answers(STAGE.show(show.snapshot()), 1, by(set_to(TINT, 0.9), "b", owner="key:ben"))
    assert answer.refusal.code == "forbidden"


def test_what_belongs_to_a_client_is_forgotten_together():
    show = STAGE.show()
    answers(show, 0, by(set_to(TINT, 0.5), owner="key:anna"))
    for number in range(MOST_CLIENTS):
        asked = by(set_to(TINT, number / 100.0), session=f"another session {number}", owner="key:anna")
        answers(show, number + 1, asked)
    assert SESSION not in show.state.answers.by_client
    assert SESSION not in show.state.controls.history.by_client
    (answer,) = answers(show, 99, by(UndoRequest(id=0), "u", owner="key:ben"))
    assert answer.refusal.reason == "nothing_to_undo"


@costly(30, 5)
@given(st.lists(st.tuples(st.sampled_from(["", "key:anna", "key:ben"]), st.integers(0, 60)), max_size=80))
def test_an_owner_with_many_sessions_pushes_out_its_own_before_those_of_others(used):
    show = STAGE.show()
    for frame, (owner, number) in enumerate(used):
        answers(show, frame, by(set_to(TINT, 0.5), f"{frame}", session=f"{owner:-<12}{number:04}", owner=owner))
    flood = [by(set_to(TINT, 0.5), str(number), session=f"flood {number:010}", owner="flood") for number in range(99)]
    answers(show, 100, *flood)
    owners = [known.owner for known in show.state.answers.by_client.values()]
    assert len(owners) <= MOST_CLIENTS
    for owner, number in used[-1:]:
        assert f"{owner:-<12}{number:04}" in show.state.answers.by_client
