"""The preview's pictures on their way from the show to the page: asked for, thinned, never waited for, never believed."""

import mmap
import os

import msgspec
import pytest
from running_stage import wait_for
from web_panel import TOPICS, codes, in_pairs, publish, publishing, receiving, show, wanted, written

from stage.panel.newest import NewestPictures
from stage.run.local_link import GuestEnd, HostEnd
from stage.run.picture_memory import WritablePictures
from stage.run.preview_image import image_of
from stage.run.preview_pictures import PicturePublisher
from stage.run.preview_records import (
    LONGEST_NOTE,
    CameraSight,
    PictureHeader,
    PictureMemory,
    WantedPicture,
    Watched,
    to_show,
)

SIGHT = {
    "camera": "A",
    "eye_m": [0.0, 0.0, 1.0],
    "right": [1.0, 0.0, 0.0],
    "ahead": [0.0, 1.0, 0.0],
    "up": [0.0, 0.0, 1.0],
    "frame": [-0.5, 0.5, -0.3, 0.3],
}


PLAIN = {"width": 2, "height": 1, "frame": 1}


def come(topic="wall/main", **more):
    return {"topic": topic, "header": {**PLAIN, **more}}


def seen_from(**more):
    return come(sights=[{**SIGHT, **more}])


class Hostile:
    """A show that says what it should not, to a page that looks at the wall."""

    def __init__(self, folder):
        self.end = HostEnd(folder / "s", 1 << 16)
        self.memory = WritablePictures(4096, folder)
        self.pictures = NewestPictures(folder / "s", TOPICS)
        self.pictures.all()
        wait_for(self.end.receive)

    def share(self, **more):
        frames = self.memory.frames
        self.say({"size": frames.size, "most": frames.most, "newest": 0, **more}, frames.descriptor)

    def say(self, message, descriptor=None):
        assert self.end.send(packed(message), descriptor)

    def show(self, message, pixels=b"ybyr"):
        """Puts a picture into the memory, and this on it."""
        assert self.memory.write(packed(message), len(pixels), written(pixels)) == pixels

    def close(self):
        self.pictures.close()
        self.end.close()
        self.memory.close()


def packed(message):
    return message if isinstance(message, bytes) else msgspec.msgpack.encode(message)


@pytest.fixture
def publisher():
    with publishing() as made:
        yield made


@pytest.fixture
def pictures(publisher):
    with receiving(publisher) as received:
        yield received


def test_unwatched_pictures_are_not_asked_for(publisher):
    assert publisher.wants() == []


def test_a_page_that_comes_after_another_gets_its_own_pictures_and_none_are_drawn_between(publisher):
    for frame in (5, 6):
        with receiving(publisher) as pictures:
            show(publisher, pictures, "wall/main", frame)
            assert pictures.newest("wall/main").frame == frame
        wait_for(lambda: publisher.wants() == [])


def test_a_show_that_comes_after_another_serves_the_page_that_was_there(tmp_path):
    pictures = NewestPictures(tmp_path / "s", TOPICS)
    for frame in (5, 2):
        show_now = PicturePublisher(tmp_path / "s", period_ns=0)
        wait_for(lambda show_now=show_now: pictures.all() is not None and wanted(show_now, "wall/main"))
        publish(show_now, "wall/main", frame, codes(seed=frame))
        kept = wait_for(lambda frame=frame: (one := pictures.newest("wall/main")) and one.frame == frame and one)
        assert (kept.codes == codes(seed=frame)).all()
        show_now.close()
    pictures.close()


def test_a_picture_is_asked_for_as_large_and_as_exact_as_anybody_wants(publisher, pictures):
    pictures.watch("wall/main", 160)
    wait_for(lambda: wanted(publisher, "wall/main") == ("wall/main", 160, False))
    pictures.watch("wall/main", 960)
    pictures.watch("wall/main", 640)
    wait_for(lambda: wanted(publisher, "wall/main") == ("wall/main", 960, False))
    pictures.watch("wall/main", 320, exact=True)
    wait_for(lambda: wanted(publisher, "wall/main") == ("wall/main", 960, True))
    publish(publisher, "wall/main", 5, codes())
    assert pictures.get("wall/main", 0, 1.0, 640).frame == 5


