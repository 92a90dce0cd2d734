"""The memory of answers: a command sent again is answered alike, and no client can push out another's answers."""

from __future__ import annotations

import hashlib
import time

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stage.show.commands.answered import (
    ANSWERS_OF_A_PAGE,
    ANSWERS_OF_ONE,
    MOST_CLIENTS,
    Answered,
    AnswerMemory,
    ClientAnswers,
)
from tests.examples import costly, hostile
from tests.fold.small_show import SmallControls, put, together

EXPOSURE = "/grade/exposure_stops"


def again(controls, sender, request_id):
    """The answer to the command that `sender` gave under this id, sent once more; its frame, or -1 if forgotten."""
    return controls.apply(put(EXPOSURE, 1.0, request_id=request_id, sender=sender), 1_000_000).frame


def test_a_command_sent_again_is_not_carried_out_again():
    controls = SmallControls()
    first = controls.apply(put(EXPOSURE, 1.0), 5)
    controls.apply(put(EXPOSURE, 2.0, request_id="2"), 6)
    repeated = controls.apply(put(EXPOSURE, 1.0), 7)
    assert controls.value(EXPOSURE) == 2.0
    assert (repeated.value, repeated.sequence, repeated.frame) == (first.value, first.sequence, 5)
    assert controls.apply(put(EXPOSURE, 3.0, sender="zmq-bb"), 8).value == 3.0


def test_a_refusal_is_remembered_like_any_answer():
    controls = SmallControls()
    first = controls.apply(put(EXPOSURE, 99.0), 5)
    assert msgspec.structs.replace(controls.apply(put(EXPOSURE, 99.0), 7), frame=-1) == first


def test_an_id_that_was_another_requests_is_refused_and_the_first_answer_stays():
    controls = SmallControls()
    first = controls.apply(put(EXPOSURE, 1.0), 5)
    other = controls.apply(put(EXPOSURE, 2.0), 6)
    assert (other.refusal.code, other.refusal.reason, controls.value(EXPOSURE)) == ("conflict", "id_used_before", 1.0)
    assert controls.apply(put(EXPOSURE, 1.0), 7).value == first.value
    assert controls.apply(together((EXPOSURE, 1.0)), 8).refusal.code == "conflict"


def test_a_number_and_the_same_digits_as_text_are_two_ids():
    controls = SmallControls()
    controls.apply(put(EXPOSURE, 1.0, request_id="7"), 5)
    assert controls.apply(put(EXPOSURE, 2.0, request_id=7), 6).refusal is None


def test_a_sender_is_remembered_for_its_latest_commands():
    controls = SmallControls()
    for number in range(ANSWERS_OF_ONE + 2 * ANSWERS_OF_A_PAGE):
        controls.apply(put(EXPOSURE, 1.0, request_id=str(number)), number)
        known = controls.memory.by_client["zmq-aa"]
        assert min(number + 1, ANSWERS_OF_ONE) <= len(known) < ANSWERS_OF_ONE + ANSWERS_OF_A_PAGE
    assert list(controls.memory.by_client) == ["zmq-aa"]
    assert again(controls, "zmq-aa", str(number - ANSWERS_OF_ONE)) == -1
    assert again(controls, "zmq-aa", str(number)) == number


@pytest.mark.parametrize("said", [lambda request: repr(request).encode(), msgspec.msgpack.encode])
def test_an_answer_that_an_earlier_build_remembered_is_given_again(said):
    """Its digest of the request is of how it is written or encoded, and its frame stands in the answer."""
    controls, asked = SmallControls(), put(EXPOSURE, 1.0)
    first = controls.apply(asked, 5)
    page = controls.memory.by_client["zmq-aa"].pages[1]
    kept = msgspec.msgpack.decode(page.answers["'1'"], type=Answered)
    earlier = hashlib.blake2b(said(asked.request), digest_size=16).digest()
    answer = msgspec.structs.replace(kept.answer, sender="", frame=kept.frame)
    page.answers["'1'"] = msgspec.msgpack.encode({"request": earlier, "answer": msgspec.to_builtins(answer)})
    assert controls.apply(asked, 7) == msgspec.structs.replace(first, frame=5)
    assert controls.apply(put(EXPOSURE, 2.0), 8).refusal.reason == "id_used_before"


