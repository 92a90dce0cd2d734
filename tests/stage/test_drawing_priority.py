"""Threads that draw in software have real-time priority, unless they leave the others too little."""

import os
import threading

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


def test_threads_have_it_while_frames_leave_room(thread):
    priority = DrawingPriority(PERIOD_NS, (thread,))
    for _ in range(1000):
        priority.note_frame(PERIOD_NS // 3)
    assert priority_of(thread) == (os.SCHED_RR, DRAWING_PRIORITY)


def test_frames_that_nearly_fill_their_slots_lose_it_and_try_again_later(thread):
    priority = DrawingPriority(PERIOD_NS, (thread,))
    for _ in range(200):
        priority.note_frame(PERIOD_NS // 20)
    assert priority_of(thread) == (os.SCHED_OTHER, 0)
    for _ in range(round(AGAIN_AFTER_S * 60)):
        priority.note_frame(PERIOD_NS // 2)
    assert priority.given
    assert priority_of(thread) == (os.SCHED_RR, DRAWING_PRIORITY)


def test_a_late_frame_keeps_it_and_few_that_take_five_slots_lose_it(thread):
    priority = DrawingPriority(PERIOD_NS, (thread,))
    priority.note_frame(-PERIOD_NS)
    assert priority.given
    for _ in range(3):
        priority.note_frame(-4 * PERIOD_NS)
    assert priority_of(thread) == (os.SCHED_OTHER, 0)


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
