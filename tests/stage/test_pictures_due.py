"""When pictures for who looks are due: by a clock that stands still until a test says otherwise."""

from contextlib import ExitStack
from itertools import pairwise

import pytest
from running_stage import wait_for
from web_panel import codes, in_pairs, publishing, receiving, wanted, written

from stage.run.preview_pictures import BegunPicture
from stage.run.preview_records import PictureHeader, WantedPicture


class Clock:
    """A publisher and a watcher, and a clock that stands still until a test says otherwise."""

    def __init__(self, stack, **options):
        self.ns = 10**9
        self.publisher = stack.enter_context(publishing(clock_ns=lambda: self.ns, **options))
        self.watcher = stack.enter_context(receiving(self.publisher))

    def watched(self, count=2):
        """What is watched, once the watcher is heard."""
        return wait_for(
            lambda: self.watcher.all() is not None and len(found := self.publisher.wants()) == count and found
        )

    def topics(self):
        return sorted(one.topic for one in self.publisher.wants())


@pytest.fixture
def clock():
    with ExitStack() as stack:
        yield Clock(stack, period_ns=200_000_000)


def test_each_picture_is_due_once_a_period_and_the_longest_waiting_first(clock):
    clock.watched()
    clock.publisher.begun(WantedPicture("wall/main", 1280), rests=True)
    assert clock.topics() == ["camera/A"]
    clock.ns += 1
    clock.publisher.begun(WantedPicture("camera/A", 960), rests=True)
    assert clock.topics() == []
    clock.ns += 199_999_998
    assert clock.topics() == []
    clock.ns += 2
    assert clock.topics() == ["camera/A", "wall/main"]
    assert clock.publisher.wants()[0].topic == "wall/main"
    clock.publisher.begun(WantedPicture("camera/A", 960), rests=True)
    assert clock.topics() == ["wall/main"]


@pytest.mark.parametrize(
    ("late_ms", "pauses_ms"),
    [
        (150, [350, 100, 150, 200, 200, 200]),
        (350, [550, 100, 100, 100, 150, 200]),
        (1000, [1200, 100, 100, 100, 100, 200]),
    ],
)
def test_up_to_two_pictures_that_were_late_are_made_up_for_but_never_closer_than_half_a_period(
    clock, late_ms, pauses_ms
):
    one = next(found for found in clock.watched() if found.topic == "wall/main")
    begun_ns = []
    for later_ms in (0, late_ms, 0, 0, 0, 0, 0):
        while wanted(clock.publisher, "wall/main") is None:
            clock.ns += 1_000_000
        clock.ns += later_ms * 1_000_000
        begun_ns.append(clock.ns)
        clock.publisher.begun(one, rests=False)
    assert [(after - before) // 1_000_000 for before, after in pairwise(begun_ns)] == pauses_ms


def test_a_few_pictures_that_were_held_up_make_none_of_the_others_rest_for_long(clock):
    clock.watched()
    one = wanted(clock.publisher, "wall/main")
    header, write = PictureHeader(width=64, height=32, frame=1), written(in_pairs(codes()))
    for took_ns in (90_000_000, 20_000_000, 90_000_000):
        clock.publisher.publish(BegunPicture.of(one, header), write, took_ns=took_ns)
    clock.publisher.begun(one, rests=True)
    clock.ns += 200_000_000
    assert wanted(clock.publisher, "wall/main") == one


def test_a_picture_that_takes_long_to_draw_comes_less_often_where_frames_have_no_room(clock):
    clock.watched()
    one = wanted(clock.publisher, "wall/main")
    header, write = PictureHeader(width=64, height=32, frame=1), written(in_pairs(codes()))
    clock.publisher.publish(BegunPicture.of(one, header), write, took_ns=90_000_000)
    assert clock.publisher.took_ns(one) == 90_000_000
    clock.publisher.begun(one, rests=False)
    clock.ns += 200_000_000
    assert wanted(clock.publisher, "wall/main") == one
    clock.publisher.begun(one, rests=True)
    clock.ns += 600_000_000
    assert wanted(clock.publisher, "wall/main") is None
    clock.ns += 120_000_000
    assert wanted(clock.publisher, "wall/main") == one


def test_a_picture_that_once_took_very_long_comes_again_within_a_second(clock):
    clock.watched()
    one = wanted(clock.publisher, "wall/main")
    header, write = PictureHeader(width=64, height=32, frame=1), written(in_pairs(codes()))
    clock.publisher.publish(BegunPicture.of(one, header), write, took_ns=10**10)
    clock.publisher.begun(one, rests=True)
    clock.ns += 10**9
    assert wanted(clock.publisher, "wall/main") == one


def test_each_topic_has_pictures_that_are_timed_however_those_of_others_come_between(clock):
    both = clock.watched()
    timed = dict.fromkeys(both, 0)
    for _ in range(40):
        for one in both:
            clock.publisher.begun(one, rests=False)
            timed[one] += clock.publisher.is_timed(one)
    assert all(5 < count < 20 for count in timed.values())
