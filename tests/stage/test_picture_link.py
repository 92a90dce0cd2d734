"""The pages' end of pictures: what it finds in the memory that it shares with the show, and how it waits for that."""

import resource
import time

import numpy as np
import pytest
from running_stage import wait_for
from web_panel import publish, publishing, wanted

from stage.panel.picture_link import PictureLink
from stage.run.picture_memory import SLOTS
from stage.run.preview_records import WantedPicture


class Link:
    """A page's link that watches the wall, in this thread, so that it looks when it is told to."""

    def __init__(self, publisher):
        self.link = PictureLink(publisher.path)
        wait_for(self.link.look)
        self.watch("wall/main")
        self.wanted = wait_for(lambda: wanted(publisher, "wall/main"))
        list(self.link.come(0))

    def watch(self, *topics):
        self.link.watch(tuple(WantedPicture(topic, 1280) for topic in topics))

    def frames(self, wait_ms=0):
        """What comes: each picture's frame, of which all of its pixels are."""
        come = list(self.link.come(wait_ms))
        assert all(set(payload[::4]) <= {come.header.frame % 251} for come, payload in come)
        return [come.header.frame for come, _ in come]


@pytest.fixture
def publisher():
    with publishing() as made:
        yield made


@pytest.fixture
def link(publisher):
    made = Link(publisher)
    yield made
    made.link.close()


class Looker:
    """Looks at the wall for ever."""

    def __init__(self):
        self.taken = []

    def wanted(self):
        return WantedPicture("wall/main", 160)

    def take(self, header, pixels):
        self.taken.append((header.frame, pixels[0]))


def flat(frame):
    """A picture all of whose codes tell its frame."""
    return np.full((90, 160, 3), frame % 251, np.uint8)


def test_who_stands_still_holds_nothing_up_gets_the_last_pictures_whole_and_counts_the_others(publisher, link):
    for frame in range(500):
        assert publish(publisher, "wall/main", frame, flat(frame), due=link.wanted)
    assert link.frames() == list(range(500 - SLOTS, 500))
    assert link.link.overtaken == 500 - SLOTS
    publish(publisher, "wall/main", 500, flat(500), due=link.wanted)
    assert link.frames() == [500]
    assert link.link.overtaken == 500 - SLOTS


def test_pictures_of_one_frame_come_all_and_a_note_between_them_in_its_place(publisher, link):
    link.watch("wall/main", "camera/A")
    camera = wait_for(lambda: wanted(publisher, "camera/A"))
    for _ in range(3):
        publish(publisher, "wall/main", 1, flat(1), due=link.wanted)
        publish(publisher, "camera/A", 2, None, note="parked", due=camera)
        publish(publisher, "camera/A", 3, flat(3), due=camera)
        assert link.frames() == [1, 2, 3]
    assert link.link.overtaken == 0


def test_a_page_gets_no_picture_that_came_before_it(publisher, link):
    publish(publisher, "wall/main", 1, flat(1), due=link.wanted)
    link.link.close()
    wait_for(lambda: publisher.wants() == [])
    second = Link(publisher)
    assert second.frames() == []
    publish(publisher, "wall/main", 2, flat(2), due=second.wanted)
    assert second.frames() == [2]
    second.link.close()


def test_a_page_waits_without_being_busy_and_wakes_for_the_show_alone_where_it_watches_nothing(publisher, link):
    def waited(wait_ms):
        """How often the thread slept, and for how long it worked meanwhile, in seconds."""
        begun = resource.getrusage(resource.RUSAGE_THREAD).ru_nvcsw, time.thread_time(), time.monotonic()
        assert link.frames(wait_ms) == []
        assert time.monotonic() - begun[2] >= wait_ms * 1e-3
        return resource.getrusage(resource.RUSAGE_THREAD).ru_nvcsw - begun[0], time.thread_time() - begun[1]

    slept, worked_s = waited(400)
    assert slept > 10
    assert worked_s < 0.1
    link.watch()
    slept, worked_s = waited(400)
    assert slept < 10
    assert worked_s < 0.1


def test_a_page_does_not_get_what_only_somebody_else_looks_at():
    with publishing(looker=(looker := Looker())) as publisher:
        link = Link(publisher)
        link.watch("camera/A")
        camera = wait_for(lambda: wanted(publisher, "camera/A"))
        publish(publisher, "wall/main", 3, flat(3))
        publish(publisher, "camera/A", 4, flat(4), due=camera)
        assert link.frames() == [4]
        assert looker.taken == [(3, 3)]
        link.link.close()