def test_what_is_watched_is_heard_of_also_where_every_frame_passes_on_a_picture(publisher, pictures):
    pictures.watch("wall/main", 160)
    wait_for(lambda: publisher.wants(has_passed_on=True))


def test_who_wants_a_larger_picture_waits_for_one(publisher, pictures):
    pictures.watch("wall/main", 160)
    publish(publisher, "wall/main", 5, codes())
    wait_for(lambda: pictures.newest("wall/main"))
    assert pictures.get("wall/main", 0, 0.0, 960).header.side_px == 160
    wait_for(lambda: wanted(publisher, "wall/main") == ("wall/main", 960, True))
    publish(publisher, "wall/main", 6, codes())
    assert pictures.get("wall/main", 0, 5.0, 960).frame == 6


def test_who_wants_an_exact_picture_waits_for_one(publisher, pictures):
    pictures.watch("wall/main")
    publish(publisher, "wall/main", 5, codes())
    wait_for(lambda: pictures.newest("wall/main"))
    assert not pictures.get("wall/main", 0).header.exact
    wait_for(lambda: wanted(publisher, "wall/main").exact)
    publish(publisher, "wall/main", 6, codes())
    assert pictures.get("wall/main", 0, 5.0).header.exact


def test_a_note_comes_without_a_picture_and_leaves_the_last_one(publisher, pictures):
    show(publisher, pictures, "camera/A", 5)
    publish(publisher, "camera/A", 9, None, note="parked")
    wait_for(lambda: pictures.note("camera/A") == "parked")
    kept = wait_for(lambda: (one := pictures.newest("camera/A")).header.note == "parked" and one)
    assert kept.frame == 5
    assert (kept.codes == codes()).all()


def test_what_is_watched_is_bounded_and_nonsense_about_it_is_ignored(publisher):
    hostile = GuestEnd(publisher.path, 1 << 16)
    wait_for(hostile.look)
    for watched in (
        b"\xff\xfe",
        *(
            {"pictures": [one]}
            for one in (["wall/../x", 640], ["wall/" + "a" * 65, 640], ["wall/a\n", 640], ["wall/a"])
        ),
        *({"pictures": [["wall/a", side]]} for side in (-640, 0, 641, 12800, 1e300, "640")),
        {"pictures": [[f"wall/{number}", 640] for number in range(65)]},
    ):
        assert hostile.send(watched if isinstance(watched, bytes) else msgspec.msgpack.encode(watched))
        assert [publisher.wants() for _ in range(6)] == [[]] * 6
    hostile.send(msgspec.msgpack.encode({"pictures": [[f"wall/{number}", 640] for number in range(64)]}))
    assert len(wait_for(publisher.wants)) == 64
    hostile.close()


def test_who_has_the_memory_can_do_no_more_than_read_it(publisher):
    link = to_show(publisher.path)
    wait_for(link.look)
    link.tell(Watched(pictures=(WantedPicture("wall/main", 1280),)))
    publish(publisher, "wall/main", 1, codes())
    memory, descriptor = wait_for(lambda: next(link.heard_with_descriptors(), None))
    assert isinstance(memory, PictureMemory)
    with pytest.raises(PermissionError):
        os.ftruncate(descriptor, 4096)
    with pytest.raises(PermissionError):
        os.pwrite(descriptor, b"x", 0)
    with pytest.raises(PermissionError):
        mmap.mmap(descriptor, 4096)
    assert mmap.mmap(descriptor, 4096, prot=mmap.PROT_READ).read(8) == (0).to_bytes(8, "little")
    os.close(descriptor)
    link.close()


def test_pixels_side_by_side_have_their_own_luma_and_share_their_colour():
    header = PictureHeader(width=4, height=2, frame=1)
    pixels = bytes(range(1, 9)) + bytes(range(240, 256, 2))
    image = image_of(header, pixels)
    assert image.mode == "YCbCr"
    assert [[image.getpixel((column, row)) for column in range(4)] for row in range(2)] == [
        [(1, 2, 4), (3, 2, 4), (5, 6, 8), (7, 6, 8)],
        [(240, 242, 246), (244, 242, 246), (248, 250, 254), (252, 250, 254)],
    ]
    for wrong in (b"", pixels[:-1], pixels[:8], pixels + pixels):
        with pytest.raises(ValueError, match=r"reshape|multiple"):
            image_of(header, wrong)


