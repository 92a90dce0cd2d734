"""A web panel of two topics, over real sockets, beside whatever stage a test wants."""

import http.client
import threading
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from running_stage import PATIENCE_S, wait_for

from stage.panel.newest import NewestPictures
from stage.panel.web import WebPanel
from stage.run.preview_pictures import BegunPicture, PicturePublisher
from stage.run.preview_records import PictureHeader

TOPICS = ("wall/main", "camera/A")


def codes(seed=1, rows=32, columns=64):
    return np.random.default_rng(seed).integers(0, 256, (rows, columns, 3), dtype=np.uint8)


@contextmanager
def publishing(**options):
    with TemporaryDirectory(prefix="pictures") as folder:  # a short name, since it is a socket's
        made = PicturePublisher(Path(folder) / "pictures", **{"period_ns": 0, **options})
        try:
            yield made
        finally:
            made.close()


@contextmanager
def receiving(publisher):
    received = NewestPictures(publisher.path, TOPICS)
    try:
        yield received
    finally:
        received.close()


@contextmanager
def serving(pictures, bind="127.0.0.1:0", **options):
    made = WebPanel(bind, pictures, "Studio <One>", **options)
    thread = threading.Thread(target=made.serve)
    thread.start()
    try:
        yield made
    finally:
        made.shutdown()
        thread.join()


def request(server, path, method="GET", host=None):
    connection = http.client.HTTPConnection("127.0.0.1", server.address[1], timeout=PATIENCE_S)
    connection.request(method, path, headers={"Host": host} if host else {})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer, body


def wanted(publisher, topic):
    """The picture of a topic that is due, where somebody watches it; None otherwise."""
    return next((one for one in publisher.wants() if one.topic == topic), None)


def publish(publisher, topic, frame, pixels, *, sights=(), note="", due=None):
    """Publishes a picture of (rows, columns, 3) codes, once it is wanted; with None for pixels, only its note.

    `due` is what is wanted, where that is known.
    """
    one = due or wait_for(lambda: wanted(publisher, topic), what=f"somebody who watches {topic}")
    rows, columns = (0, 0) if pixels is None else pixels.shape[:2]
    header = PictureHeader(width=columns, height=rows, frame=frame, side_px=one.side_px, sights=sights, note=note)
    publisher.begun(one, rests=False)
    return publisher.publish(BegunPicture.of(one, header), written(b"" if pixels is None else in_fours(pixels)))


def written(content):
    """What writes these bytes to where a picture is wanted."""

    def write(memory):
        memory[:] = content

    return write


def in_fours(pixels):
    """RGB codes as they travel: with a fourth byte that means nothing."""
    return np.concatenate([pixels, np.full((*pixels.shape[:2], 1), 7, np.uint8)], axis=2).tobytes()


def show(publisher, pictures, topic="wall/main", frame=5, pixels=None):
    wait_for(lambda: pictures.all() is not None and wanted(publisher, topic))
    publish(publisher, topic, frame, codes() if pixels is None else pixels)
    wait_for(lambda: topic in pictures.all())
