"""Whether the processors themselves keep their pace is seen, told by doctor, and set apart by the benchmark of films."""

import multiprocessing
import os
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from stage.bench.plates_live import Look, SlotsAtPace, Turn, slots_at_pace
from stage.doctor.machine import pace_finding
from stage.run.pace import Pace, PaceWatch

LAST_S = 0.3


def hold_up(processor, begun, ended):
    """Leaves whatever runs on a processor some microseconds at a time, as a host does with a virtual one."""
    os.sched_setaffinity(0, {processor})
    os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(60))
    begun.value = time.monotonic_ns()
    while time.monotonic_ns() - begun.value < LAST_S * 1e9:
        until_ns = time.monotonic_ns() + 200_000
        while time.monotonic_ns() < until_ns:
            pass
        time.sleep(10e-6)
    ended.value = time.monotonic_ns()


def may_have_priority():
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO | os.SCHED_RESET_ON_FORK, os.sched_param(1))
    except OSError:
        return False
    os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
    return True


def watching():
    """The processes that watch for this one."""
    lines = [Path(f"/proc/{child}/cmdline").read_bytes() for child in own_children()]
    return [line for line in lines if b"stage.run.pace" in line]


def own_children():
    return [child for children in Path("/proc/self/task").glob("*/children") for child in children.read_text().split()]


def test_a_processor_that_is_held_up_is_seen_in_that_time():
    if not may_have_priority():
        pytest.skip("real-time priority is not granted to this user")
    spawn = multiprocessing.get_context("spawn")
    begun, ended = spawn.Value("q"), spawn.Value("q")
    processor = max(os.sched_getaffinity(0))
    with ExitStack() as stack:
        watch = PaceWatch(stack)
        time.sleep(0.4)
        host = spawn.Process(target=hold_up, args=(processor, begun, ended))
        host.start()
        host.join()
        pace = watch.ended()
    held_up = [moment for moment in pace.slowed_ns if begun.value <= moment <= ended.value]
    assert len(held_up) > 20
    assert not pace.held(begun.value, ended.value)
    assert pace.worst_times > 3.0


def test_every_processor_is_watched_and_nobody_is_left_behind():
    with ExitStack() as stack:
        watch = PaceWatch(stack)
        time.sleep(0.4)
        assert len(watching()) == len(os.sched_getaffinity(0))
        pace = watch.ended()
    assert watching() == []
    assert pace.tries > 20 * len(os.sched_getaffinity(0))
    assert 1.0 < pace.usual_us < 5000.0
    assert len(pace.slowed_ns) == round(pace.slowed_share * pace.tries)


def test_doctor_warns_of_processors_that_are_slowed_and_not_of_a_single_try():
    steady = Pace(tries=500, usual_us=40.0, worst_times=3.5, slowed_share=0.002, slowed_ns=(1,))
    assert pace_finding(steady).state == "ok"
    assert "at most 3.5 times" in pace_finding(steady).found
    slowed = Pace(tries=500, usual_us=40.0, worst_times=16.8, slowed_share=0.02, slowed_ns=tuple(range(10)))
    found = pace_finding(slowed)
    assert found.state == "warn"
    assert "40 us took up to 17 times that, in 2.0% of 500 tries" in found.found
    assert "virtual machine" in found.cure


def test_slots_count_as_at_pace_where_nothing_was_slowed_in_them_and_shortly_before():
    second = 1_000_000_000
    looks = tuple(Look(number * second // 10, 6 * number, number, 2 * number) for number in range(11))
    pace = Pace(tries=1, usual_us=40.0, worst_times=9.0, slowed_share=1.0, slowed_ns=(int(0.55 * second),))
    turn = Turn(looks, pace)
    assert (turn.slots, turn.missed) == (60, 10)
    assert slots_at_pace([turn]) == SlotsAtPace(slots=48, missed=8, late=16)
    assert slots_at_pace([turn, turn]) == SlotsAtPace(slots=96, missed=16, late=32)
