"""The pictures for those who look, from a plan to whoever subscribes: asked for, drawn, dropped without room, noted."""

import time

import msgspec
import numpy as np
import pytest
from running_stage import wait_for

from calibration.rasters.positions import wall_positions, wall_surface
from calibration.records import Calibration
from render.film.screen import light_of_codes
from render.renderer import Renderer
from stage.live import previews
from stage.live.previews import Previews, film_cameras
from stage.panel.newest import NewestPictures
from tests.building import FLAT, PANORAMA, camera, side_wall, stage, step, wall

pytestmark = pytest.mark.gl

TOPICS = ("film/A", "camera/A", "wall/main", "wall/side")
STAGE = stage(
    wall(resolution_px=(300, 150), shape=FLAT),
    side_wall(),
    camera("A", resolution_px=(640, 360), focal_length_mm=24.0),
    PANORAMA,
)
ROOM_NS = 10**12


class Core:
    """The part of a core that draws, and one who looks."""

    def __init__(self, context, folder):
        config = STAGE.config
        positions = {one.name: wall_positions(one) for one in config.walls}
        self.renderer = Renderer(context, config.walls, positions)
        surfaces = tuple(wall_surface(one, positions[one.name]) for one in config.walls)
        film = film_cameras(self.renderer, config.cameras, Calibration(surfaces=surfaces), {})
        self.previews = Previews(folder / "pictures", self.renderer, film)
        self.pictures = NewestPictures(folder / "pictures", TOPICS)
        self.show = STAGE.show()
        self.frame = -1

    def step(self, values=None, room_ns=ROOM_NS, live=False):
        """One frame; a `live` one is presented now, and not in its place of a grid."""
        self.frame += 1
        plan = step(self.show, self.frame, values or {}).plan
        if live:
            plan = msgspec.structs.replace(plan, present_ns=time.monotonic_ns())
        self.renderer.draw(plan)
        self.renderer.finish()
        self.previews.publish(plan, room_ns)
        return plan

    def until(self, good, **options):
        """Frames until something has come."""

        def stepped():
            self.step(**options)
            return good()

        return wait_for(stepped)

    def picture(self, topic, side_px=640):
        """The next picture of a topic that is of the present values."""
        self.pictures.watch(topic, side_px)
        since = self.frame

        def come():
            self.pictures.watch(topic, side_px)
            found = self.pictures.newest(topic)
            return found if found and found.frame > since and found.header.side_px == side_px else None

        return self.until(come)

    def close(self):
        self.pictures.close()
        self.previews.close()


@pytest.fixture
def core(context, tmp_path):
    made = Core(context, tmp_path)
    yield made
    made.close()


def test_a_wall_comes_smaller_with_the_mean_light_of_its_leds_and_says_for_whom_it_was_drawn(core):
    core.step({"/wall/main/pattern": "lines"})
    picture = core.picture("wall/main", 160)
    assert (picture.header.width, picture.header.height) == (160, 80)
    assert [sight.camera for sight in picture.header.sights] == ["A"]
    light = light_of_codes(STAGE.config.walls[0].signal, STAGE.config.walls[0].signal.peak_nits)
    sent = light[core.renderer.read_wall("main")].astype(np.float64)
    shown = light[picture.codes].astype(np.float64)
    assert abs(shown.mean() - sent.mean()) < 0.005
    assert shown.std() < sent.std()


def test_a_small_wall_comes_as_it_is_sent(core):
    core.step({"/wall/side/pattern": "bars"})
    picture = core.picture("wall/side")
    assert np.abs(picture.codes.astype(int) - core.renderer.read_wall("side")).max() <= 1


def test_the_film_picture_shows_the_wall_before_the_camera_and_nothing_beside_it(core):
    core.step({"/wall/main/pattern": "white", "/camera/A/manual/z_m": 1.5})
    picture = core.picture("film/A", 160).codes
    assert picture.shape == (90, 160, 3)
    assert (picture[45, 80] > 250).all()
    core.step({"/camera/A/manual/pan_deg": 30.0})
    turned = core.picture("film/A", 160).codes
    assert turned[45, 159].min() > 250
    assert not turned[45, 0].any()
    core.step({"/output/blackout": True})
    assert not core.picture("film/A", 160).codes.any()


def test_an_inner_view_comes_in_two_steps(core):
    assert core.picture("camera/A", 160).codes.shape[1] == 160


def test_who_looks_at_several_gets_all_of_them_and_a_frame_draws_one(core):
    for topic in TOPICS:
        core.pictures.watch(topic, 160)
    begun = []

    def have_come():
        begun.append(core.previews.begun)
        for topic in TOPICS:
            core.pictures.watch(topic, 160)
        return all(core.pictures.newest(topic) for topic in TOPICS)

    core.until(have_come)
    assert max(np.diff(begun)) == 1


def test_nothing_is_drawn_while_nobody_looks(core):
    for _ in range(30):
        core.step()
    assert core.previews.begun == core.previews.passed_on == 0


def test_a_frame_without_room_draws_none_until_what_one_took_is_long_ago(core, monkeypatch):
    core.picture("film/A")
    core.until(lambda: core.pictures.watch("film/A") or core.previews.drawn_ns("film/A", 640) > 0)
    monkeypatch.setattr(previews, "HALVES_NS", 10**18)
    begun = core.previews.begun
    core.until(lambda: core.pictures.watch("film/A") or core.previews.dropped > 3, room_ns=1)
    assert core.previews.begun == begun
    monkeypatch.setattr(previews, "HALVES_NS", 1)
    core.until(lambda: core.pictures.watch("film/A") or core.previews.begun > begun, room_ns=1)


def test_a_cheap_picture_that_is_watched_too_never_keeps_one_away_that_takes_longer(core):
    dear, cheap = ("film/A", 640), ("wall/side", 160)

    def newest(watched):
        core.pictures.watch(*watched)
        return core.pictures.newest(watched[0])

    core.until(lambda: newest(dear) and newest(cheap) and core.previews.drawn_ns(*dear) > 0)
    room_ns, since = core.previews.drawn_ns(*dear) // 4, core.frame + 20
    core.until(lambda: newest(cheap) and newest(dear).frame > since, room_ns=room_ns, live=True)


def test_a_stage_that_misses_its_slots_anyway_still_shows_pictures(core, monkeypatch):
    core.picture("film/A")
    core.until(lambda: core.pictures.watch("film/A") or core.previews.drawn_ns("film/A", 640) > 0)
    monkeypatch.setattr(previews, "HALVES_NS", 10**18)
    begun = core.previews.begun
    core.until(lambda: core.pictures.watch("film/A") or core.previews.begun > begun + 2, room_ns=-1)
    assert core.previews.dropped == 0


def test_a_parked_camera_is_noted_and_keeps_its_last_picture(core):
    shown = core.picture("film/A")
    core.step({"/camera/A/parked": True})
    core.until(lambda: core.pictures.watch("film/A") or core.pictures.note("film/A") == "parked")
    assert core.pictures.newest("film/A").frame >= shown.frame
    core.step({"/camera/A/parked": False})
    core.until(lambda: core.pictures.watch("film/A") or core.pictures.note("film/A") == "")


def test_a_frozen_output_is_noted(core):
    core.step({"/output/freeze": True})
    core.until(
        lambda: core.pictures.watch("wall/main") or core.pictures.note("wall/main") == "held: the output is frozen"
    )
