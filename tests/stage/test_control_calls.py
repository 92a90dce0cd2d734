"""Calls to the edge: read from messages, queued within bounds, and answered from one look at the show a frame."""

from __future__ import annotations

import msgpack
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_stage import SmallStage

from stage.control.calls import (
    ANSWERS_A_SLOT,
    MOST_COMMANDS_WAITING,
    MOST_COMMANDS_WAITING_OF_ONE,
    MOST_WAITING,
    MOST_WAITING_OF_ONE,
    ReceivedCommand,
    WaitingCalls,
    WaitingCommands,
    lower_role,
    read_message,
)
from stage.control.edge_commands import Call, Present
from stage.control.fairness import ALWAYS, SESSIONS_OF_ONE
from stage.control.requests import HelloRequest
from stage.control.wire import MessageError
from stage.gate.link import Handed
from stage.gate.who import local_client
from stage.show.frame.requests import SetRequest
from tracking.settable import ROLES


def call(sender, number=0):
    return Call(sender, "admin", HelloRequest(id=number))


def message(body, role="admin", parts=1):
    return Handed(connection="zmq-aa", owner="", person="", role=role, origin="", body=body, parts=parts)


def test_the_calls_of_one_sender_wait_within_bounds_and_leave_room_for_others():
    waiting = WaitingCalls()
    taken = [waiting.add(call("loud", number)) is None for number in range(100)]
    assert taken == [True] * MOST_WAITING_OF_ONE + [False] * (100 - MOST_WAITING_OF_ONE)
    refusal = waiting.add(call("loud"))
    assert (refusal.code, refusal.reason) == ("busy", "calls_waiting")
    assert waiting.add(call("quiet")) is None


@given(st.lists(st.integers(0, 40), max_size=600), st.integers(0, 3))
def test_all_calls_are_answered_in_each_clients_order_and_so_many_a_frame(senders, frames):
    waiting, accepted, answered = WaitingCalls(), {}, {}
    for number, sender in enumerate(senders):
        if waiting.add(call(str(sender), number)) is None:
            accepted.setdefault(str(sender), []).append(number)
        assert len(waiting) <= MOST_WAITING + MOST_WAITING // ALWAYS
    total = len(waiting)
    for frame in range(frames):
        due = list(waiting.due())
        assert len(due) == min(ANSWERS_A_SLOT, max(0, total - frame * ANSWERS_A_SLOT))
        for one in due:
            answered.setdefault(one.sender, []).append(one.request.id)
    for one in waiting.due(100):
        answered.setdefault(one.sender, []).append(one.request.id)
    assert answered == accepted
    assert len(waiting) == 0


def test_who_asks_once_in_a_while_comes_before_those_who_always_do():
    waiting = WaitingCalls()
    for sender in range(MOST_WAITING // MOST_WAITING_OF_ONE):
        for number in range(MOST_WAITING_OF_ONE):
            waiting.add(call(f"busy {sender}", number))
    assert len(list(waiting.due(2))) == 2 * ANSWERS_A_SLOT
    for frame in range(10):
        assert waiting.add(call("quiet", frame)) is None
        assert next(waiting.due()).sender == "quiet"


def test_a_sender_whose_calls_were_answered_may_call_again():
    waiting = WaitingCalls()
    for number in range(MOST_WAITING_OF_ONE):
        waiting.add(call("one", number))
    assert waiting.add(call("one")) is not None
    assert len(list(waiting.due())) == MOST_WAITING_OF_ONE
    assert waiting.add(call("one")) is None


def test_after_slots_that_passed_more_calls_are_answered():
    waiting = WaitingCalls()
    for number in range(200):
        waiting.add(call(str(number), number))
    assert len(list(waiting.due(1))) == ANSWERS_A_SLOT
    assert len(list(waiting.due(50))) == 200 - ANSWERS_A_SLOT


def set_request(sender, number=0, session=msgspec.UNSET):
    request = SetRequest(id=number, path="/grade/tint", value=0.5, session=session)
    return ReceivedCommand(sender, "admin", request, local_client())


def test_commands_wait_in_order_within_bounds_and_one_beyond_is_busy():
    waiting = WaitingCommands()
    taken = [waiting.add(set_request("loud", number)) is None for number in range(MOST_COMMANDS_WAITING_OF_ONE + 9)]
    assert taken.count(True) == MOST_COMMANDS_WAITING_OF_ONE
    refusal = waiting.add(set_request("loud"))
    assert (refusal.code, refusal.reason) == ("busy", "commands_waiting")
    assert waiting.add(set_request("quiet")) is None
    assert [one.request.id for one in waiting.due(129) if one.sender == "loud"] == list(range(128))
    assert waiting.add(set_request("loud")) is None
    rest = list(waiting.due(MOST_COMMANDS_WAITING))
    assert len(rest) == MOST_COMMANDS_WAITING_OF_ONE - 128 + 1
    assert len(waiting) == 0


def test_a_fader_and_a_slow_client_get_their_share_of_a_frame_beside_floods():
    waiting = WaitingCommands()
    for number in range(3000):
        waiting.add(set_request("flood", number))
        waiting.add(set_request("other flood", number))
    assert all(waiting.add(set_request("fader", number)) is None for number in range(ALWAYS))
    assert waiting.add(set_request("http")) is None
    assert waiting.add(set_request("flood")) is not None
    first = [one.sender for one in waiting.due(12)]
    assert first.count("fader") == 3
    assert first.count("http") == 1
    assert abs(first.count("flood") - first.count("other flood")) <= 1


def test_a_client_is_its_session_and_a_connection_gives_itself_few_shares():
    waiting = WaitingCommands()
    for number in range(100):
        session = f"session-{number:012}"
        waiting.add(set_request("many", number, session=session))
    waiting.add(set_request("two", 1, session="a" * 16))
    waiting.add(set_request("two again", 2, session="a" * 16))
    waiting.add(set_request("one"))
    senders = [one.sender for one in waiting.due(2 * (SESSIONS_OF_ONE + 3))]
    assert senders.index("one") == SESSIONS_OF_ONE + 2
    assert senders.index("two again") > senders.index("one"), "a session has one share, over all of its connections"


@pytest.mark.parametrize("held", ROLES)
@pytest.mark.parametrize("wanted", [None, *ROLES])
def test_a_request_can_lower_its_role_and_never_raise_it(held, wanted):
    lowered = ROLES.index(lower_role(held, wanted))
    assert lowered == min(ROLES.index(held), ROLES.index(wanted or held))
    fields = {} if wanted is None else {"role": wanted}
    body = msgpack.packb({"type": "hello", "id": "1", **fields})
    assert read_message(message(body, held)).role == ROLES[lowered]


def test_a_message_without_one_body_is_refused_with_the_number_of_its_parts():
    with pytest.raises(MessageError) as refused:
        read_message(message(b"", parts=3))
    assert (refused.value.refusal.reason, refused.value.refusal.values) == ("not_one_body", {"found": 3})


def test_values_and_status_are_made_once_a_frame(tmp_path):
    stage = SmallStage(tmp_path)
    present = Present(stage.carried_out(()), stage)
    assert present.status is present.status
    assert present.values is present.values
    assert present.values == stage.values
    stage.server.close()
