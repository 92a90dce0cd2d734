"""The crew's live film picture as the preview page serves it: frame lines, streams, what it costs, what it says."""

import io
import json
import os
import signal
import subprocess
import sys
import time
from urllib.parse import urlsplit

import numpy as np
import pytest
from film_page import Page, fetched, part_of, plain, projected, sight
from PIL import Image
from running_stage import PATIENCE_S, configuration, free_udp_port, running, wait_for

from render.film.camera import FilmPose, every_pixel, in_stage
from render.film.lens import FilmLens
from render.film.rotation import axes_from_pan_tilt_roll
from render.film.scene import look
from stage.loading.files import load_config
from stage.loading.geometry import film_walls
from stage.panel.film_pictures import PERIOD_NS
from stage.run.preview_pictures import PicturePublisher

TURQUOISE = (64, 224, 208)


@pytest.fixture
def page(tmp_path):
    made = Page(tmp_path)
    yield made
    made.close()


@pytest.mark.parametrize(
    ("lines", "columns"),
    [("9:16", [(320 - 101) // 2]), ("1:1", [70]), ("all", [0, 70, (320 - 101) // 2]), ("none", [])],
)
def test_frame_lines_stand_at_their_columns(page, lines, columns):
    page.publish(plain(0, 0, 0), sights=(sight(),))
    picture = page.picture(f"lines={lines}")
    drawn = np.flatnonzero(picture[90, :160].any(axis=1)).tolist()
    assert drawn == columns


def test_lines_of_one_frame_darken_what_is_outside(page):
    page.publish(plain(200, 100, 40), sights=(sight(),))
    picture = page.picture("lines=9:16")
    left = (320 - 101) // 2
    assert (picture[90, left] == TURQUOISE).all()
    assert (picture[90, left - 1] == (150, 75, 30)).all()
    assert (picture[90, left + 1] == (200, 100, 40)).all()
    both = page.picture("lines=9:16,1:1")
    assert (both[90, left - 1] == (200, 100, 40)).all()
    assert (page.picture("lines=1:1&lines=9:16") == both).all()
    assert (page.picture("") == page.picture("lines=all")).all()


@pytest.mark.parametrize(
    "query", ["lines=4:3", "lines=", "lines=9:16,x", "lines=none,1:1", "&".join(["lines=1:1"] * 50)]
)
@pytest.mark.parametrize("kind", ["png", "jpg", "mjpeg"])
def test_unknown_lines_are_refused_with_those_there_are(page, query, kind):
    answer, body = page.get(f"/preview/film/A.{kind}?{query}")
    assert answer.status == 400
    assert b"expected all, none, or some of 16:9, 9:16, 1:1, 2.39:1" in body


def test_the_viewing_exposure_brightens_the_view_and_is_the_viewers_own(page):
    page.publish(plain(60, 60, 60), sights=(sight(),))
    as_it_is = page.picture("lines=none")
    brighter = page.picture("lines=none&exposure_stops=2")
    assert as_it_is[90, 160].tolist() == [60, 60, 60]
    assert brighter[90, 160].tolist() == [118, 118, 118]  # 60 is 0.0452 of full light; four times that in sRGB
    assert (page.picture("lines=none&exposure_stops=-12") == 0).all()
    assert (page.picture("lines=none") == as_it_is).all()


@pytest.mark.parametrize("stops", ["", "bright", "nan", "inf", "12.5", "-13"])
def test_a_viewing_exposure_that_is_none_is_refused_with_what_is_allowed(page, stops):
    answer, body = page.get(f"/preview/film/A.png?exposure_stops={stops}")
    assert answer.status == 400
    assert b"exposure_stops: found" in body
    assert b"expected a number from -12 to 12" in body


def test_nothing_is_made_while_nobody_looks(page):
    with page.show(sights=(sight(),)):
        wait_for(lambda: page.row()["frame"])
        for _ in range(10):
            assert page.get("/preview/wall/front.jpg")[0].status == 200
        assert page.film.made == 0
        begun = time.monotonic()
        page.picture()

        def has_settled():
            made = page.film.made
            time.sleep(3 * PERIOD_NS * 1e-9)
            return made == page.film.made

        wait_for(has_settled, what="the end of the work")
        assert 1 <= page.film.made <= 2 + (time.monotonic() - begun) / (PERIOD_NS * 1e-9)
        made, frame = page.film.made, page.frame
        wait_for(lambda: page.frame > frame + 20)
        assert page.film.made == made


def test_all_watchers_share_one_composite(page):
    with page.show(sights=(sight(),)), page.stream() as one, page.stream("/preview/film/A.mjpeg?lines=1:1") as other:
        begun, made = time.monotonic(), page.film.made
        for _ in range(4):
            assert part_of(one) is not None
            assert part_of(other) is not None
        assert page.film.made - made <= 4.5 * (time.monotonic() - begun) + 2


def test_a_stream_shows_new_pictures_and_ends_with_the_server(page):
    page.publish(plain(200, 0, 0), sights=(sight(),))
    with page.stream() as answer:
        assert answer.headers["Content-Type"] == "multipart/x-mixed-replace; boundary=next-picture"
        assert part_of(answer)[90, 160, 0] > 150
        page.publish(plain(0, 200, 0), sights=(sight(),))
        assert part_of(answer)[90, 160, 1] > 150
        page.end()
        while part_of(answer) is not None:
            continue


@pytest.mark.parametrize("topic", ["wall/front", "camera/A"])
def test_walls_and_inner_pictures_are_streamed_too(page, topic):
    def publish(value):
        wait_for(lambda: topic in page.publisher.wants())
        page.publisher.publish(topic, value, plain(value, value, value))

    publish(10)
    wait_for(lambda: topic in page.pictures.all())
    with page.stream(f"/preview/{topic}.mjpeg") as answer:
        first = part_of(answer)
        publish(200)
        assert part_of(answer).mean() > first.mean() + 100


def test_streams_are_few_and_one_that_is_left_makes_room(page):
    page.publish(sights=(sight(),))
    left = [page.stream() for _ in range(8)]
    answers = [stream.__enter__() for stream in left]
    assert all(part_of(answer) is not None for answer in answers)
    answer, body = page.get("/preview/film/A.mjpeg")
    assert (answer.status, body) == (503, b"Too many live pictures are open; close one of them.\n")
    assert page.get("/preview/state.json")[0].status == 200
    left.pop().__exit__(None, None, None)

    def opened():
        with page.stream() as again:
            return again.status == 200

    wait_for(opened)
    for stream in left:
        stream.__exit__(None, None, None)


def test_a_parked_camera_keeps_its_last_picture_and_says_so(page):
    page.publish(plain(200, 0, 0), sights=(sight(),))
    moving, frame = page.picture(), page.row()["frame"]
    with page.show(pixels=plain(0, 200, 0)):
        wait_for(lambda: page.row()["note"] == page.row("camera/A")["note"] == "parked")
        parked = page.picture()
        assert (parked[60:] == moving[60:]).all()
        assert (parked[:40] != moving[:40]).any()
        assert page.row()["frame"] == frame
    with page.show(pixels=plain(0, 200, 0), sights=(sight(),)):
        wait_for(lambda: page.picture()[90, 160, 1] == 200)
        assert page.row()["note"] == ""


def test_a_camera_that_was_always_parked_says_so_instead_of_a_picture(page):
    with page.show():
        wait_for(lambda: page.row()["note"] == "parked")
        answer, body = page.get("/preview/film/A.png")
        assert (answer.status, body) == (503, b"parked\n")


def test_a_held_wall_is_shown_from_the_pose_of_its_last_picture_and_said_to_be_held(page):
    reason = "camera A stands behind wall front"
    with page.show(pixels=plain(0, 200, 0), sights=(sight(pan_deg=8.0),), hold=reason):
        held = page.picture()[60:].reshape(-1, 3)
        seen = projected(page.loaded, pan=8.0).wall.reshape(180, 320)[60:].reshape(-1)
        assert (held[seen == 0] == (0, 200, 0)).all()
        assert page.row()["note"] == page.row("wall/front")["note"] == f"held: {reason}"


def test_a_wall_that_is_not_as_configured_is_not_shown_wrongly(page):
    page.publish(plain(1, 2, 3, rows=30), sights=(sight(),))
    assert "not as configured" in page.row()["note"]
    assert page.get("/preview/film/A.png")[0].status == 503


def test_a_configuration_that_cannot_be_read_costs_the_film_pictures_alone(tmp_path):
    with PageProcess("--config", str(tmp_path / "none.toml"), "--topic", "wall/front") as process:
        state = json.loads(process.get("/preview/state.json")[1])
        assert [row["topic"] for row in state["pictures"]] == ["wall/front"]
        assert process.get("/preview/film/A.png")[0].status == 404
    assert process.stderr.count("\n") == 1
    assert process.stderr.startswith("no film pictures: ")


class PageProcess:
    """The page as its supervisor starts it."""

    def __init__(self, *options):
        self._command = [sys.executable, "-m", "stage.panel.preview", "--bind", "127.0.0.1:0", *options]
        self.stderr = ""

    def __enter__(self):
        self._publisher = PicturePublisher("tcp://127.0.0.1:0")
        words = [*self._command, "--pictures", self._publisher.endpoint]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        self._process = subprocess.Popen(words, **pipes, env=dict(os.environ), text=True)
        self.url = urlsplit(json.loads(self._process.stdout.readline())["url"])
        return self

    def get(self, path):
        return fetched(self.url, path)

    def __exit__(self, *_):
        self._process.send_signal(signal.SIGTERM)
        self.stderr = self._process.communicate(timeout=PATIENCE_S)[1]
        self._publisher.close()


def status_of(url):
    return json.loads(fetched(url, "/preview/state.json")[1])["status"]


@pytest.mark.gl
def test_a_running_stage_shows_live_what_its_camera_sees_of_the_world(tmp_path):
    """Walls that say where their light comes from: each film pixel on one shows the direction in which it looks."""
    toml = configuration(("freed-a", "freed", f"udp://127.0.0.1:{free_udp_port()}", 1))
    with running(tmp_path, toml + '[panel]\nbind = "127.0.0.1:0"\n', "--headless", "--panel") as stage:
        for path, value in {
            "source": "manual",
            "manual/x_m": 0.4,
            "manual/pan_deg": 15.0,
            "manual/tilt_deg": 9.0,
        }.items():
            stage.client.set(f"/camera/A/{path}", value)
        stage.client.set("/camera/A/manual/z_m", 1.4)
        url = urlsplit(stage.ready["panel"])
        error, lit = wait_for(lambda: as_the_world(url, tmp_path / "stage.toml"), what="the film picture")
        assert error < 0.012
        assert 0.5 < lit < 0.95
        status = wait_for(lambda: status_of(url), what="the status")
        assert status["trackers"]["freed-a"]["state"] == "never"
        assert [one["path"] for one in status["in_force"]] == ["/camera/A/source"]
        assert "tracker freed-a has sent nothing yet" in status["health"][0]
        assert (status["take"]["state"], status["rate_hz"]) == ("idle", 60.0)
        assert wait_for(lambda: (status_of(url) or {}).get("true_rate_hz"), what="the rate") > 0.0
        answer, body = fetched(url, "/api/v1/status")
        assert (answer.status, json.loads(body).keys()) == (200, status.keys())
        stage.client.set("/camera/A/parked", True)
        wait_for(lambda: note(url) == "parked", what="the note")
        stage.client.set("/camera/A/parked", False)
        stage.client.set("/camera/A/manual/y_m", 6.0)
        stage.client.set("/camera/A/manual/pan_deg", 180.0)
        wait_for(lambda: note(url).startswith("held: camera A stands "), what="the note")
        stage.client.set("/camera/A/manual/pan_deg", 0.0)
        wait_for(lambda: note(url) == "", what="no note")
        stage.client.set("/output/freeze", True)
        wait_for(lambda: note(url) == "held: the output is frozen", what="the note")


def note(url):
    rows = json.loads(fetched(url, "/preview/state.json")[1])["pictures"]
    assert [row["topic"] for row in rows] == ["film/A", "camera/A", "wall/main"]
    return rows[0]["note"]


def as_the_world(url, config):
    """The worst error of the light in the pixels well on the wall, and their share; None while the camera is elsewhere."""
    answer, body = fetched(url, "/preview/film/A.png?lines=none")
    if answer.status != 200:
        return None
    code = np.asarray(Image.open(io.BytesIO(body))).reshape(-1, 3) / 255.0
    light = np.where(code <= 0.04045, code / 12.92, ((code + 0.055) / 1.055) ** 2.4)
    lens = FilmLens(focal_length_mm=35.0, sensor_mm=(36.0, 20.25), resolution_px=(640, 360))
    pose = FilmPose(pupil_m=np.array([0.4, 0.0, 1.4]), axes=axes_from_pan_tilt_roll(15.0, 9.0, 0.0))
    rays = in_stage(pose, every_pixel(lens).rays)
    seen = look(film_walls(load_config(config)), pose.pupil_m, rays)
    on_wall = seen.wall == 0
    inside = on_wall & (seen.column >= 0) & (seen.column <= 127) & (seen.row >= 0) & (seen.row <= 39)
    world = np.maximum(rays / np.linalg.norm(rays, axis=1, keepdims=True), 0.0)
    if (light[on_wall].max(axis=1) == 0.0).any() or light[~on_wall].any():
        return None
    error = np.abs(light - world)[inside].max()
    return (float(error), float(inside.mean())) if error < 0.1 else None
