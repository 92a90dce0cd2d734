"""Threads that draw in software have real-time priority, unless they leave the others too little."""

import os
import threading
import time

import pytest

from stage.live.drawing_priority import AGAIN_AFTER_S, DrawingPriority
from stage.run.realtime import DRAWING_PRIORITY, drawing_threads, set_drawing_priority

PERIOD_NS = 16_666_667


@pytest.fixture
def thread():
    """A thread of this process that waits; its number."""
    ended = threading.Event()
    waiting = threading.Thread(target=ended.wait)
    waiting.start()
    number = waiting.native_id
    if not set_drawing_priority((number,), realtime=True):
        ended.set()
        pytest.skip("the system grants no real-time priority: run as root, or raise `ulimit -r`")
    set_drawing_priority((number,), realtime=False)
    yield number
    ended.set()
    waiting.join()


def priority_of(thread):
    return os.sched_getscheduler(thread), os.sched_getparam(thread).sched_priority


def frames(priority, count, slots, busy_share, begun_ns=0):
    """Notes frames that take so many slots each, in which two processors are busy to some share; when they end."""
    passed_ns = round(slots * PERIOD_NS)
    for frame in range(count + 1):
        ended_ns = begun_ns + frame * passed_ns
        priority.note_frame(ended_ns, round(2 * busy_share * ended_ns))
    return ended_ns


def test_threads_have_it_while_a_loop_leaves_the_processors_something(thread):
    priority = DrawingPriority(PERIOD_NS, (thread,), processors=2)
    frames(priority, 1000, 1.2, 0.8)
    assert priority_of(thread) == (os.SCHED_RR, DRAWING_PRIORITY)


def test_drawing_that_leaves_next_to_nothing_loses_it_and_tries_again_later(thread):
    priority = DrawingPriority(PERIOD_NS, (thread,), processors=2)
    ended_ns = frames(priority, 80, 1.0, 0.96)
    assert priority_of(thread) == (os.SCHED_OTHER, 0)
    frames(priority, round(AGAIN_AFTER_S * 60), 1.0, 0.5, ended_ns)
    assert priority.given
    assert priority_of(thread) == (os.SCHED_RR, DRAWING_PRIORITY)


def test_a_late_frame_keeps_it_and_a_second_of_long_ones_loses_it(thread):
    priority = DrawingPriority(PERIOD_NS, (thread,), processors=2)
    ended_ns = frames(priority, 1, 2.0, 1.0)
    assert priority.given
    frames(priority, 18, 5.0, 1.0, ended_ns)
    assert priority_of(thread) == (os.SCHED_OTHER, 0)


def test_what_loop_and_drawing_run_is_known(thread):
    priority = DrawingPriority(PERIOD_NS, (thread,))
    before_ns, begun_ns = priority.busy_ns(), time.thread_time_ns()
    while time.thread_time_ns() - begun_ns < 20_000_000:
        pass
    assert 20_000_000 <= priority.busy_ns() - before_ns < 25_000_000


def test_a_frame_that_is_drawn_for_very_long_loses_it_at_once(thread):
    priority = DrawingPriority(PERIOD_NS, (thread,))
    priority.take_away()
    assert priority_of(thread) == (os.SCHED_OTHER, 0)


def test_where_nothing_draws_in_software_nothing_is_given():
    assert not DrawingPriority(PERIOD_NS, ()).given


@pytest.mark.gl
def test_the_threads_of_a_software_renderer_are_found(context):
    names = ("llvmpipe", "softpipe", "swrast")
    drawn_in_software = any(name in context.info["GL_RENDERER"] for name in names)
    assert bool(drawing_threads()) == drawn_in_software
