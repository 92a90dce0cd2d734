"""A web panel of two topics, over real sockets, beside whatever stage a test wants."""

import http.client
import threading
from contextlib import contextmanager

import numpy as np
from running_stage import PATIENCE_S, wait_for

from stage.panel.newest import NewestPictures
from stage.panel.preview import WebPanel
from stage.run.preview_pictures import PicturePublisher

TOPICS = ("wall/main", "camera/A")


def codes(seed=1, rows=32, columns=64):
    return np.random.default_rng(seed).integers(0, 256, (rows, columns, 3), dtype=np.uint8)


@contextmanager
def publishing():
    made = PicturePublisher("tcp://127.0.0.1:0", period_ns=0)
    try:
        yield made
    finally:
        made.close()


@contextmanager
def receiving(publisher):
    received = NewestPictures(publisher.endpoint, TOPICS)
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


def show(publisher, pictures, topic="wall/main", frame=5, pixels=None):
    wait_for(lambda: topic in publisher.wants())
    publisher.publish(topic, frame, codes() if pixels is None else pixels)
    wait_for(lambda: topic in pictures.all())
