"""The preview's pictures on their way from the show to the page: asked for, thinned, never waited for, never believed."""

import msgspec
import pytest
import zmq
from running_stage import wait_for
from web_panel import TOPICS, codes, in_fours, publish, publishing, receiving, show, wanted

from stage.panel.newest import NewestPictures
from stage.run.preview_pictures import PicturePublisher, WantedPicture
from stage.run.preview_records import LONGEST_NOTE, CameraSight, PictureHeader

SIGHT = {
    "camera": "A",
    "eye_m": [0.0, 0.0, 1.0],
    "right": [1.0, 0.0, 0.0],
    "ahead": [0.0, 1.0, 0.0],
    "up": [0.0, 0.0, 1.0],
    "frame": [-0.5, 0.5, -0.3, 0.3],
}


def header(**more):
    return msgspec.msgpack.encode({"width": 1, "height": 1, "frame": 1, **more})


def seen_from(**more):
    return header(sights=[{**SIGHT, **more}])


@pytest.fixture
def publisher():
    with publishing() as made:
        yield made


@pytest.fixture
def pictures(publisher):
    with receiving(publisher) as received:
        yield received


def test_unwatched_pictures_are_not_asked_for():
    publisher = PicturePublisher("tcp://127.0.0.1:0")
    assert publisher.wants() == []
    publisher.close()


def test_each_picture_is_due_once_a_period_and_the_longest_waiting_first():
    now_ns = 10**9
    publisher = PicturePublisher("tcp://127.0.0.1:0", period_ns=200_000_000, clock_ns=lambda: now_ns)
    watcher = NewestPictures(publisher.endpoint, TOPICS)

    def topics():
        return [one.topic for one in publisher.wants()]

    wait_for(lambda: watcher.all() is not None and len(topics()) == 2)
    publisher.begun(WantedPicture("wall/main", 1280))
    assert topics() == ["camera/A"]
    now_ns += 1
    publisher.begun(WantedPicture("camera/A", 960))
    assert topics() == []
    now_ns += 199_999_998
    assert topics() == []
    now_ns += 2
    assert sorted(topics()) == ["camera/A", "wall/main"]
    publisher.begun(WantedPicture("camera/A", 960))
    assert topics() == ["wall/main"]
    watcher.close()
    wait_for(lambda: topics() == [])
    publisher.close()


def test_a_picture_that_takes_long_to_draw_comes_less_often():
    now_ns = 10**9
    publisher = PicturePublisher("tcp://127.0.0.1:0", period_ns=50_000_000, clock_ns=lambda: now_ns)
    watcher = NewestPictures(publisher.endpoint, TOPICS)
    one = wait_for(lambda: watcher.all() is not None and wanted(publisher, "wall/main"))
    publisher.publish(one, PictureHeader(width=64, height=32, frame=1), in_fours(codes()), took_ns=30_000_000)
    assert publisher.took_ns(one) == 30_000_000
    publisher.begun(one)
    now_ns += 200_000_000
    assert wanted(publisher, "wall/main") is None
    now_ns += 40_000_000
    assert wanted(publisher, "wall/main") == one
    watcher.close()
    publisher.close()


def test_a_picture_that_once_took_very_long_comes_again_within_a_second():
    now_ns = 10**9
    publisher = PicturePublisher("tcp://127.0.0.1:0", clock_ns=lambda: now_ns)
    watcher = NewestPictures(publisher.endpoint, TOPICS)
    one = wait_for(lambda: watcher.all() is not None and wanted(publisher, "wall/main"))
    publisher.publish(one, PictureHeader(width=64, height=32, frame=1), in_fours(codes()), took_ns=10**10)
    publisher.begun(one)
    now_ns += 10**9
    assert wanted(publisher, "wall/main") == one
    watcher.close()
    publisher.close()


def test_each_topic_has_pictures_that_are_timed_however_those_of_others_come_between():
    publisher = PicturePublisher("tcp://127.0.0.1:0")
    watcher = NewestPictures(publisher.endpoint, TOPICS)
    both = wait_for(lambda: watcher.all() is not None and len(found := publisher.wants()) == 2 and found)
    timed = dict.fromkeys(both, 0)
    for _ in range(40):
        for one in both:
            publisher.begun(one)
            timed[one] += publisher.is_timed(one)
    assert all(5 < count < 20 for count in timed.values())
    watcher.close()
    publisher.close()


def test_a_picture_is_asked_for_as_large_as_the_largest_that_anybody_wants(publisher, pictures):
    pictures.watch("wall/main", 160)
    wait_for(lambda: wanted(publisher, "wall/main") == ("wall/main", 160))
    pictures.watch("wall/main", 960)
    pictures.watch("wall/main", 640)
    wait_for(lambda: wanted(publisher, "wall/main") == ("wall/main", 960))
    publish(publisher, "wall/main", 5, codes())
    assert pictures.get("wall/main", 0, 1.0, 640).frame == 5


