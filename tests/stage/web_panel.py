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
YCBCR = ((0.299, 0.587, 0.114), (-0.168736, -0.331264, 0.5), (0.5, -0.418688, -0.081312))
"""ITU-T T.871, section 7."""


def codes(seed=1, rows=32, columns=64):
    """Greys, which travel as they are."""
    return np.random.default_rng(seed).integers(0, 256, (rows, columns, 1), dtype=np.uint8).repeat(3, axis=2)


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
    size = {"width": columns, "height": rows, "side_px": one.side_px}
    header = PictureHeader(**size, frame=frame, sights=sights, note=note, exact=one.exact)
    publisher.begun(one, rests=False)
    travels = in_fours if one.exact else in_pairs
    return publisher.publish(BegunPicture.of(one, header), written(b"" if pixels is None else travels(pixels)))


def written(content):
    """What writes these bytes to where a picture is wanted."""

    def write(memory):
        memory[:] = content

    return write


def in_fours(pixels):
    """RGB codes as they travel exactly: with a fourth byte that means nothing."""
    return np.concatenate([pixels, np.full((*pixels.shape[:2], 1), 7, np.uint8)], axis=2).tobytes()


def in_pairs(pixels):
    """RGB codes as they travel: the luma of each, and of two the mean of their colour differences."""
    luma, blue, red = np.moveaxis(pixels @ np.transpose(YCBCR), 2, 0)
    pairs = (luma[:, ::2], 128.0 + _means(blue), luma[:, 1::2], 128.0 + _means(red))
    return np.rint(np.clip(np.stack(pairs, axis=2), 0.0, 255.0)).astype(np.uint8).tobytes()


def _means(differences):
    return 0.5 * (differences[:, ::2] + differences[:, 1::2])


def show(publisher, pictures, topic="wall/main", frame=5, pixels=None):
    wait_for(lambda: pictures.watch(topic, exact=True) or wanted(publisher, topic))
    publish(publisher, topic, frame, codes() if pixels is None else pixels)
    wait_for(lambda: topic in pictures.all())
