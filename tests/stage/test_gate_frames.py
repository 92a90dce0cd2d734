"""Frames of ZMTP: whatever bytes come, and however they are cut, the reader gives frames within bounds or says why not."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from raw_client import MORE, PING, frame

from stage.gate.frames import (
    FrameReader,
    ViolationError,
    begins_wrong,
    encode_message,
    envelope_of,
    message_of,
    property_of,
)
from stage.gate.limits import FRAMES_A_TURN, MAX_MESSAGE_BYTES, MOST_PARTS
from stage.gate.plain import PlainSession
from tests.examples import hostile

PARTS = st.lists(st.binary(max_size=600), min_size=1, max_size=MOST_PARTS)


def read_all(reader):
    frames = []
    while (found := reader.next()) is not None:
        frames.append(found)
    return frames


def fed(content, cuts):
    """The frames of `content`, fed in pieces of these sizes; or the cause of a violation."""
    reader, frames, at = FrameReader(MAX_MESSAGE_BYTES, 512), [], 0
    with contextlib.suppress(ViolationError):
        for size in [*cuts, len(content)]:
            reader.feed(content[at : at + size])
            at += size
            frames += read_all(reader)
            assert reader.waiting <= MAX_MESSAGE_BYTES + 9 + size
    return frames


@given(PARTS, st.lists(st.integers(0, 300), max_size=20))
@hostile()
def test_a_message_that_is_cut_anywhere_is_the_same_message(parts, cuts):
    frames = fed(encode_message(tuple(parts)), cuts)
    assert [one.body for one in frames] == parts
    assert [one.more for one in frames] == [True] * (len(parts) - 1) + [False]


@given(st.binary(max_size=400), st.lists(st.integers(0, 50), max_size=10))
@hostile()
def test_random_bytes_are_read_alike_however_they_are_cut(content, cuts):
    assert fed(content, cuts) == fed(content, [])


def ready_session():
    """A session after its handshake, and what it has sent."""
    sent = []
    session = PlainSession(None, sent.append, 0.0)
    body = b"\x05READY\x0bSocket-Type\x00\x00\x00\x06DEALER"
    session.feed(b"\x04" + bytes((len(body),)) + body)
    assert session.turn(1, 0.0) == []
    assert session.is_ready
    return session, sent


@given(st.binary(max_size=3000))
@hostile()
def test_a_session_takes_any_bytes_within_a_turns_bounds(content):
    session, sent = ready_session()
    with contextlib.suppress(ViolationError):
        session.feed(content)
        while session.has_more:
            assert len(session.turn(16, 0.0)) <= min(16, FRAMES_A_TURN)
    assert sum(map(len, sent)) < 20 * FRAMES_A_TURN * len(content) + 200


@given(PARTS)
@hostile()
def test_every_message_finds_its_way_back(parts):
    message = message_of(parts)
    envelope = envelope_of(message.route, enveloped=message.enveloped)
    if message.body is not None and sum(map(len, message.route)) <= 1000:
        assert [*envelope, message.body] == parts
    else:
        assert message.parts != 1 or not message.route


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        (frame(b"x", MORE) * (MOST_PARTS + 1), "message_too_long"),
        (frame(bytes(40_000), MORE) * 2, "message_too_long"),
        (frame(b"")[:1] + b"\xff", None),
        (b"\x02" + (MAX_MESSAGE_BYTES + 1).to_bytes(8, "big"), "frame_too_long"),
        (b"\x02" + b"\xff" * 8, "frame_too_long"),
        (b"\x08\x00", "not_zeromq"),
        (b"\x05\x01x", "not_zeromq"),
        (b"\x04\x00", "not_zeromq"),
        (PING * 500, "flood"),
    ],
)
def test_a_broken_rule_has_its_name(content, cause):
    session, _ = ready_session()
    found = None
    try:
        session.feed(content)
        while session.has_more:
            session.turn(16, 0.0)
    except ViolationError as violation:
        found = violation.cause
    assert found == cause


@given(st.binary(max_size=200))
@hostile()
def test_properties_of_a_handshake_are_read_or_refused(content):
    with contextlib.suppress(ViolationError):
        assert len(property_of(content, b"Socket-Type")) <= len(content)


@pytest.mark.parametrize(
    ("content", "wrong"),
    [(b"\xff", False), (b"G", True), (b"\xff" + bytes(8) + b"\x7e", True), (b"\xff" + bytes(8) + b"\x7f\x01", True)],
)
def test_what_is_not_zeromq_is_seen_by_its_first_bytes(content, wrong):
    assert begins_wrong(content) is wrong
