"""The latency ledger: every stage from sample to light, its percentiles, and the alarm that names what grew."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calibration.rasters.positions import wall_positions, wall_surface
from calibration.records import Calibration
from stage.config.reader import parse_config
from stage.live.clock import ManualClock, Pacer
from stage.live.loop import FrameLoop
from stage.live.timing import LoopTimes
from stage.live.view import LiveView
from stage.loading.files import read_preset
from stage.show.frame.inputs import FrameInputs, Presented
from stage.show.report.ledger import MOST_ACCOUNTS, STAGES, TOTAL, Account, Ledger, LedgerState, alarm, percentiles
from stage.show.show import Show
from stage.show.state import encode_state, new_state
from tracking.datagrams import Datagram
from tracking.dialects import FreeDDialect
from tracking.protocols.freed import encode_freed
from tracking.records import ConfigError, TrackerSample
from tracking.rotation import quat_from_pan_tilt_roll

MS = 1_000_000
PERIOD_NS = 16_666_667
TIMES_MS = dict(zip(STAGES, (5.0, 8.0, 0.5, 3.0, 1.0, 25.0), strict=True))

CONFIG = """
[stage]
frame_rate_hz = 60
[[walls]]
name = "main"
resolution_px = [64, 20]
latency_ms = 16.0
shape = { kind = "arc", radius_m = 4.0, sweep_deg = 120.0, height_m = 2.6 }
[[trackers]]
name = "f"
protocol = "freed"
source = "udp://127.0.0.1:40000"
camera_id = 1
rate_hz = 60
delay_ms = 4.0
[[cameras]]
name = "A"
tracker = "f"
focal_length_mm = 35.0
"""


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


@settings(max_examples=30, deadline=None)
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


def test_nothing_is_told_before_frames_were_shown():
    assert percentiles(LedgerState()) == {}
    assert alarm(LedgerState(), None) == alarm(LedgerState(), 1.0) == ""


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
    assert alarm(state, None) == ""
    run(state, 300, grown(name, 30.0), first=900)
    told = alarm(state, None)
    assert told.startswith("latency is 7")
    assert "it was 4" in told
    assert name.replace("_", " ") in told
    run(state, 600, first=1200)
    assert alarm(state, None) == ""


def test_a_budget_is_held_from_the_beginning():
    state = run(LedgerState(), 200)
    assert alarm(state, 43.0) == ""
    assert alarm(state, 40.0) == ("latency is 42 ms, its budget 40 ms: presented to light takes most, 25.0 ms")


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

    def inputs(self, slot):
        self.clock.advance(MS)
        seen, self.pending = tuple(self.pending), []
        sample = TrackerSample(position_m=(0.0, 0.0, 1.5), rotation=quat_from_pan_tilt_roll(0.01 * slot.frame, 0, 0))
        packet = Datagram(
            source="udp://127.0.0.1:40000",
            sender="x",
            received_ns=slot.start_ns - 6 * MS,
            payload=encode_freed(sample, 1, FreeDDialect()),
        )
        return FrameInputs(
            epoch=1, frame=slot.frame, present_ns=slot.present_ns, datagrams=(packet,), observations=seen
        )

    def observe(self, presented):
        self.pending.append(presented)

    def draw(self, plan):
        self.clock.advance(self.draw_ns)

    def present(self, plan):
        self.clock.advance(2 * MS)

    def frame(self, inputs, plan):
        pass


def new_loop(text=CONFIG):
    config = parse_config(text, "test", read_preset)
    surfaces = tuple(wall_surface(wall, wall_positions(wall, None)) for wall in config.walls)
    show = Show(config, Calibration(surfaces=surfaces), new_state(config, Show.tree_of(config)))
    clock = ManualClock(5_000_000_000)
    edges, times = Edges(clock), LoopTimes()
    pacer = Pacer(clock, show.rate, first_frame=0)
    loop = FrameLoop(show=show, clock=clock, pacer=pacer, gather=edges, picture=edges, leave=edges, times=times)
    return loop, show, edges, times


def test_a_running_loop_tells_where_the_time_goes():
    loop, show, _, times = new_loop()
    for _ in range(300):
        loop.step()
    latency = LiveView(show, times).status().latency
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


def test_slower_drawing_is_told_in_health():
    loop, _, edges, _ = new_loop(CONFIG.replace("frame_rate_hz = 60", "frame_rate_hz = 60\nlatency_budget_ms = 56"))
    told = [loop.step().health for _ in range(800)]
    assert not any(line.startswith("latency") for lines in told for line in lines)
    edges.draw_ns = 20 * MS
    told = [loop.step().health for _ in range(300)]
    assert any(line.startswith("latency is") and "stepped to drawn grew" in line for line in told[-1])


def test_the_ledger_is_show_state_and_replays():
    loop, show, _, _ = new_loop()
    for _ in range(200):
        loop.step()
    kept = show.snapshot()
    assert kept.ledger.closed > 150
    assert encode_state(kept) == encode_state(show.state)


def test_a_budget_that_is_no_time_is_refused():
    with pytest.raises(ConfigError, match="latency_budget_ms"):
        parse_config(CONFIG.replace("[stage]", "[stage]\nlatency_budget_ms = -3.0"), "test", read_preset)
