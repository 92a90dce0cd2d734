"""Calls to the edge: read from messages, queued within bounds, and answered from one look at the show a frame."""

from __future__ import annotations

import msgpack
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
from stage.control.exchange import Message
from stage.control.outbox import MOST_REPLIES_OF_ONE, Outbox
from stage.control.requests import HelloRequest
from stage.control.wire import MessageError
from stage.show.frame.requests import SetRequest
from tracking.settable import ROLES


def call(sender, number=0):
    return Call(sender, "admin", HelloRequest(id=number))


def message(body, role="admin", parts=1):
    return Message("zmq-aa", role, body, parts)


def test_the_calls_of_one_sender_wait_within_bounds_and_leave_room_for_others():
    waiting = WaitingCalls()
    taken = [waiting.add(call("loud", number)) is None for number in range(100)]
    assert taken == [True] * MOST_WAITING_OF_ONE + [False] * (100 - MOST_WAITING_OF_ONE)
    refusal = waiting.add(call("loud"))
    assert (refusal.code, refusal.reason) == ("busy", "calls_waiting")
    assert waiting.add(call("quiet")) is None


@given(st.lists(st.integers(0, 40), max_size=600), st.integers(0, 3))
def test_calls_are_answered_in_order_and_so_many_a_frame(senders, frames):
    waiting, accepted = WaitingCalls(), []
    for number, sender in enumerate(senders):
        if waiting.add(call(str(sender), number)) is None:
            accepted.append(number)
        assert len(waiting) <= MOST_WAITING
    for frame in range(frames):
        due = [one.request.id for one in waiting.due()]
        assert due == accepted[frame * ANSWERS_A_SLOT : (frame + 1) * ANSWERS_A_SLOT]
    assert len(waiting) == max(0, len(accepted) - frames * ANSWERS_A_SLOT)


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


def set_request(sender, number=0):
    return ReceivedCommand(sender, "admin", SetRequest(id=number, path="/grade/tint", value=0.5))


def test_commands_wait_in_order_within_bounds_and_one_beyond_is_busy():
    waiting = WaitingCommands()
    taken = [waiting.add(set_request("loud", number)) is None for number in range(MOST_COMMANDS_WAITING_OF_ONE + 9)]
    assert taken.count(True) == MOST_COMMANDS_WAITING_OF_ONE
    refusal = waiting.add(set_request("loud"))
    assert (refusal.code, refusal.reason) == ("busy", "commands_waiting")
    assert waiting.add(set_request("quiet")) is None
    assert [one.request.id for one in waiting.due(128)] == list(range(128))
    assert waiting.add(set_request("loud")) is None
    rest = list(waiting.due(MOST_COMMANDS_WAITING))
    assert len(rest) == MOST_COMMANDS_WAITING_OF_ONE - 128 + 2
    assert len(waiting) == 0


class Peer:
    """A client's queue of three replies, which it may read or not."""

    def __init__(self):
        self.queue, self.read, self.gone = [], [], False

    def send(self, parts):
        if self.gone:
            return "gone"
        if len(self.queue) == 3:
            return "full"
        self.queue.append(parts)
        return "sent"

    def read_all(self):
        self.read += self.queue
        self.queue.clear()


def test_replies_to_a_slow_client_wait_in_order_and_none_is_lost():
    peer = Peer()
    outbox = Outbox(peer.send)
    replies = [(b"id", str(number).encode()) for number in range(10)]
    assert all(outbox.put("one", reply) for reply in replies)
    while peer.queue:
        peer.read_all()
        assert outbox.flush() == 0
    assert peer.read == replies


def test_replies_that_a_client_never_reads_are_bounded_and_end_with_it():
    peer = Peer()
    outbox = Outbox(peer.send)
    kept = [outbox.put("one", (b"x",)) for _ in range(MOST_REPLIES_OF_ONE + 50)]
    assert kept.count(True) == MOST_REPLIES_OF_ONE + 3
    assert not outbox.put("one", (b"x" * (3 << 20),))
    peer.gone = True
    assert outbox.flush() == MOST_REPLIES_OF_ONE
    assert outbox.flush() == 0


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
        read_message(message(None, parts=3))
    assert (refused.value.refusal.reason, refused.value.refusal.values) == ("not_one_body", {"found": 3})


def test_values_and_status_are_made_once_a_frame(tmp_path):
    stage = SmallStage(tmp_path)
    present = Present(stage.carried_out(()), stage)
    assert present.status is present.status
    assert present.values is present.values
    assert present.values == stage.values
    stage.server.close()
