"""How many frames a second reach the walls: measured from reports on presented frames, and said in health."""

import pytest

from stage.show.frame.inputs import Presented
from stage.show.report.pace import true_rate_hz
from stage.words.sentences import health_lines
from tests.building import codes, inputs_at, stage

MS = 1_000_000
STAGE = stage(frame_rate_hz=50)
PERIOD_MS = 20


def shown(frame, at_ms, *, step_ms=1, draw_ms=5, missed=False):
    """The report of a frame whose light left at this time."""
    presented_ns = 5_000_000_000 + round(at_ms * MS)
    left_ns = presented_ns - draw_ms * MS
    gathered_ns = left_ns - step_ms * MS
    return Presented(
        frame=frame,
        gathered_ns=gathered_ns,
        stepped_ns=left_ns,
        left_ns=left_ns,
        drawn_ns=presented_ns,
        presented_ns=presented_ns,
        missed=missed,
    )


def run(show, seconds, every_ms, **parts):
    """Steps a show whose frames are presented so many milliseconds apart; the outcome of its last frame."""
    outcome, first_ms = None, max(0.0, (show.state.pace.begun_ns - 5_000_000_000) / MS)
    for number in range(1, round(seconds * 1000 / every_ms) + 1):
        at_ms = first_ms + number * every_ms
        slot = round(at_ms / PERIOD_MS)
        outcome = show.step(inputs_at(slot, observations=[shown(slot - 1, at_ms, **parts)]))
    return outcome


def test_frames_that_drawing_holds_up_are_counted_and_named_in_health():
    show = STAGE.show()
    outcome = run(show, 4, 37, draw_ms=36, missed=True)
    (line,) = health_lines(outcome.health)
    assert line == "drawing takes 36 ms of 20: 27 of 50 frames a second reach the walls"
    (finding,) = outcome.health
    assert (finding.code, finding.severity) == ("frames_lacking", "alarm")
    assert finding.values["true_rate_hz"] == pytest.approx(27.0, abs=0.2)
    assert true_rate_hz(show.state.pace, 0) == pytest.approx(27.0, abs=0.2)


@pytest.mark.parametrize(
    ("every_ms", "parts", "expected"),
    [
        (40, {"step_ms": 30}, "working out a frame takes 30 ms of 20: 25 of 50 frames a second reach the walls"),
        (25, {}, "the machine is busy, so frames begin late: 40 of 50 frames a second reach the walls"),
        (20, {"draw_ms": 19, "missed": True}, "drawing takes 19 ms of 20: 100% of the frames reach the walls late"),
        (1000, {"draw_ms": 990}, "drawing takes 990 ms of 20: 1 of 50 frames a second reach the walls"),
    ],
)
def test_what_holds_frames_up_is_named(every_ms, parts, expected):
    assert health_lines(run(STAGE.show(), 4, every_ms, **parts).health) == (expected,)


def test_a_pace_as_configured_is_no_finding():
    show = STAGE.show()
    assert codes(run(show, 4, PERIOD_MS)) == []
    assert true_rate_hz(show.state.pace, 0) == pytest.approx(50.0)


def test_one_slow_second_is_no_finding_and_good_ones_end_it():
    show = STAGE.show()
    run(show, 2, PERIOD_MS)
    assert codes(run(show, 1.1, 40, draw_ms=39)) == []
    assert codes(run(show, 3, 40, draw_ms=39)) == ["frames_lacking"]
    assert codes(run(show, 4.1, PERIOD_MS)) == []


def test_the_rate_of_the_first_second_is_that_of_what_has_passed():
    show = STAGE.show()
    assert true_rate_hz(show.state.pace, 5_000_000_000) == 0.0
    run(show, 0.5, 40)
    assert true_rate_hz(show.state.pace, 5_500_000_000) == pytest.approx(25.0, rel=0.05)


def test_another_core_is_measured_anew():
    show = STAGE.show()
    run(show, 4, 40, draw_ms=39)
    inputs = inputs_at(1000)
    assert codes(show.step(type(inputs)(epoch=2, frame=1000, present_ns=inputs.present_ns))) == []