class Looker:
    """Looks at the wall until it has one picture."""

    def __init__(self):
        self.taken = []

    def wanted(self):
        return None if self.taken else WantedPicture("wall/main", 160)

    def take(self, header, pixels):
        self.taken.append((header.frame, bytes(pixels)))


def test_who_looks_in_the_show_itself_gets_the_same_picture_with_and_without_a_page():
    looker = Looker()
    with publishing(looker=looker) as publisher, receiving(publisher) as pictures:
        publish(publisher, "wall/main", 3, codes())
        assert looker.taken == [(3, in_pairs(codes()))]
        wait_for(lambda: publisher.wants() == [])
        pictures.watch("wall/main", 160)
        wait_for(lambda: wanted(publisher, "wall/main"))
        looker.taken.clear()
        for _ in range(3):
            publisher.wants()
        publish(publisher, "wall/main", 4, codes(2))
        assert (wait_for(lambda: pictures.newest("wall/main")).codes == codes(2)).all()
        assert looker.taken == [(4, in_pairs(codes(2)))]


@pytest.mark.parametrize(
    "message",
    [
        b"nonsense",
        {},
        {"topic": "wall/main"},
        come(width=99999),
        come(frame=-1),
        come(side_px=-1),
        come(note="x" * 401),
        come(sights=[SIGHT] * 65),
        come(width=0),
        come(width=1, height=2),
        come(width=64, height=64),
        come(topic="wall/x"),
        come(topic="wall/../main"),
        seen_from(eye_m=[0.0, float("nan"), 0.0]),
        seen_from(eye_m=[0.0, float("inf"), 0.0]),
        seen_from(right=[0.0, 0.0, 0.0]),
        seen_from(ahead=[1.0, 0.0, 0.0]),
        seen_from(frame=[0.5, -0.5, -0.3, 0.3]),
        seen_from(frame=[-0.5, 0.5, 0.3, 0.3]),
        seen_from(frame=[-0.5, 1e300, -0.3, 0.3]),
        seen_from(camera="../x"),
    ],
)
def test_what_is_said_of_a_picture_and_makes_no_sense_is_counted_and_dropped(tmp_path, message):
    hostile = Hostile(tmp_path)
    hostile.share()
    hostile.show(message)
    wait_for(lambda: hostile.pictures.rejected == 1)
    assert hostile.pictures.all() == {}
    hostile.show(come())
    assert wait_for(lambda: hostile.pictures.newest("wall/main")).payload == b"ybyr"
    hostile.close()


def test_pictures_whose_lengths_make_no_sense_are_counted_and_dropped(tmp_path):
    hostile = Hostile(tmp_path)
    for slot in (1, 2):
        hostile.show(come())
        hostile.memory.frames.slot(slot)[8 * slot : 8 * slot + 8] = b"\xff" * 8
    hostile.share()
    wait_for(lambda: hostile.pictures.rejected == 2)
    assert hostile.pictures.all() == {}
    hostile.close()


@pytest.mark.parametrize(
    "message",
    [
        b"nonsense",
        {"type": "other"},
        {"size": 1 << 16, "most": 2},
        {"size": 1 << 16, "most": 2, "newest": 0},
        {"size": -1, "most": 2, "newest": 0},
        {"size": 1 << 16, "most": 1 << 40, "newest": 0},
    ],
)
def test_messages_that_make_no_sense_are_counted_and_dropped(tmp_path, message):
    hostile = Hostile(tmp_path)
    hostile.say(message)
    wait_for(lambda: hostile.pictures.rejected == 1)
    hostile.close()


@pytest.mark.parametrize("size", [4096, 1 << 30])
def test_memory_that_is_too_small_is_none(tmp_path, size):
    hostile = Hostile(tmp_path)
    hostile.show(come())
    hostile.share(size=size)
    wait_for(lambda: hostile.pictures.rejected == 1)
    assert hostile.pictures.all() == {}
    hostile.close()


def test_a_picture_says_for_which_cameras_it_was_drawn(publisher, pictures):
    sight = msgspec.convert(SIGHT, CameraSight)
    pictures.all()
    publish(publisher, "wall/main", 5, codes(), sights=(sight,), note="x" * LONGEST_NOTE)
    kept = wait_for(lambda: pictures.all().get("wall/main"))
    assert kept.header.sights == (sight,)
    assert kept.header.note == pictures.note("wall/main") == "x" * LONGEST_NOTE
