"""What the edges lose, and what makes a rate seem wrong, as the crew reads it."""

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stage.show.frame.inputs import Dropped
from stage.show.report.losses import MOST_SOURCES, Losses, counts, note_loss, recent_losses
from stage.show.state import decode_state, encode_state
from stage.words.sentences import health_lines, sentence
from tests.building import SENDER, SOURCE, freed, slot_ns, stage, step, tracker
from tests.examples import costly
from tracking.datagrams import Datagram

LINE = "serial:///dev/ttyUSB0"
STAGE = stage(tracker("a"))


def lines_after(show, frame, *observations, datagrams=()):
    """The health lines of one frame."""
    return health_lines(step(show, frame, observations=observations, datagrams=datagrams).health)


def about(lines, source):
    return [line for line in lines if line.startswith(source)]


@pytest.mark.parametrize(
    ("cause", "words"),
    [
        ("over_budget", "flood: more than 512 packets a frame"),
        ("over_bytes", "flood: more than 262144 bytes a frame"),
        ("over_work", "flood: more to decode in a frame than 512 OSC messages"),
        ("too_long", "longer than 9000 bytes"),
        ("kernel", "receive buffer"),
        ("socket", "could not be read"),
        ("overflow", "1024 pieces"),
        ("the disk is full", "the disk is full"),
    ],
)
def test_health_says_why_inputs_were_dropped(cause, words):
    (line,) = about(lines_after(STAGE.show(), 1, Dropped(source=SOURCE, count=7, cause=cause)), SOURCE)
    assert "7 dropped since the start" in line
    assert words in line


def test_each_cause_is_counted_and_reported_by_itself_and_for_five_seconds():
    show = STAGE.show()
    flood = Dropped(source=SOURCE, count=7, cause="over_budget")
    lines_after(show, 1, flood, Dropped(source=LINE, count=2, cause="overflow"))
    lines = lines_after(show, 200, Dropped(source=SOURCE, count=5, cause="too_long"))
    assert len(about(lines, SOURCE)) == 2
    assert counts(show.state.losses) == {SOURCE: {"over_budget": 7, "too_long": 5}, LINE: {"overflow": 2}}
    assert len(about(lines_after(show, 400), SOURCE)) == 1
    assert about(lines_after(show, 502), SOURCE) == []


def test_a_line_is_disconnected_while_it_lasts_and_not_afterwards():
    show = STAGE.show()
    for frame in range(1, 400):
        gone = Dropped(source=LINE, count=int(frame == 1), cause="disconnected")
        (line,) = about(lines_after(show, frame, gone), LINE)
        assert "is disconnected" in line
    (line,) = about(lines_after(show, 400), LINE)
    assert "is back" in line
    assert "since the start: 1" in line
    assert about(lines_after(show, 800), LINE) == []


def test_losses_are_in_the_snapshot():
    show = STAGE.show()
    lines_after(show, 1, Dropped(source=SOURCE, count=7, cause="kernel"))
    assert decode_state(encode_state(show.snapshot())).losses == show.state.losses


@costly(full=100, quick=8)
@given(st.lists(st.builds(Dropped, source=st.text(), count=st.integers(0, 9), cause=st.text()), max_size=300))
def test_losses_stay_bounded_and_each_has_a_sentence(reports):
    losses = Losses()
    for frame, report in enumerate(reports):
        note_loss(losses, report, frame)
    assert len(losses.by_source) <= MOST_SOURCES
    assert all(len(causes) <= 7 for causes in losses.by_source.values())
    found = list(recent_losses(losses, len(reports), len(reports)))
    assert len(found) == sum(map(len, losses.by_source.values()))
    assert all(not sentence(cause.code, cause.values).startswith(cause.code) for cause in found)


def rate_lines(sent_hz, *, loss=0.0, jitter_ms=0.0, seconds=8.0):
    """What health says of tracker a, which is configured for 60 Hz, at the end."""
    generator = random.Random(3)
    show, arrived = STAGE.show(), []
    for index in range(int(sent_hz * seconds)):
        late_ns = int(generator.expovariate(1e-6 / jitter_ms)) if jitter_ms else 0
        if generator.random() >= loss:
            arrived.append(
                (slot_ns(0) + int(index * 1e9 / sent_hz) + late_ns, freed(index, 10.0 * math.sin(index / 40.0)).payload)
            )
    arrived.sort()
    for frame in range(int(60 * seconds) - 1):
        due = [one for one in arrived if one[0] <= slot_ns(frame)]
        del arrived[: len(due)]
        datagrams = [Datagram(source=SOURCE, sender=SENDER, received_ns=at, payload=sent) for at, sent in due]
        health = lines_after(show, frame, datagrams=datagrams)
    return [line for line in health if "tracker a" in line]


@pytest.mark.parametrize("jitter_ms", [0.0, 5.0])
def test_losses_are_reported_as_losses_and_not_as_a_wrong_rate(jitter_ms):
    (line,) = rate_lines(60.0, loss=0.3, jitter_ms=jitter_ms)
    assert "loses" in line
    assert "rate_hz" not in line


@pytest.mark.parametrize("sent_hz", [30.0, 50.0, 90.0])
def test_a_rate_that_differs_from_the_configured_one_is_reported(sent_hz):
    (line,) = rate_lines(sent_hz, jitter_ms=1.0)
    assert "correct rate_hz" in line
    assert f"sends {sent_hz:.0f} Hz" in line


def test_the_right_rate_is_not_a_finding():
    assert rate_lines(60.0, loss=0.02, jitter_ms=3.0) == []
