"""Which pictures somebody gets who shows them soon, late or never: by a clock that stands still until a test says."""

import pytest

from stage.panel.encoded import SizedPicture
from stage.panel.picture_feed import ASLEEP_NS, SOON_NS, Watch
from stage.run.preview_pictures import PERIOD_NS


class Looks:
    """A watch, before a show whose pictures are ready as soon as they come; each shows how many came before it."""

    def __init__(self):
        self.ns = 10**10
        self.woken = 0
        self.watch = Watch("film/A", 640, self._wake, lambda: self.ns)
        self._number = self._frame = 0

    def _wake(self):
        self.woken += 1

    def come(self):
        """A picture comes. Returns whether it was to be made."""
        expected = self.watch.expects(self.ns)
        if expected:
            self.watch.offer(picture(self._frame, self.ns))
        self._frame += 1
        return expected

    def come_after(self, *waits_ns):
        """Whether each of the pictures was to be made that come so long after one another."""
        return [self.after(wait_ns).come() for wait_ns in waits_ns]

    def after(self, wait_ns):
        self.ns += wait_ns
        return self

    def take(self):
        """The frame of the picture that is sent; None where none is."""
        taken = self.watch.take(self._number + 1)
        self._number += taken is not None
        return taken and taken.frame

    def shown_after(self, wait_ns):
        """The last picture is shown so long after it was taken, and the next is taken."""
        self.after(wait_ns).watch.shown()
        return self.take()


def picture(frame, received_ns):
    return SizedPicture(
        topic="film/A", frame=frame, width=2, height=1, sights=[], note="", content=b"", received_ns=received_ns
    )


@pytest.fixture
def looks():
    return Looks()


def test_one_picture_is_under_way_at_a_time(looks):
    assert looks.come_after(0, 1) == [True, True]
    assert (looks.take(), looks.take()) == (0, None)
    assert looks.shown_after(1) == 1


def test_nobody_is_given_a_picture_twice_nor_one_before_it(looks):
    looks.come_after(0, 1)
    assert not looks.watch.expects(looks.ns)
    looks.take()
    looks.shown_after(1)
    looks.shown_after(1)
    assert not looks.watch.expects(looks.ns - 2)
    assert looks.watch.expects(looks.ns)


def test_who_shows_pictures_before_the_next_comes_gets_all_of_them_however_they_bunch(looks):
    got = []
    for wait_ns in (PERIOD_NS, PERIOD_NS // 2, PERIOD_NS, 3 * PERIOD_NS // 2) * 5:
        looks.after(wait_ns).come()
        got.append(looks.take())
        if got[-1] is not None:
            got.append(looks.shown_after(PERIOD_NS // 3))
    assert [frame for frame in got if frame is not None] == list(range(20))


def test_pictures_that_come_while_one_is_shown_late_for_once_wait_for_that(looks):
    for _ in range(2):
        looks.after(1).come()
        looks.take()
        looks.shown_after(1)
    looks.come_after(1)
    looks.take()
    assert looks.come_after(PERIOD_NS, PERIOD_NS - 2) == [True, True]
    woken = looks.woken
    assert looks.shown_after(1) == 3
    assert looks.woken == woken + 1
    assert looks.shown_after(1) == 4


def test_no_more_than_two_wait_and_they_are_the_newest(looks):
    looks.come()
    looks.take()
    assert looks.come_after(1, 1, 1, 1) == [True] * 4
    assert [looks.shown_after(1) for _ in range(3)] == [3, 4, None]


def test_who_stands_still_is_made_no_pictures_and_gets_none_of_before_afterwards(looks):
    looks.come()
    looks.take()
    assert looks.come_after(PERIOD_NS, PERIOD_NS, PERIOD_NS) == [True, False, False]
    assert looks.shown_after(1) is None
    assert looks.come_after(1) == [True]
    assert looks.take() == 4


def test_a_show_whose_pictures_end_leaves_its_last_one_also_with_who_stood_still(looks):
    looks.come()
    looks.take()
    looks.come_after(1)
    last_ns = looks.ns
    assert looks.shown_after(SOON_NS) is None
    assert looks.watch.expects(last_ns)


def test_who_always_shows_pictures_late_gets_the_newest_and_causes_none_to_be_made_meanwhile(looks):
    for _ in range(3):
        looks.come()
        looks.take()
        looks.shown_after(PERIOD_NS + 1)
    looks.come()
    looks.take()
    assert looks.come_after(1) == [False]
    assert looks.shown_after(PERIOD_NS) is None
    assert looks.watch.expects(looks.ns)


def test_who_has_shown_pictures_late_and_shows_them_soon_again_misses_none_again(looks):
    for wait_ns in (PERIOD_NS,) * 3 + (1,) * 2:
        looks.after(1).come()
        looks.take()
        looks.shown_after(wait_ns)
    looks.after(1).come()
    looks.take()
    assert looks.come_after(1) == [True]


def test_who_shows_nothing_any_more_sleeps_until_it_does(looks):
    assert looks.watch.is_awake
    looks.come()
    assert looks.after(ASLEEP_NS - 1).watch.is_awake
    looks.take()
    assert looks.after(ASLEEP_NS - 1).watch.is_awake
    assert not looks.after(1).watch.is_awake
    looks.shown_after(1)
    assert looks.watch.is_awake
