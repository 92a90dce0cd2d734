"""OSC in: a parameter by its path, commands by addresses of their own, whatever the arguments are."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stage.osc.arguments import as_meant, encoded
from stage.osc.mapping import COMMANDS, REFRESH, Understood, address_of, understood
from stage.show.frame.requests import (
    AcknowledgeRequest,
    BatchRequest,
    CueRequest,
    LookRequest,
    SetRequest,
    TakeRequest,
    Target,
    UndoRequest,
)
from stage.values.tree import ParameterTree
from stage.words.sentences import refusal_line
from tests.examples import hostile
from tests.fold.small_show import TREE
from tracking.protocols.osc_packet import Argument, OscMessage, read_packet

TINT, BLACKOUT, HOUR, PATTERN = "/grade/tint", "/output/blackout", "/time/hour", "/wall/main/pattern"
NAN, INFINITY = float("nan"), float("inf")


def sent(address: str, *arguments: Argument, tree: ParameterTree = TREE) -> Understood:
    return understood([OscMessage(address, arguments)], tree)


def only_set(found: Understood) -> tuple[str, object, float]:
    (request,) = found.requests
    assert isinstance(request, SetRequest)
    return request.path, request.value, request.fade_s


def refused_line(found: Understood) -> str:
    assert not found.requests
    ((_, refusal),) = found.refused
    return refusal_line(refusal)


@pytest.mark.parametrize(
    ("address", "arguments", "expected"),
    [
        (TINT, (0.25,), (TINT, 0.25, 0.0)),
        (TINT, (1,), (TINT, 1.0, 0.0)),
        (TINT, (0.25, 2), (TINT, 0.25, 2.0)),
        (BLACKOUT, (1,), (BLACKOUT, True, 0.0)),
        (BLACKOUT, (0.0,), (BLACKOUT, False, 0.0)),
        (BLACKOUT, (True,), (BLACKOUT, True, 0.0)),
        (PATTERN, ("grid",), (PATTERN, "grid", 0.0)),
        ("/time/hour", (24.0,), (HOUR, 0.0, 0.0)),
    ],
)
def test_a_value_is_set_by_its_path(
    address: str, arguments: tuple[Argument, ...], expected: tuple[str, object, float]
) -> None:
    assert only_set(sent(address, *arguments)) == expected


@pytest.mark.parametrize(
    ("address", "arguments", "words"),
    [
        (TINT, (), "/grade/tint takes a value, and perhaps the seconds of a fade, found no argument"),
        (TINT, (0.1, 1.0, 1.0, 1.0), "found 0.1, 1.0, 1.0, ..."),
        (TINT, (NAN,), "expected -1 to 1"),
        (TINT, (INFINITY,), "expected -1 to 1"),
        (TINT, (True,), "takes a number, not True"),
        (TINT, ("0.5",), "takes a number, not '0.5'"),
        (TINT, (None,), "takes a number, not 'nothing'"),
        (TINT, (b"\x00",), "takes a number"),
        (TINT, (0.1, -1.0), "a fade of 0 to 3600 seconds, found -1.0"),
        (TINT, (0.1, NAN), "a fade of 0 to 3600 seconds, found nan"),
        (TINT, (0.1, "slow"), "a fade of 0 to 3600 seconds, found slow"),
        (BLACKOUT, (0.3,), "takes true or false, not 0.3"),
        (BLACKOUT, (127,), "takes true or false, not 127"),
        (PATTERN, (1.0,), "takes one of"),
        ("/grade/tin", (1.0,), "did you mean /grade/tint?"),
        ("/acknowledge", (1.0,), "takes the code of a finding"),
        ("/take/start", ("a", "b"), "takes a name, or nothing"),
    ],
)
def test_what_does_not_fit_is_refused_in_words(address: str, arguments: tuple[Argument, ...], words: str) -> None:
    assert words in refused_line(sent(address, *arguments))


def test_a_button_that_is_let_go_gives_no_command() -> None:
    for pressed in ((), (1,), (1.0,), (True,), (None,)):
        (request,) = sent("/take/stop", *pressed).requests
        assert request == TakeRequest(id="", action="stop")
    for released in ((0,), (0.0,), (False,), (NAN,)):
        assert sent("/take/stop", *released) == Understood((), (), refresh=False, sets={})
        assert not sent(REFRESH, *released).refresh
    assert sent(REFRESH).refresh


def test_a_take_has_the_name_that_is_sent_and_a_finding_its_code() -> None:
    assert sent("/take/start", "Sc 12/3").requests == (TakeRequest(id="", action="start", name="Sc 12/3"),)
    assert sent("/take/start", 1.0).requests == (TakeRequest(id="", action="start"),)
    assert sent("/acknowledge", "core_restarted").requests == (AcknowledgeRequest(id="", code="core_restarted"),)


def test_a_look_is_recalled_by_its_name_in_the_address_or_behind_it() -> None:
    now, slowly = (LookRequest(id="", action="recall", name="Blue hour", fade_s=fade_s) for fade_s in (0.0, 2.5))
    assert sent("/look/Blue hour").requests == sent("/look", "Blue hour").requests == (now,)
    assert sent("/look/Blue hour", 2.5).requests == sent("/look", "Blue hour", 2.5).requests == (slowly,)
    assert sent("/look", "Blue hour", 0).requests == (now,)
    assert sent("/look/Blue hour", 0.0).requests == (), "a button that is let go recalls nothing"
    for address, arguments in (("/look", ()), ("/look/", (1.0,)), ("/look/a", ("b",)), ("/look/a", (1.0, 2.0))):
        assert "the name of a look" in refused_line(sent(address, *arguments))
    assert "the name of a look" in refused_line(sent(f"/look/{'x' * 65}"))


def test_cues_are_played_by_their_addresses() -> None:
    for action in ("go", "back", "hold", "resume"):
        assert sent(f"/cue/{action}", 1.0).requests == (CueRequest(id="", action=action),)
        assert sent(f"/cue/{action}", 0.0).requests == (), "a button that is let go is no second GO"
    for number in (2, 1.1, "1.101"):
        assert sent("/cue/goto", number).requests == (CueRequest(id="", action="goto", number=number),)
    for wrong in ((), (True,), ("x" * 17,), (1.0, 2.0)):
        assert "the number of a cue" in refused_line(sent("/cue/goto", *wrong))


@pytest.mark.parametrize("address", [command.address for command in COMMANDS])
def test_an_error_names_the_address_that_its_request_came_from(address: str) -> None:
    given = {"/cue/goto": (2,), "/look": ("dusk",), "/acknowledge": ("restarted",)}
    (request,) = sent(address, *given.get(address, ())).requests
    assert address_of(request) == address


def test_a_change_is_taken_back_and_put_in_force_again() -> None:
    assert sent("/undo", 1.0).requests == (UndoRequest(id="", action="undo"),)
    assert sent("/redo").requests == (UndoRequest(id="", action="redo"),)
    assert sent("/undo", 0.0).requests == ()


def test_values_of_one_packet_take_effect_together_and_in_order_with_its_commands() -> None:
    messages = [
        OscMessage(TINT, (0.5,)),
        OscMessage("/nowhere", (1.0,)),
        OscMessage(BLACKOUT, (1,)),
        OscMessage("/take/stop", ()),
        OscMessage(TINT, (0.1, 3.0)),
    ]
    found = understood(messages, TREE)
    both = (Target(path=TINT, value=0.5), Target(path=BLACKOUT, value=True))
    last = SetRequest(id="", path=TINT, value=0.1, fade_s=3.0)
    assert found.requests == (BatchRequest(id="", items=both), TakeRequest(id="", action="stop"), last)
    assert [address for address, _ in found.refused] == ["/nowhere"]
    assert found.sets == {TINT: 0.5, BLACKOUT: True}, "a fade is no echo of what was sent"


def test_no_command_is_where_a_parameter_is() -> None:
    for address in (REFRESH, *(command.address for command in COMMANDS)):
        assert not TREE.under(f"/{address.split('/')[1]}")


@given(st.floats(-1e6, 1e6, width=32))
def test_a_number_of_32_bits_is_read_as_the_shortest_that_is_meant(number: float) -> None:
    meant = as_meant(number)
    assert struct.pack(">f", meant) == struct.pack(">f", number)
    assert len(repr(meant)) <= len(repr(number))


def test_numbers_are_read_as_a_desk_shows_them() -> None:
    for shown in (-1.3, 0.1, 5600.0, 18.35, 1e-3):
        ((_, (number,)),) = read_packet(encoded("/a", shown))
        assert isinstance(number, float)
        assert as_meant(number) == shown
    assert as_meant(0.123456789012) == 0.123456789012


ARGUMENTS = st.one_of(
    st.floats(), st.integers(-(2**40), 2**40), st.booleans(), st.text(max_size=20), st.binary(), st.none()
)
ADDRESSES = st.sampled_from(
    [one.path for one in TREE] + [one.address for one in COMMANDS] + [REFRESH, "/", "/look/x", "/x/y"]
)


@given(st.lists(st.tuples(ADDRESSES, st.lists(ARGUMENTS, max_size=4).map(tuple)), max_size=6))
@hostile()
def test_whatever_is_sent_becomes_requests_that_hold_or_refusals_with_words(
    messages: list[tuple[str, tuple[Argument, ...]]],
) -> None:
    found = understood([OscMessage(*message) for message in messages], TREE)
    for request in found.requests:
        for one in request.items if isinstance(request, BatchRequest) else (request,):
            if isinstance(one, SetRequest | Target):
                assert TREE.check(one.path, one.value) == one.value
    assert all(refusal_line(refusal) != refusal.reason for _, refusal in found.refused)
