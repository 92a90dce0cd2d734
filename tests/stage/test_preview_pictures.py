"""The preview's pictures on their way from the show to the page: asked for, thinned, never waited for, never believed."""

import msgspec
import pytest
import zmq
from running_stage import wait_for
from web_panel import TOPICS, codes, publishing, receiving, show

from stage.panel.newest import NewestPictures
from stage.run.preview_pictures import PicturePublisher
from stage.run.preview_records import CameraSight

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


def test_each_topic_is_due_once_a_period_and_the_longest_waiting_first():
    now_ns = 10**9
    publisher = PicturePublisher("tcp://127.0.0.1:0", period_ns=200_000_000, clock_ns=lambda: now_ns)
    watcher = NewestPictures(publisher.endpoint, TOPICS)
    wait_for(lambda: len(publisher.wants()) == 2)
    publisher.publish("wall/main", 1, codes())
    assert publisher.wants() == ["camera/A"]
    now_ns += 1
    publisher.publish("camera/A", 1, codes())
    assert publisher.wants() == []
    now_ns += 199_999_999
    assert publisher.wants() == ["wall/main"]
    now_ns += 1
    assert publisher.wants() == ["wall/main", "camera/A"]
    watcher.close()
    wait_for(lambda: publisher.wants() == [])
    publisher.close()


def test_large_pictures_are_thinned(publisher, pictures):
    large = codes(rows=100, columns=3000)
    show(publisher, pictures, pixels=large)
    newest = pictures.all()["wall/main"]
    assert (newest.header.width, newest.header.height) == (1000, 34)
    assert newest.header.step == 3
    assert newest.payload == large[::3, ::3].tobytes()


def test_publishing_never_waits_for_a_reader_that_stopped(publisher):
    with zmq.Context() as context:
        stuck = context.socket(zmq.SUB)
        stuck.setsockopt(zmq.RCVHWM, 1)
        stuck.connect(publisher.endpoint)
        stuck.setsockopt(zmq.SUBSCRIBE, b"wall/main")
        wait_for(publisher.wants)
        large = codes(rows=500, columns=1000)
        for frame in range(200):  # without end, were it to wait
            publisher.publish("wall/main", frame, large)
        stuck.close(0)


def test_hostile_subscriptions_are_ignored(publisher):
    with zmq.Context() as context:
        hostile = context.socket(zmq.SUB)
        hostile.connect(publisher.endpoint)
        for number in range(300):
            hostile.setsockopt(zmq.SUBSCRIBE, b"wall/" + b"%d" % number)
        for word in (b"", b"\xff\xfe", b"wall/../x", b"wall/" + b"a" * 500):
            hostile.setsockopt(zmq.SUBSCRIBE, word)
        wait_for(lambda: len(publisher.wants()) == 64)
        hostile.close(0)


@pytest.mark.parametrize(
    "parts",
    [
        [b"wall/main"],
        [b"wall/main", b"nonsense", b""],
        [b"wall/main", msgspec.msgpack.encode({"width": 8, "height": 8, "frame": 1}), b"short"],
        [b"wall/main", msgspec.msgpack.encode({"width": 99999, "height": 8, "frame": 1}), b""],
        [b"wall/main", msgspec.msgpack.encode({"width": 1, "height": 1, "frame": -1}), b"rgb"],
        [b"wall/main", header(step=0), b"rgb"],
        [b"wall/main", header(hold="x" * 201), b"rgb"],
        [b"wall/main", header(sights=[SIGHT] * 65), b"rgb"],
        [b"wall/main", seen_from(eye_m=[0.0, float("nan"), 0.0]), b"rgb"],
        [b"wall/main", seen_from(eye_m=[0.0, float("inf"), 0.0]), b"rgb"],
        [b"wall/main", seen_from(right=[0.0, 0.0, 0.0]), b"rgb"],
        [b"wall/main", seen_from(ahead=[1.0, 0.0, 0.0]), b"rgb"],
        [b"wall/main", seen_from(frame=[0.5, -0.5, -0.3, 0.3]), b"rgb"],
        [b"wall/main", seen_from(frame=[-0.5, 0.5, 0.3, 0.3]), b"rgb"],
        [b"wall/main", seen_from(frame=[-0.5, 1e300, -0.3, 0.3]), b"rgb"],
        [b"wall/main", seen_from(camera="../x"), b"rgb"],
        [b"wall/main2", msgspec.msgpack.encode({"width": 1, "height": 1, "frame": 1}), b"rgb"],
    ],
)
def test_pictures_that_do_not_decode_are_counted_and_dropped(parts):
    with zmq.Context() as context:
        sender = context.socket(zmq.XPUB)
        sender.bind("tcp://127.0.0.1:0")
        received = NewestPictures(sender.getsockopt_string(zmq.LAST_ENDPOINT), TOPICS)
        sender.recv()
        sender.recv()
        sender.send_multipart(parts)
        wait_for(lambda: received.rejected == 1)
        assert received.all() == {}
        received.close()
        sender.close(0)


def test_a_picture_says_for_which_cameras_it_was_drawn(publisher, pictures):
    sight = msgspec.convert(SIGHT, CameraSight)
    wait_for(lambda: "wall/main" in publisher.wants())
    publisher.publish("wall/main", 5, codes(), sights=(sight,), hold="x" * 300)
    kept = wait_for(lambda: pictures.all().get("wall/main"))
    assert kept.header.sight_of("A") == sight
    assert kept.header.sight_of("B") is None
    assert kept.header.hold == "x" * 200
