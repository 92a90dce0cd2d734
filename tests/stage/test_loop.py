"""The loop in virtual time: slots, skips, what a late frame is put down to, and what is reported of it."""

from array import array
from fractions import Fraction
from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from recorded_stage import new_show, packet

from stage.control.view import FRAME_PARTS
from stage.live.clock import ManualClock, Pacer, Slot
from stage.live.figures import LoopTimes, spread_of
from stage.live.gather import command_budget
from stage.live.loop import LONG_NS, READ_AHEAD_NS, FrameLoop
from stage.live.view import LiveView
from stage.panel.metrics import StageCollector, metrics_of
from stage.show.frame.inputs import (
    FrameInputs,
    Presented,
)
from stage.show.frame.outcome import Outcome

RATE = Fraction(60)
PERIOD_NS = 16_666_666
SOURCE = "udp://127.0.0.1:40000"


class Bench:
    """A real show in a real loop whose edges are lists; each part of a frame takes the time that the test sets."""

    def __init__(self, rate=RATE, first_frame=0):
        self.clock = ManualClock(1_000_000_000)
        self.show = new_show()
        self.times = LoopTimes()
        self.pacer = Pacer(self.clock, rate, first_frame=first_frame)
        self.takes_ns = {"gather": 0, "keep": 0, "publish": 0, "draw": 0, "present": 0, "preview": 0, "wait": 0}
        self.gathered: list[FrameInputs] = []
        self.pending: list[Presented] = []
        self.observed: list[Presented] = []
        self.order: list[str] = []
        self.drawn: list[int] = []
        self.gathered_at: list[int] = []
        self.left_at: list[int] = []
        self.left: list[Outcome] = []
        self.read_at: list[int] = []
        self.expects_commands = self.draws_quickly = False
        self.loop = FrameLoop(
            show=self.show,
            clock=self.clock,
            pacer=self.pacer,
            gather=self,
            picture=self,
            leave=self,
            times=self.times,
        )

    def work(self, part):
        self.order.append(part)
        self.clock.advance(self.takes_ns[part])

    def read_ahead(self):
        self.read_at.append(self.clock.now_ns())

    def inputs(self, slot):
        self.work("gather")
        self.gathered_at.append(self.clock.now_ns())
        observations, self.pending = tuple(self.pending), []
        gathered = FrameInputs(
            epoch=1,
            frame=slot.frame,
            present_ns=slot.present_ns,
            datagrams=(packet(slot.frame, 1),),
            observations=observations,
        )
        self.gathered.append(gathered)
        return gathered

    def observe(self, presented):
        self.pending.append(presented)
        self.observed.append(presented)

    def wait(self, meanwhile):
        self.wait_for_gpu("wait", meanwhile)

    def draw(self, plan):
        self.drawn.append(plan.frame)
        self.work("draw")

    def is_done_soon(self):
        return self.draws_quickly

    def present(self, plan, meanwhile):
        self.wait_for_gpu("present", meanwhile)

    def wait_for_gpu(self, part, meanwhile):
        """As long as the test says, looking about sixty times a second for what there is to do."""
        self.order.append(part)
        end_ns = self.clock.now_ns() + self.takes_ns[part]
        while self.clock.now_ns() < end_ns:
            self.clock.advance(min(16_000_000, end_ns - self.clock.now_ns()))
            meanwhile()

    def preview(self, plan, room_ns):
        self.work("preview")

    def keep(self, inputs, outcome):
        self.work("keep")

    def publish(self, outcome):
        self.work("publish")
        self.left_at.append(self.clock.now_ns())
        self.left.append(outcome)


def test_a_frame_goes_through_its_parts_in_order():
    bench = Bench()
    outcome = bench.loop.step()
    assert bench.order == ["wait", "gather", "keep", "draw", "publish", "present", "preview"]
    assert bench.left == [outcome]
    assert (outcome.frame, outcome.plan.present_ns) == (0, 1_000_000_000 + PERIOD_NS)


