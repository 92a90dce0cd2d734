"""The latency ledger: every stage from sample to light, its percentiles, and the alarm that names what grew."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stage.live.clock import ManualClock, Pacer
from stage.live.figures import LoopTimes
from stage.live.loop import FrameLoop
from stage.show.frame.inputs import FrameInputs, Presented
from stage.show.report.ledger import (
    FOLLOWED,
    MOST_ACCOUNTS,
    STAGES,
    TOTAL,
    Account,
    Ledger,
    LedgerState,
    alarm,
    percentiles,
)
from stage.show.state import encode_state
from stage.words.sentences import health_lines, sentence
from tests.building import PERIOD_NS, SENDER, SOURCE, camera, parsed, sample, stage, stage_text, tracker
from tests.examples import costly
from tracking.datagrams import Datagram
from tracking.dialects import FreeDDialect
from tracking.protocols.freed import encode_freed
from tracking.records import ConfigError

MS = 1_000_000
TIMES_MS = dict(zip(STAGES, (5.0, 8.0, 0.5, 3.0, 1.0, 25.0), strict=True))

PIECES = (tracker("t", delay_ms=4.0), camera("A", tracker="t", focal_length_mm=35.0))
STAGE = stage(*PIECES)


def account_and_end(frame, times_ms):
    """A frame whose stages take these times, presented when it should be."""
    marks = [1_000_000_000 + frame * PERIOD_NS]
    for name in STAGES:
        marks.append(marks[-1] + round(times_ms[name] * MS))
    account = Account(frame=frame, sample_ns=marks[0], received_ns=marks[1], present_ns=marks[5], light_ns=marks[6])
    seen = Presented(frame=frame, gathered_ns=marks[2], stepped_ns=marks[3], drawn_ns=marks[4], presented_ns=marks[5])
    return account, seen


def run(state, frames, times_ms=None, first=0):
    ledger = Ledger(60.0)
    for frame in range(first, first + frames):
        account, seen = account_and_end(frame, times_ms or TIMES_MS)
        ledger.open(state, account)
        ledger.close(state, seen)
    return state


def grown(name, by_ms):
    return TIMES_MS | {name: TIMES_MS[name] + by_ms}


@costly(full=30, quick=10)
@given(st.tuples(*[st.floats(0.05, 200.0)] * len(STAGES)))
def test_medians_are_the_times_that_the_stages_took(times_ms):
    took = dict(zip(STAGES, times_ms, strict=True))
    found = percentiles(run(LedgerState(), 200, took))
    for name in STAGES:
        assert found[name].p50_ms == pytest.approx(took[name], rel=0.06)
    assert found[TOTAL].p50_ms == pytest.approx(sum(times_ms), rel=0.06)


def test_the_99th_percentile_sees_one_slow_frame_in_fifty():
    state, ledger = LedgerState(), Ledger(60.0)
    for frame in range(600):
        account, seen = account_and_end(frame, grown("stepped_to_drawn", 40.0) if frame % 50 == 0 else TIMES_MS)
        ledger.open(state, account)
        ledger.close(state, seen)
    found = percentiles(state)["stepped_to_drawn"]
    assert found.p50_ms == pytest.approx(3.0, rel=0.06)
    assert found.p99_ms == pytest.approx(43.0, rel=0.06)


def test_nothing_is_reported_before_frames_were_shown():
    assert percentiles(LedgerState()) == {}
    assert alarm(LedgerState(), None) == alarm(LedgerState(), 1.0) is None


def test_old_times_are_forgotten_and_memory_is_bounded():
    state = run(LedgerState(), 2000)
    size = len(msgspec.msgpack.encode(state))
    run(state, 3000, grown("drawn_to_presented", 10.0), first=2000)
    assert percentiles(state)["drawn_to_presented"].p50_ms == pytest.approx(11.0, rel=0.06)
    assert len(msgspec.msgpack.encode(state)) < size + 200
    ledger = Ledger(60.0)
    for frame in range(5000, 6000):
        ledger.open(state, account_and_end(frame, TIMES_MS)[0])
    assert len(state.open) == MOST_ACCOUNTS


@pytest.mark.parametrize("name", STAGES)
def test_without_a_budget_the_alarm_compares_with_the_first_ten_seconds_and_names_the_stage_that_grew(name):
    state = run(LedgerState(), 900)
    assert alarm(state, None) is None
    run(state, 300, grown(name, 30.0), first=900)
    cause = alarm(state, None)
    assert (cause.code, cause.values["why"], cause.values["stage"]) == ("latency_grew", "stage_grew", name)
    line = sentence(cause.code, cause.values)
    assert line.startswith("latency is 7")
    assert "it was 4" in line
    assert name.replace("_", " ") in line
    run(state, 600, first=1200)
    assert alarm(state, None) is None


def test_a_budget_is_held_from_the_beginning():
    state = run(LedgerState(), 200)
    assert alarm(state, 43.0) is None
    cause = alarm(state, 40.0)
    assert sentence(cause.code, cause.values) == (
        "latency is 42 ms, its budget 40 ms: presented to light takes most, 25.0 ms"
    )


def test_a_late_frame_has_late_light():
    state, ledger = LedgerState(), Ledger(60.0)
    for frame in range(300):
        account, seen = account_and_end(frame, grown("stepped_to_drawn", PERIOD_NS / MS))
        ledger.open(state, msgspec.structs.replace(account, present_ns=account.present_ns - PERIOD_NS))
        ledger.close(state, seen)
    on_time = sum(TIMES_MS.values())
    assert percentiles(state)[TOTAL].p50_ms == pytest.approx(on_time + 2 * PERIOD_NS / MS, rel=0.06)


def test_frames_that_were_never_presented_are_left_out():
    state, ledger = LedgerState(), Ledger(60.0)
    for frame in range(600):
        account, seen = account_and_end(frame, TIMES_MS)
        ledger.open(state, account)
        if frame % 3 == 0:
            ledger.close(state, seen)
        ledger.close(state, msgspec.structs.replace(seen, frame=frame + 10_000) if frame % 7 == 0 else seen)
    assert not state.open
    assert percentiles(state)[TOTAL].p50_ms == pytest.approx(sum(TIMES_MS.values()), rel=0.06)


class Edges:
    """A stage in virtual time: each part takes a set while, packets come 6 ms before their slot."""

    def __init__(self, clock):
        self.clock = clock
        self.draw_ns = 3 * MS
        self.pending = []

    expects_commands = False

    def read_ahead(self):
        raise AssertionError("nothing is expected")

    def inputs(self, slot):
        self.clock.advance(MS)
        seen, self.pending = tuple(self.pending), []
        payload = encode_freed(sample(0.01 * slot.frame), 1, FreeDDialect())
        packet = Datagram(source=SOURCE, sender=SENDER, received_ns=slot.start_ns - 6 * MS, payload=payload)
        return FrameInputs(
            epoch=1, frame=slot.frame, present_ns=slot.present_ns, datagrams=(packet,), observations=seen
        )

    def observe(self, presented):
        self.pending.append(presented)

    def wait(self, meanwhile):
        pass

    def draw(self, plan):
        self.clock.advance(self.draw_ns)

    def is_done_soon(self):
        return False

    def present(self, plan, meanwhile):
        self.clock.advance(2 * MS)

    def preview(self, plan, room_ns):
        pass

    def keep(self, inputs, outcome):
        pass

    def publish(self, outcome):
        pass


def new_loop(of=STAGE):
    show, clock = of.show(), ManualClock(5_000_000_000)
    edges, pacer = Edges(clock), Pacer(clock, show.rate, first_frame=0)
    loop = FrameLoop(show=show, clock=clock, pacer=pacer, gather=edges, picture=edges, leave=edges, times=LoopTimes())
    return loop, show, edges


def test_a_running_loop_reports_where_the_time_goes():
    loop, show, _ = new_loop()
    for _ in range(300):
        loop.step()
    latency = percentiles(show.state.ledger)
    expected = {
        "sample_to_received": 4.0,
        "received_to_drained": 7.0,
        "drained_to_stepped": 0.0,
        "stepped_to_drawn": 3.0,
        "drawn_to_presented": 2.0,
        "presented_to_light": PERIOD_NS / MS - 6.0 + PERIOD_NS / MS / 2 + 16.0,
    }
    for name, took_ms in expected.items():
        assert latency[name].p50_ms == pytest.approx(took_ms, rel=0.07, abs=0.05), name
    assert latency[TOTAL].p50_ms == pytest.approx(sum(expected.values()), rel=0.06)


def test_how_late_followers_know_their_light_is_told_beside_the_sum_and_raises_no_alarm():
    state = LedgerState()
    assert percentiles(state) == {}
    ledger = Ledger(60.0)
    for _ in range(100):
        ledger.note_followed(state, 2)
    found = percentiles(state)
    assert list(found) == [FOLLOWED]
    assert found[FOLLOWED].p50_ms == pytest.approx(2000.0 / 60.0, rel=0.06)
    run(state, 300)
    assert set(percentiles(state)) == {*STAGES, TOTAL, FOLLOWED}
    assert alarm(state, None) is None


def test_slower_drawing_is_reported_in_health():
    loop, _, edges = new_loop(stage(*PIECES, latency_budget_ms=56.0))
    assert not any(finding.code.startswith("latency") for _ in range(800) for finding in loop.step().health)
    edges.draw_ns = 20 * MS
    outcomes = [loop.step() for _ in range(300)]
    lines = health_lines(outcomes[-1].health)
    assert any(line.startswith("latency is") and "stepped to drawn grew" in line for line in lines)


def test_the_ledger_is_show_state_and_replays():
    loop, show, _ = new_loop()
    for _ in range(200):
        loop.step()
    kept = show.snapshot()
    assert kept.ledger.closed > 150
    assert encode_state(kept) == encode_state(show.state)


def test_a_budget_that_is_no_time_is_refused():
    with pytest.raises(ConfigError, match="latency_budget_ms"):
        parsed(stage_text(*PIECES, latency_budget_ms=-3.0))
