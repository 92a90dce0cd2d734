"""The crew's live film picture as the preview page serves it: frame lines, streams, what it costs, what it says."""

import io
import json
from urllib.parse import urlsplit

import numpy as np
import pytest
from film_page import Page, fetched, part_of, plain
from PIL import Image
from running_stage import configuration, free_udp_port, running, wait_for

from render.film.camera import FilmPose, every_pixel, in_stage
from render.film.lens import FilmLens
from render.film.rotation import axes_from_pan_tilt_roll
from render.film.scene import look
from stage.loading.files import load_config
from stage.loading.geometry import film_walls
from stage.panel import newest

TURQUOISE = (64, 224, 208)


@pytest.fixture
def page():
    made = Page()
    yield made
    made.close()


@pytest.mark.parametrize(
    ("lines", "columns"),
    [("9:16", [(320 - 101) // 2]), ("1:1", [70]), ("all", [0, 70, (320 - 101) // 2]), ("none", [])],
)
def test_frame_lines_stand_at_their_columns(page, lines, columns):
    page.publish(plain(0, 0, 0))
    picture = page.picture(f"lines={lines}")
    drawn = np.flatnonzero(picture[90, :160].any(axis=1)).tolist()
    assert drawn == columns


def test_lines_of_one_frame_darken_what_is_outside(page):
    page.publish(plain(200, 100, 40))
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
    page.publish(plain(60, 60, 60))
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


def test_a_film_picture_is_asked_for_only_while_somebody_looks(page, monkeypatch):
    monkeypatch.setattr(newest, "_IDLE_NS", 100_000_000)
    with page.show(pixels=plain(9, 9, 9)):
        page.picture()
        wait_for(lambda: page.unwatched > 3, what="nobody who looks")
        frame = page.frame
        wait_for(lambda: page.picture() is not None and page.frame > frame)


def test_a_stream_shows_new_pictures_and_ends_with_the_server(page):
    page.publish(plain(200, 0, 0))
    with page.stream() as answer:
        assert answer.headers["Content-Type"] == "multipart/x-mixed-replace; boundary=next-picture"
        assert part_of(answer)[90, 160, 0] > 150
        page.publish(plain(0, 200, 0))
        assert part_of(answer)[90, 160, 1] > 150
        page.end()
        while part_of(answer) is not None:
            continue


@pytest.mark.parametrize("topic", ["wall/front", "camera/A"])
def test_walls_and_inner_pictures_are_streamed_too(page, topic):
    page.publish(plain(10, 10, 10), topic)
    with page.stream(f"/preview/{topic}.mjpeg") as answer:
        first = part_of(answer)
        page.publish(plain(200, 200, 200), topic)
        assert part_of(answer).mean() > first.mean() + 100


def test_streams_are_few_and_one_that_is_left_makes_room(page):
    page.publish(plain(9, 9, 9))
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
    page.publish(plain(200, 0, 0))
    moving, frame = page.picture(), page.row()["frame"]
    with page.show(note="parked"):
        wait_for(lambda: page.row()["note"] == "parked")
        parked = page.picture()
        assert (parked[60:] == moving[60:]).all()
        assert (parked[:40] != moving[:40]).any()
        assert page.row()["frame"] == frame
    with page.show(pixels=plain(0, 200, 0)):
        wait_for(lambda: page.picture()[90, 160, 1] == 200)
        assert page.row()["note"] == ""


def test_a_camera_that_was_always_parked_says_so_instead_of_a_picture(page):
    with page.show(note="parked"):
        wait_for(lambda: page.row()["note"] == "parked")
        answer, body = page.get("/preview/film/A.png")
        assert (answer.status, body) == (503, b"parked\n")


def test_a_held_picture_says_why_in_the_page_and_in_its_file(page):
    page.publish(plain(0, 200, 0))
    moving = page.picture()
    with page.show(pixels=plain(0, 200, 0), note="held: camera A stands behind wall front"):
        wait_for(lambda: page.row()["note"] == "held: camera A stands behind wall front")
        wait_for(lambda: not np.array_equal(page.picture()[:40], moving[:40]))
        assert (page.picture()[60:] == moving[60:]).all()


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
        assert (status["take"]["state"], status["rate_hz"]) == ("idle", 25.0)
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
