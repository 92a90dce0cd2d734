"""Films that run short are read before walls are drawn, as long as all of them need little; what is sought, after that."""

import os
import threading
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from multiprocessing import get_context

import pytest

from render.worlds.shared.media import MediaFacts
from stage.plates.films import Films
from stage.plates.hurry import MOST_S, Hurry
from stage.plates.wire import Film, WantedFrames, Wishes
from stage.run.realtime import DRAWING_PRIORITY, PRIORITY, READING_PRIORITY


def film(decode_ms):
    facts = MediaFacts(codec="made", columns=64, rows=32, frames=100, rate=(24, 1), decode_ms=decode_ms)
    return Film(media="m", path="nowhere", facts=facts)


def wanting(films, decode_ms):
    films.take(Wishes(films=(film(decode_ms),), wanted=(WantedFrames(media="m", frames=tuple(range(12))),)))
    return films


def never_opened(*_):
    raise AssertionError("nothing is read here")


@pytest.fixture
def films(tmp_path):
    with closing(Films(never_opened, tmp_path, 64 << 20)) as made:
        yield made


def test_a_film_runs_short_until_some_frames_of_it_lie_in_memory(films):
    assert not films.are_short, "there is none"
    wanting(films, 5.0)
    seen = []
    for number in range(4):
        seen.append(films.are_short)
        job = films.begin(float(number))
        assert job is not None
        films.end(job, 5.0, 0.0, float(number))
    assert seen == [True, True, True, False]
    films.take(Wishes(wanted=(WantedFrames(media="m", frames=()),)))
    assert not films.are_short


def test_a_film_that_takes_much_never_comes_before_the_walls(films):
    assert not wanting(films, 1000.0).are_short


class Worker:
    """A thread of this process that only waits; its policy and priority are what whoever reads has."""

    def __init__(self):
        self._ends = threading.Event()
        self.thread = threading.Thread(target=self._ends.wait)
        self.thread.start()

    def claim(self):
        number = self.thread.native_id
        return os.sched_getscheduler(number) & ~os.SCHED_RESET_ON_FORK, os.sched_getparam(number).sched_priority

    def close(self):
        self._ends.set()
        self.thread.join()


def claims_after(steps):
    """What a thread that reads has after each step of somebody who may hurry; none where that is not granted."""
    with closing(Worker()) as worker:
        hurry = Hurry(allowed=True)
        found = []
        for now_s, needs in steps:
            hurry.follow(now_s, is_sought=needs == "sought", is_short=needs == "short")
            found.append(worker.claim())
        return found if found[0][0] == os.SCHED_RR else []


def hurried(steps):
    """The same in a process of its own: all of its threads hurry."""
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        found = pool.submit(claims_after, steps).result()
    return found or pytest.skip("this system grants no real-time priority")


def test_what_runs_short_comes_before_drawing_and_after_the_loop_for_a_moment_at_a_time():
    steps = [
        (1.0, "short"),
        (1.5 * MOST_S + 1.0, "short"),
        (1.6 * MOST_S + 1.0, "short"),
        (4.0 * MOST_S + 1.0, "short"),
    ]
    claims = hurried(steps)
    assert [policy for policy, _ in claims] == [os.SCHED_RR, os.SCHED_BATCH, os.SCHED_BATCH, os.SCHED_RR]
    assert DRAWING_PRIORITY < claims[0][1] < PRIORITY


def test_what_is_sought_takes_nothing_from_drawing():
    assert hurried([(1.0, "sought"), (1.01, "")]) == [(os.SCHED_RR, READING_PRIORITY), (os.SCHED_BATCH, 0)]
