"""OSC out: the newest value of each path at most thirty times a second, and never back to whoever moves it."""

from __future__ import annotations

import ipaddress

from hypothesis import given
from hypothesis import strategies as st

from stage.osc.feedback import HELD_BACK_S, MOST_AT_ONCE, MOST_HZ, PACKET_BYTES, Feedback
from stage.osc.senders import MESSAGES_A_SECOND, MOST_SENDERS, MOST_UNHEARD, SILENT_S, UNHEARD_S, Senders
from stage.osc.senders import MOST_AT_ONCE as MOST_MESSAGES
from tracking.protocols.osc_packet import read_packet
from tracking.settable import Value

FIRST: dict[str, Value] = {"/a": 0.0, "/b": False, "/c": "off"}


def told(feedback: Feedback, now_s: float) -> dict[str, object]:
    packets = list(feedback.packets(now_s))
    assert all(len(packet) <= PACKET_BYTES for packet in packets)
    return {message.address: message.arguments[0] for packet in packets for message in read_packet(packet)}


def begun() -> Feedback:
    feedback = Feedback()
    feedback.replace(FIRST)
    assert told(feedback, 0.0) == {"/a": 0.0, "/b": 0, "/c": "off"}
    return feedback


def test_everything_is_told_once_and_then_what_changes() -> None:
    feedback = begun()
    assert told(feedback, 1.0) == {}
    feedback.note({"/a": 0.5, "/b": True})
    assert told(feedback, 1.0) == {"/a": 0.5, "/b": 1}
    feedback.refresh()
    assert told(feedback, 2.0) == {"/a": 0.5, "/b": 1, "/c": "off"}
    feedback.said({"/a": 0.5}, 3.0)
    feedback.refresh()
    assert told(feedback, 4.0) == {"/a": 0.5, "/b": 1, "/c": "off"}, "also what the receiver has just said itself"


def test_a_restarted_stage_is_told_by_its_differences_and_what_is_gone_is_forgotten() -> None:
    feedback = begun()
    feedback.replace({"/a": 0.25, "/c": "off"})
    assert told(feedback, 1.0) == {"/a": 0.25}
    feedback.replace({"/a": 0.25, "/b": False, "/c": "off"})
    assert told(feedback, 2.0) == {"/b": 0}


def test_a_path_is_told_thirty_times_a_second_at_most_and_the_newest_is_never_lost() -> None:
    feedback, times = begun(), []
    for step in range(1000):
        feedback.note({"/a": float(step)})
        if told(feedback, 1.0 + step * 0.001):
            times.append(step * 0.001)
    assert 28 <= len(times) <= MOST_HZ + 1
    assert told(feedback, 3.0) == {"/a": 999.0}
    assert not feedback.waits


def test_who_moves_a_fader_hears_nothing_of_it_until_it_stands_still() -> None:
    feedback, now_s = begun(), 1.0
    for step in range(100):
        now_s = 1.0 + step * 0.01
        feedback.said({"/a": step * 0.01}, now_s)
        feedback.note({"/a": max(0, step - 2) * 0.01, "/b": step % 2 == 0})  # two frames later
        assert "/a" not in told(feedback, now_s)
    feedback.note({"/a": 0.99})
    assert "/a" not in told(feedback, now_s + 2.0 * HELD_BACK_S), "it knows what it has said"
    feedback.said({"/a": 5.0}, now_s)
    assert told(feedback, now_s + 0.5 * HELD_BACK_S) == {}
    assert told(feedback, now_s + 1.5 * HELD_BACK_S) == {"/a": float_of(0.99)}, (
        "it was refused, or somebody else moved it"
    )


def float_of(number: float) -> float:
    """As 32 bits keep it."""
    feedback = Feedback()
    feedback.replace({"/x": number})
    value = told(feedback, 0.0)["/x"]
    assert isinstance(value, float)
    return value


