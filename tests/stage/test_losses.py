"""What the edges lose, and what makes a rate seem wrong, as the crew reads it."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from recorded_stage import new_show, packet, present_ns

from stage.show.frame.inputs import Dropped, FrameInputs
from stage.show.report.losses import MOST_SOURCES, Losses, counts, loss_lines, note_loss
from stage.show.state import decode_state, encode_state
from tracking.datagrams import Datagram

LINE = "serial:///dev/ttyUSB0"
SOCKET = "udp://127.0.0.1:40000"
PERIOD_NS = 16_666_667


def stepped(show, frame, *observations, datagrams=()):
    inputs = FrameInputs(
        epoch=1,
        frame=frame,
        present_ns=present_ns(frame),
        datagrams=tuple(datagrams),
        observations=tuple(observations),
    )
    return show.step(inputs).health


def about(lines, source):
    return [line for line in lines if line.startswith(source)]


@pytest.mark.parametrize(
    ("cause", "words"),
    [
        ("over_budget", "flood: more than 512 packets a frame"),
        ("too_long", "longer than 9000 bytes"),
        ("kernel", "receive buffer"),
        ("socket", "could not be read"),
        ("overflow", "1024 pieces"),
        ("the disk is full", "the disk is full"),
    ],
)
def test_health_says_why_inputs_were_dropped(cause, words):
    (line,) = about(stepped(new_show(), 1, Dropped(source=SOCKET, count=7, cause=cause)), SOCKET)
    assert "7 dropped since the start" in line
    assert words in line


def test_each_cause_is_counted_and_told_for_itself_and_for_five_seconds():
    show = new_show()
    stepped(
        show, 1, Dropped(source=SOCKET, count=7, cause="over_budget"), Dropped(source=LINE, count=2, cause="overflow")
    )
    lines = stepped(show, 200, Dropped(source=SOCKET, count=5, cause="too_long"))
    assert len(about(lines, SOCKET)) == 2
    assert counts(show.state.losses) == {SOCKET: {"over_budget": 7, "too_long": 5}, LINE: {"overflow": 2}}
    assert len(about(stepped(show, 400), SOCKET)) == 1
    assert about(stepped(show, 502), SOCKET) == []


def test_a_line_is_disconnected_while_it_lasts_and_not_afterwards():
    show = new_show()
    for frame in range(1, 400):
        gone = Dropped(source=LINE, count=int(frame == 1), cause="disconnected")
        (line,) = about(stepped(show, frame, gone), LINE)
        assert "is disconnected" in line
    (line,) = about(stepped(show, 400), LINE)
    assert "is back" in line
    assert "1 times" in line
    assert about(stepped(show, 800), LINE) == []


def test_what_was_lost_is_in_the_snapshot():
    show = new_show()
    stepped(show, 1, Dropped(source=SOCKET, count=7, cause="kernel"))
    assert decode_state(encode_state(show.snapshot())).losses == show.state.losses


@given(st.lists(st.builds(Dropped, source=st.text(), count=st.integers(0, 9), cause=st.text()), max_size=300))
def test_losses_stay_bounded_and_can_always_be_told(reports):
    losses = Losses()
    for frame, report in enumerate(reports):
        note_loss(losses, report, frame)
    assert len(losses.by_source) <= MOST_SOURCES
    assert all(len(causes) <= 7 for causes in losses.by_source.values())
    assert len(list(loss_lines(losses, len(reports), len(reports)))) == sum(map(len, losses.by_source.values()))


def told_of_rates(sent_hz, *, loss=0.0, jitter_ms=0.0, seconds=8.0):
    """What health says of tracker a, whose configuration says 60 Hz, at the end."""
    generator = random.Random(3)
    show, arrived = new_show(), []
    for index in range(int(sent_hz * seconds)):
        late_ns = int(generator.expovariate(1e-6 / jitter_ms)) if jitter_ms else 0
        if generator.random() >= loss:
            arrived.append((present_ns(0) + int(index * 1e9 / sent_hz) + late_ns, packet(index, 1).payload))
    arrived.sort()
    for frame in range(1, int(60 * seconds)):
        due = [one for one in arrived if one[0] <= present_ns(frame)]
        del arrived[: len(due)]
        datagrams = [Datagram(source=SOCKET, sender="10.0.0.1:9", received_ns=at, payload=sent) for at, sent in due]
        health = stepped(show, frame, datagrams=datagrams)
    return [line for line in health if "tracker a" in line]


@pytest.mark.parametrize("jitter_ms", [0.0, 5.0])
def test_losses_are_told_as_losses_and_not_as_a_wrong_rate(jitter_ms):
    (line,) = told_of_rates(60.0, loss=0.3, jitter_ms=jitter_ms)
    assert "loses" in line
    assert "rate_hz" not in line


@pytest.mark.parametrize("sent_hz", [30.0, 50.0, 90.0])
def test_a_rate_that_is_not_the_configured_one_is_told(sent_hz):
    (line,) = told_of_rates(sent_hz, jitter_ms=1.0)
    assert "correct rate_hz" in line
    assert f"sends {sent_hz:.0f} Hz" in line


def test_nothing_is_told_of_the_right_rate():
    assert told_of_rates(60.0, loss=0.02, jitter_ms=3.0) == []