def test_what_is_drawn_in_a_moment_is_presented_before_anybody_is_answered():
    bench = Bench()
    bench.draws_quickly = True
    bench.takes_ns |= {"draw": 1_000_000, "publish": 17_000_000, "present": 2_000_000}
    bench.loop.step()
    assert bench.order == ["wait", "gather", "keep", "draw", "present", "publish", "preview"]
    parts = LiveView(bench.show, bench.times).status(()).frame_parts
    assert {part: parts[part].sum_ms for part in ("draw", "present", "publish", "whole")} == {
        "draw": 1.0, "present": 2.0, "publish": 17.0, "whole": 3.0,
    }  # fmt: skip
    assert bench.times.missed == 0
    bench.takes_ns |= {"draw": PERIOD_NS, "publish": 2 * PERIOD_NS}
    bench.loop.step()
    assert bench.times.missed_causes == {"draw": 1}


@pytest.mark.parametrize(("work_ns", "is_read"), [(5_000_000, True), (PERIOD_NS - READ_AHEAD_NS // 2, False)])
def test_expected_commands_are_read_a_little_before_the_slot_where_there_is_time(work_ns, is_read):
    bench = Bench()
    bench.loop.step()
    bench.takes_ns["preview"] = work_ns
    bench.loop.step()
    assert bench.read_at == []
    bench.expects_commands = True
    bench.loop.step()
    slot_ns = bench.gathered_at[-1]
    assert slot_ns == 1_033_333_333
    assert bench.read_at == ([slot_ns - READ_AHEAD_NS] if is_read else [])


@given(st.lists(st.integers(0, 60_000_000), min_size=1, max_size=40))
def test_frames_are_slots_whatever_drawing_takes(work_ns):
    bench = Bench()
    for nanoseconds in work_ns:
        bench.takes_ns["draw"] = nanoseconds
        bench.loop.step()
    frames = [inputs.frame for inputs in bench.gathered]
    assert frames == sorted(set(frames))
    assert all(
        inputs.present_ns == 1_000_000_000 + int((inputs.frame + 1) * 1_000_000_000 / RATE) for inputs in bench.gathered
    )
    skipped = frames[-1] + 1 - len(frames)
    assert sum(bench.times.skipped_causes.values()) == skipped
    assert bench.times.frames == len(frames)
    assert bench.times.missed == sum(observed.missed for observed in bench.observed)
    assert sum(bench.times.missed_causes.values()) == bench.times.missed


@pytest.mark.parametrize("part", ["present", "wait"])
def test_with_frames_of_a_second_slots_are_stepped_and_answered_while_one_is_drawn(part):
    bench = Bench()
    bench.takes_ns[part] = 1_000_000_000
    for _ in range(6):
        outcome = bench.loop.step()
    assert bench.drawn[-1] == outcome.frame
    waits_ns = [later - earlier for earlier, later in pairwise(bench.left_at)]
    assert max(waits_ns) < LONG_NS + 3 * PERIOD_NS
    frames = [inputs.frame for inputs in bench.gathered]
    assert frames == sorted(set(frames))
    assert len(frames) > 240
    assert bench.times.frames == len(bench.drawn) == len(bench.observed) == 6
    assert bench.times.skipped_causes["draw"] == sum(bench.times.skipped_causes.values()) == bench.drawn[-1] + 1 - 6


def test_slots_are_not_stepped_undrawn_while_frames_are_only_a_little_late():
    bench = Bench()
    bench.takes_ns["present"] = LONG_NS - 1
    for _ in range(10):
        bench.loop.step()
    assert len(bench.gathered) == len(bench.drawn) == 10


def test_the_commands_of_a_frame_grow_with_the_slots_that_passed():
    assert [command_budget(slot(skipped)) for skipped in (0, 1, 3, 49, 10_000)] == [128, 256, 512, 1024, 1024]


def slot(skipped):
    return Slot(frame=100, start_ns=0, present_ns=1, skipped=skipped)


def test_each_frame_receives_the_report_of_the_one_before():
    bench = Bench()
    bench.takes_ns["draw"] = 5_000_000
    bench.loop.step()
    bench.loop.step()
    (seen,) = bench.gathered[1].observations
    assert seen.frame == 0
    assert seen.drawn_ns - seen.stepped_ns == 5_000_000
    assert not seen.missed


@pytest.mark.parametrize("part", ["gather", "keep", "draw", "publish", "present", "preview"])
def test_skipped_slots_are_put_down_to_the_part_that_took_the_time(part):
    bench = Bench()
    bench.loop.step()
    bench.takes_ns[part] = 3 * PERIOD_NS + 1000
    bench.loop.step()
    bench.takes_ns[part] = 0
    bench.loop.step()
    named = {cause: count for cause, count in bench.times.skipped_causes.items() if count}
    assert sum(named.values()) == 2
    assert set(named) == {part}


def test_slots_that_pass_while_the_loop_sleeps_are_put_down_to_its_waking():
    bench = Bench()
    bench.takes_ns["draw"] = 4_000_000
    bench.loop.step()
    bench.clock.advance(3 * PERIOD_NS)
    bench.loop.step()
    assert bench.times.skipped_causes == {"wake": 2}


def test_a_frame_presented_after_its_slot_and_a_period_is_missed_and_counted_in_the_show():
    bench = Bench()
    bench.takes_ns["present"] = PERIOD_NS + 2
    bench.loop.step()
    bench.takes_ns["present"] = 0
    bench.loop.step()
    assert bench.times.missed == 1
    assert bench.times.missed_causes == {"present": 1}
    assert bench.show.state.missed == 1


def test_the_parts_of_frames_are_counted_by_how_long_they_took_and_are_metrics():
    bench = Bench()
    for draw_ms, present_ms in ((3, 1), (5, 1), (3, 200)):
        bench.takes_ns |= {"draw": draw_ms * 1_000_000, "present": present_ms * 1_000_000}
        bench.loop.step()
    status = {**msgspec.to_builtins(LiveView(bench.show, bench.times).status(())), "latency": {}}
    parts = status["frame_parts"]
    assert [sum(one["counts"]) for one in parts.values()] == [3] * len(FRAME_PARTS)
    assert [one for one in zip(parts["draw"]["bounds_ms"], parts["draw"]["counts"], strict=False) if one[1]] == [
        (4.0, 2),
        (6.0, 1),
    ]
    assert parts["present"]["counts"][-1] == 1, "what takes longer than the largest bound"
    metrics, _ = metrics_of(StageCollector(lambda: status, dict, dict, dict))()
    lines = metrics.decode().splitlines()
    assert 'openstage_frame_part_seconds_bucket{le="0.002",part="draw"} 0.0' in lines
    assert 'openstage_frame_part_seconds_bucket{le="0.004",part="draw"} 2.0' in lines
    assert 'openstage_frame_part_seconds_bucket{le="0.1",part="present"} 2.0' in lines
    assert 'openstage_frame_part_seconds_count{part="present"} 3.0' in lines
    assert 'openstage_frame_part_seconds_sum{part="draw"} 0.011' in lines


def test_the_figures_of_a_run_are_of_its_frames():
    bench = Bench()
    bench.takes_ns |= {"gather": 1_000_000, "draw": 4_000_000, "keep": 300_000, "publish": 200_000}
    for _ in range(100):
        bench.loop.step()
    assert bench.times.cpu().p50 == pytest.approx(1.5)
    assert bench.times.lateness().max == 0.0
    assert (bench.times.frames, bench.times.missed) == (100, 0)


@given(st.lists(st.floats(0.0, 1e6), min_size=1))
def test_a_spread_is_ordered_and_within_its_values(values):
    spread = spread_of(array("d", values))
    assert min(values) <= spread.p50 <= spread.p99 <= spread.max == max(values)
