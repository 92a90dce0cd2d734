"""A preview page of a small stage, over real sockets, that shows what a test publishes."""

import http.client
import io
import json
import threading
from contextlib import contextmanager

import numpy as np
from PIL import Image
from running_stage import PATIENCE_S, wait_for

from render.film.camera import FilmPose, every_pixel, in_stage
from render.film.lens import FilmLens
from render.film.rotation import axes_from_pan_tilt_roll
from render.film.scene import look
from stage.loading.files import load_config
from stage.loading.geometry import film_walls
from stage.panel.composite import FilmStage
from stage.panel.film_pictures import FilmPictures
from stage.panel.newest import NewestPictures
from stage.panel.preview import WebPanel
from stage.run.preview_pictures import PicturePublisher
from stage.run.preview_records import CameraSight

FRONT = """
[[walls]]
name = "front"
resolution_px = [64, 32]
shape = { kind = "plane", lower_left_m = [-2, 4, 0], lower_right_m = [2, 4, 0], upper_left_m = [-2, 4, 2] }
"""
NEAR = """
[[walls]]
name = "near"
resolution_px = [16, 16]
shape = { kind = "plane", lower_left_m = [-0.5, 2, 0.5], lower_right_m = [0.5, 2, 0.5], upper_left_m = [-0.5, 2, 1.5] }
"""
CAMERA = """
[[cameras]]
name = "A"
focal_length_mm = 30.0
resolution_px = [320, 180]
"""
FRAME = (-0.6, 0.6, -0.3375, 0.3375)


def sight(pan_deg=0.0, eye=(0.0, 0.0, 1.0), camera="A", frame=FRAME):
    right, ahead, up = (tuple(axis) for axis in axes_from_pan_tilt_roll(pan_deg, 0.0, 0.0).T.tolist())
    return CameraSight(camera=camera, eye_m=eye, right=right, ahead=ahead, up=up, frame=frame)


def plain(red, green, blue, rows=32, columns=64):
    return np.full((rows, columns, 3), (red, green, blue), dtype=np.uint8)


def small_stage(folder, walls=FRONT, world='kind = "panorama"\nfile = "w.png"'):
    path = folder / "small.toml"
    Image.new("RGB", (4, 2)).save(folder / "w.png")
    path.write_text(f"{walls}{CAMERA}[world]\n{world}\n")
    return load_config(path)


class Page:
    """A show that publishes what a test says, and the page that shows it, over real sockets."""

    def __init__(self, folder, walls=FRONT):
        self.loaded = small_stage(folder, walls)
        self.publisher = PicturePublisher("tcp://127.0.0.1:0", period_ns=0)
        topics = ("camera/A", *(f"wall/{wall.name}" for wall in self.loaded.config.walls))
        self.pictures = NewestPictures(self.publisher.endpoint, topics)
        self.film = FilmPictures(FilmStage(self.loaded), self.pictures)
        self.server = WebPanel("127.0.0.1:0", self.pictures, "Studio", film=self.film)
        self.frame = 0
        self._serving = threading.Thread(target=self.server.serve)
        self._serving.start()

    def publish(self, pixels=None, wall="front", sights=None, hold=""):
        """One wall's next picture, once somebody has asked for it."""
        wait_for(lambda: self.pictures.all() is not None and f"wall/{wall}" in self.publisher.wants())
        self.frame += 1
        pixels = plain(200, 100, 50) if pixels is None else pixels
        self.publisher.publish(f"wall/{wall}", self.frame, pixels, sights=sights or (), hold=hold)
        wait_for(lambda: (kept := self.pictures.all().get(f"wall/{wall}")) and kept.frame == self.frame)

    @contextmanager
    def show(self, **what):
        """The same picture again and again, as from a running show."""
        over = threading.Event()

        def publish_again():
            while not over.wait(0.03):
                self.publish(**what)

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
        """The film picture, once it has been made."""

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
        self.film.close()
        self.pictures.close()
        self.publisher.close()


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


def projected(loaded, pan=0.0, eye=(0.0, 0.0, 1.0), size=(320, 180)):
    """What each film pixel sees, by the film camera itself."""
    lens = FilmLens(focal_length_mm=30.0, sensor_mm=(36.0, 20.25), resolution_px=size)
    pose = FilmPose(pupil_m=np.array(eye), axes=axes_from_pan_tilt_roll(pan, 0.0, 0.0))
    return look(film_walls(loaded), pose.pupil_m, in_stage(pose, every_pixel(lens).rays))


def fetched(url, path):
    connection = http.client.HTTPConnection(url.hostname, url.port, timeout=PATIENCE_S)
    connection.request("GET", path)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer, body
