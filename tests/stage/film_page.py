"""A preview page over real sockets that shows what a test publishes: film pictures as the show draws them."""

import http.client
import io
import json
import threading
from contextlib import ExitStack, contextmanager

import numpy as np
from PIL import Image
from running_stage import PATIENCE_S, wait_for
from web_panel import publish, publishing, wanted

from stage.panel.newest import NewestPictures
from stage.panel.web import WebPanel

TOPICS = ("film/A", "camera/A", "wall/front")


def plain(red, green, blue, rows=180, columns=320):
    return np.full((rows, columns, 3), (red, green, blue), dtype=np.uint8)


class Page:
    """A show that publishes what a test says, and the page that shows it, over real sockets."""

    def __init__(self):
        self._stack = ExitStack()
        self.publisher = self._stack.enter_context(publishing())
        self.pictures = NewestPictures(self.publisher.path, TOPICS)
        self.server = WebPanel("127.0.0.1:0", self.pictures, "Studio")
        self.frame = self.unwatched = 0
        self._serving = threading.Thread(target=self.server.serve)
        self._serving.start()

    def publish(self, pixels=None, topic="film/A", note="", *, watched=False):
        """A topic's next picture, or only a note; `watched`: only where somebody watches it already."""
        due = wanted(self.publisher, topic) if watched else None
        if watched and due is None:
            self.unwatched += 1
            return
        if not watched:
            self.pictures.watch(topic, exact=True)
        self.frame += 1
        publish(self.publisher, topic, self.frame, pixels, note=note, due=due)
        if not watched and pixels is not None:
            wait_for(lambda: (kept := self.pictures.newest(topic)) and kept.frame == self.frame)

    @contextmanager
    def show(self, **what):
        """The same picture again and again, as from a running show."""
        over = threading.Event()

        def publish_again():
            while not over.wait(0.03):
                self.publish(**what, watched=True)

        showing = threading.Thread(target=publish_again)
        showing.start()
        try:
            yield
        finally:
            over.set()
            showing.join()

    def get(self, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.server.address[1], timeout=PATIENCE_S)
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer, body

    def picture(self, query="lines=none"):
        """The film picture, once it has come."""

        def body():
            answer, body = self.get(f"/preview/film/A.png?{query}")
            return body if answer.status == 200 else b""

        return np.asarray(Image.open(io.BytesIO(wait_for(body, what="a film picture"))))

    def row(self, topic="film/A"):
        state = json.loads(self.get("/preview/state.json")[1])
        return next(row for row in state["pictures"] if row["topic"] == topic)

    @contextmanager
    def stream(self, path="/preview/film/A.mjpeg?lines=none"):
        """A live picture, once there is one to begin with."""
        connection = http.client.HTTPConnection("127.0.0.1", self.server.address[1], timeout=PATIENCE_S)

        def opened():
            connection.close()
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer if answer.status == 200 else None

        answer = wait_for(opened, what="a live picture")
        try:
            yield answer
        finally:
            answer.close()
            connection.close()

    def end(self):
        self.server.shutdown()
        self._serving.join()

    def close(self):
        self.end()
        self.pictures.close()
        self._stack.close()


def part_of(answer):
    """The next picture of a stream; None at its end."""
    assert answer.readline() in {b"--next-picture\r\n", b""}
    if not answer.readline():
        return None
    length = int(answer.readline().split(b":")[1])
    answer.readline()
    body = answer.read(length)
    answer.readline()
    return np.asarray(Image.open(io.BytesIO(body)))


def fetched(url, path):
    connection = http.client.HTTPConnection(url.hostname, url.port, timeout=PATIENCE_S)
    connection.request("GET", path)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer, body