def test_a_long_command_under_a_used_id_costs_no_more_than_under_a_new_one():
    """A client may send nothing else, and the loop compares each."""
    controls, times = SmallControls(), {"1": [], "new": []}
    for number in range(10):
        for name, request_id in (("1", "1"), ("new", f"new {number}")):
            asked = together(*[("/nowhere", float(number))] * 4000, request_id=request_id)
            begun_s = time.thread_time()
            controls.apply(asked, number)
            times[name].append(time.thread_time() - begun_s)
    assert min(times["1"][1:]) < 2.0 * min(times["new"])


@given(st.lists(st.integers(0, 700), max_size=ANSWERS_OF_ONE + 3 * ANSWERS_OF_A_PAGE))
def test_answers_are_found_alike_in_a_copy_and_an_id_is_kept_once(numbers):
    known = ClientAnswers()
    for place, number in enumerate(numbers):
        known.put({str(number): str(place).encode()})
    copy = msgspec.msgpack.decode(msgspec.msgpack.encode(known), type=ClientAnswers)
    held = [key for page in known.pages.values() for key in page.answers]
    assert len(held) == len(set(held)) == len(known) == len(copy) < ANSWERS_OF_ONE + ANSWERS_OF_A_PAGE
    assert all(known.find(str(number)) == copy.find(str(number)) for number in range(701))
    newest = {str(number): str(place).encode() for place, number in enumerate(numbers)}
    assert all(known.find(key) == newest[key] for key in held)


@costly(30, 5)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 60)), max_size=20))
def test_a_flood_of_one_client_does_not_push_out_anothers_answers(order):
    """Quiet clients send in any order, a loud one between them and then more than is remembered of anybody."""
    controls, frame, sent = SmallControls(), 0, {}
    for number, (client, flood) in enumerate([*order, (None, ANSWERS_OF_ONE + ANSWERS_OF_A_PAGE)]):
        if client is not None:
            controls.apply(put(EXPOSURE, 1.0, request_id=str(number), sender=f"quiet-{client}"), frame)
            sent.setdefault(f"quiet-{client}", []).append((str(number), frame))
        for one in range(flood):
            frame += 1
            controls.apply(put(EXPOSURE, 1.0, request_id=f"{number}.{one}", sender="loud"), frame)
    for sender, commands in sent.items():
        for request_id, answered in commands:
            assert again(controls, sender, request_id) == answered


def test_the_sender_that_was_silent_longest_is_forgotten_first():
    controls = SmallControls()
    for number in range(MOST_CLIENTS):
        controls.apply(put(EXPOSURE, 1.0, sender=f"s{number}"), number)
    controls.apply(put(EXPOSURE, 2.0, request_id="2", sender="s0"), 100)
    controls.apply(put(EXPOSURE, 1.0, sender="new"), 101)
    assert len(controls.memory.by_client) == MOST_CLIENTS
    assert "s1" not in controls.memory.by_client
    assert again(controls, "s0", "1") == 0


def test_a_sender_that_only_repeats_itself_is_not_silent():
    controls = SmallControls()
    for number in range(MOST_CLIENTS):
        controls.apply(put(EXPOSURE, 1.0, sender=f"s{number}"), number)
    assert again(controls, "s0", "1") == 0
    controls.apply(put(EXPOSURE, 1.0, sender="new"), 101)
    assert again(controls, "s0", "1") == 0
    assert "s1" not in controls.memory.by_client


@given(st.lists(st.tuples(st.integers(0, 80), st.integers(0, 40)), max_size=300))
@hostile()
def test_the_memory_is_bounded_whatever_is_sent(commands):
    controls = SmallControls()
    for frame, (sender, number) in enumerate(commands):
        controls.apply(put(EXPOSURE, 1.0, request_id=str(number), sender=str(sender)), frame)
    assert len(controls.memory.by_client) <= MOST_CLIENTS
    most = ANSWERS_OF_ONE + ANSWERS_OF_A_PAGE
    assert all(len(known) < most for known in controls.memory.by_client.values())
    encoded = msgspec.msgpack.encode(controls.memory)
    assert msgspec.msgpack.encode(msgspec.msgpack.decode(encoded, type=AnswerMemory)) == encoded