def test_who_wants_a_larger_picture_waits_for_one(publisher, pictures):
    pictures.watch("wall/main", 160)
    publish(publisher, "wall/main", 5, codes())
    wait_for(lambda: pictures.newest("wall/main"))
    assert pictures.get("wall/main", 0, 0.0, 960).header.side_px == 160
    wait_for(lambda: wanted(publisher, "wall/main") == ("wall/main", 960))
    publish(publisher, "wall/main", 6, codes())
    assert pictures.get("wall/main", 0, 5.0, 960).frame == 6


def test_a_note_comes_without_a_picture_and_leaves_the_last_one(publisher, pictures):
    show(publisher, pictures, "camera/A", 5)
    publish(publisher, "camera/A", 9, None, note="parked")
    wait_for(lambda: pictures.note("camera/A") == "parked")
    kept = wait_for(lambda: (one := pictures.newest("camera/A")).header.note == "parked" and one)
    assert kept.frame == 5
    assert (kept.codes == codes()).all()


def test_publishing_never_waits_for_a_reader_that_stopped(publisher):
    with zmq.Context() as context:
        stuck = context.socket(zmq.SUB)
        stuck.setsockopt(zmq.RCVHWM, 1)
        stuck.connect(publisher.endpoint)
        stuck.setsockopt(zmq.SUBSCRIBE, b"wall/main 1280")
        (one,) = wait_for(publisher.wants)
        large = in_fours(codes(rows=500, columns=1000))
        header = PictureHeader(width=1000, height=500, frame=1)
        for _ in range(200):  # without end, were it to wait
            publisher.publish(one, header, large)
        stuck.close(0)


def test_hostile_subscriptions_are_ignored(publisher):
    with zmq.Context() as context:
        hostile = context.socket(zmq.SUB)
        hostile.connect(publisher.endpoint)
        for number in range(300):
            hostile.setsockopt(zmq.SUBSCRIBE, b"wall/%d 640" % number)
        for word in (b"", b"\xff\xfe", b"wall/../x 640", b"wall/" + b"a" * 500, b"wall/a", b"wall/a 641"):
            hostile.setsockopt(zmq.SUBSCRIBE, word)
        wait_for(lambda: len(publisher.wants()) == 64)
        hostile.close(0)


@pytest.mark.parametrize(
    "parts",
    [
        [b"wall/main 1280"],
        [b"wall/main 1280", b"nonsense", b""],
        [b"wall/main 1280", msgspec.msgpack.encode({"width": 8, "height": 8, "frame": 1}), b"short"],
        [b"wall/main 1280", msgspec.msgpack.encode({"width": 99999, "height": 8, "frame": 1}), b""],
        [b"wall/main 1280", msgspec.msgpack.encode({"width": 1, "height": 1, "frame": -1}), b"rgbx"],
        [b"wall/main 1280", header(side_px=-1), b"rgbx"],
        [b"wall/main 1280", header(note="x" * 401), b"rgbx"],
        [b"wall/main 1280", header(sights=[SIGHT] * 65), b"rgbx"],
        [b"wall/main 1280", seen_from(eye_m=[0.0, float("nan"), 0.0]), b"rgbx"],
        [b"wall/main 1280", seen_from(eye_m=[0.0, float("inf"), 0.0]), b"rgbx"],
        [b"wall/main 1280", seen_from(right=[0.0, 0.0, 0.0]), b"rgbx"],
        [b"wall/main 1280", seen_from(ahead=[1.0, 0.0, 0.0]), b"rgbx"],
        [b"wall/main 1280", seen_from(frame=[0.5, -0.5, -0.3, 0.3]), b"rgbx"],
        [b"wall/main 1280", seen_from(frame=[-0.5, 0.5, 0.3, 0.3]), b"rgbx"],
        [b"wall/main 1280", seen_from(frame=[-0.5, 1e300, -0.3, 0.3]), b"rgbx"],
        [b"wall/main 1280", seen_from(camera="../x"), b"rgbx"],
        [b"wall/main 12800", msgspec.msgpack.encode({"width": 1, "height": 1, "frame": 1}), b"rgbx"],
    ],
)
def test_pictures_that_do_not_decode_are_counted_and_dropped(parts):
    with zmq.Context() as context:
        sender = context.socket(zmq.XPUB)
        sender.bind("tcp://127.0.0.1:0")
        received = NewestPictures(sender.getsockopt_string(zmq.LAST_ENDPOINT), TOPICS)
        received.all()
        sender.setsockopt(zmq.RCVTIMEO, 5000)
        sender.recv()
        sender.recv()
        sender.send_multipart(parts)
        wait_for(lambda: received.rejected == 1)
        assert received.all() == {}
        received.close()
        sender.close(0)


def test_a_picture_says_for_which_cameras_it_was_drawn(publisher, pictures):
    sight = msgspec.convert(SIGHT, CameraSight)
    pictures.all()
    publish(publisher, "wall/main", 5, codes(), sights=(sight,), note="x" * LONGEST_NOTE)
    kept = wait_for(lambda: pictures.all().get("wall/main"))
    assert kept.header.sights == (sight,)
    assert kept.header.note == pictures.note("wall/main") == "x" * LONGEST_NOTE