def test_thousands_of_values_go_out_over_several_rounds() -> None:
    feedback = Feedback()
    feedback.replace({f"/worlds/world-{number}/exposure_stops": 0.0 for number in range(2000)})
    first = told(feedback, 0.0)
    assert len(first) == MOST_AT_ONCE
    assert len({**first, **told(feedback, 0.0), **told(feedback, 0.0), **told(feedback, 0.0)}) == 2000


@given(st.lists(st.tuples(st.sampled_from(["/a", "/b", "/c"]), st.floats(-9, 9), st.booleans()), max_size=40))
def test_in_the_end_the_receiver_knows_every_value(changes: list[tuple[str, float, bool]]) -> None:
    feedback = Feedback()
    present = dict.fromkeys(("/a", "/b", "/c"), 0.0)
    feedback.replace(present)
    knows: dict[str, object] = {}
    for step, (path, value, own) in enumerate(changes):
        if own:
            feedback.said({path: value}, step * 0.01)
            knows[path] = value
        else:
            present[path] = value
            feedback.note({path: value})
        knows |= told(feedback, step * 0.01)
    knows |= told(feedback, 1000.0)
    assert {path: float_of(float(str(value))) for path, value in knows.items()} == {
        path: float_of(value) for path, value in present.items()
    }


def test_only_networks_that_are_allowed_are_read_and_an_address_has_its_share() -> None:
    senders = Senders([ipaddress.IPv4Network("10.0.0.0/24")])
    assert not senders.admits("10.0.1.1", 0.0)
    assert senders.admits("10.0.0.1", 0.0)
    assert senders.admits("10.0.0.2", 0.0)
    assert senders.spend("10.0.0.1", int(MOST_MESSAGES), 0.0)
    assert senders.unheard(0.0) == []
    assert not senders.admits("10.0.0.1", 0.0)
    assert senders.unheard(0.0) == ["10.0.0.1"], "the system need not even keep what it sends"
    assert senders.admits("10.0.0.2", 0.0), "one sender does not take the other's share"
    assert senders.unheard(UNHEARD_S) == []
    assert senders.admits("10.0.0.1", UNHEARD_S)
    assert senders.spend("10.0.0.1", int(MESSAGES_A_SECOND * UNHEARD_S), UNHEARD_S)
    assert sum(senders.dropped.values()) == 2


def test_who_sends_too_much_is_not_heard_while_the_little_that_is_let_through_says_that_it_goes_on() -> None:
    senders = Senders([ipaddress.IPv4Network("10.0.0.0/24")])
    assert senders.admits("10.0.0.1", 0.0)
    assert not senders.spend("10.0.0.1", int(MOST_MESSAGES) + 1, 0.0)
    looks_s = [1.5 * UNHEARD_S * number for number in range(1, 20)]
    for now_s in looks_s:
        for _ in range(MOST_UNHEARD + 1):
            senders.admits("10.0.0.1", now_s)
        assert senders.unheard(now_s) == ["10.0.0.1"]
    for _ in range(MOST_UNHEARD):
        senders.admits("10.0.0.1", looks_s[-1] + UNHEARD_S)
    assert senders.unheard(looks_s[-1] + 1.5 * UNHEARD_S) == []


def test_a_stranger_who_floods_is_not_heard_either() -> None:
    senders = Senders([ipaddress.IPv4Network("10.0.0.0/24")])
    for _ in range(int(MOST_MESSAGES) + 1):
        assert not senders.admits("10.0.1.1", 0.0)
    assert senders.unheard(0.0) == ["10.0.1.1"]
    for number in range(MOST_SENDERS):
        assert not senders.admits(f"10.0.2.{number}", 0.0)
    assert senders.unheard(0.0) == [], "a bounded number of strangers is remembered"


def test_a_bounded_number_of_addresses_is_remembered() -> None:
    senders = Senders([ipaddress.IPv4Network("10.0.0.0/8")])
    addresses = [f"10.0.{number // 256}.{number % 256}" for number in range(300)]
    assert sum(senders.admits(address, 0.0) for address in addresses) == MOST_SENDERS
    assert senders.admits(addresses[-1], 2.0 * SILENT_S)
