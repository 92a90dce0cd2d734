"""The crew's film picture: walls where the film camera sees them, in the light that they give off, through its lens."""

import numpy as np
import pytest
from film_page import FRONT, NEAR, Page, plain, projected, sight, small_stage
from hypothesis import given, settings
from hypothesis import strategies as st

from calibration.cameras import Camera
from calibration.lens import lens_of_focal_length, lens_setting
from calibration.lens_frame import frame_edges
from calibration.lens_records import Lens, LensNode
from calibration.walls import Signal
from render.film.lens import film_lens
from render.film.screen import light_of_codes, screen_codes
from stage.panel.composite import FilmStage, composite
from stage.panel.film_lenses import FilmOptics, small_size
from stage.panel.newest import NewestPicture
from stage.run.preview_records import PictureHeader


@pytest.fixture
def page(tmp_path):
    made = Page(tmp_path)
    yield made
    made.close()


def test_walls_are_where_the_film_camera_sees_them_and_all_else_is_black(page):
    page.publish(sights=(sight(pan_deg=12.0),))
    picture = page.picture()
    assert picture.shape == (180, 320, 3)
    seen = projected(page.loaded, pan=12.0).wall.reshape(180, 320) >= 0
    assert 0.2 < seen.mean() < 0.8
    assert (picture[seen] == (200, 100, 50)).all()
    assert not picture[~seen].any()


def test_each_wall_is_photographed_from_the_pose_of_its_own_picture(tmp_path):
    page = Page(tmp_path, FRONT + NEAR)
    page.publish(plain(0, 200, 0), "front", (sight(pan_deg=10.0),))
    page.publish(plain(200, 0, 0, 16, 16), "near", (sight(pan_deg=-5.0),))
    picture = page.picture().reshape(-1, 3)
    page.close()
    front, near = projected(page.loaded, pan=10.0), projected(page.loaded, pan=-5.0)
    assert (picture[near.wall == 1] == (200, 0, 0)).all()
    assert (picture[(front.wall == 0) & (near.wall != 1)] == (0, 200, 0)).all()
    assert not picture[(front.wall == -1) & (near.wall != 1)].any()


@pytest.mark.parametrize(("walls", "near", "front"), [(FRONT + NEAR, 1, 0), (NEAR + FRONT, 0, 1)])
def test_a_nearer_wall_hides_the_one_behind_it(tmp_path, walls, near, front):
    page = Page(tmp_path, walls)
    page.publish(plain(200, 0, 0, 16, 16), "near", (sight(),))
    page.publish(plain(0, 200, 0), "front", (sight(),))
    picture = page.picture().reshape(-1, 3)
    page.close()
    seen = projected(page.loaded).wall
    assert (picture[seen == near] == (200, 0, 0)).all()
    assert (picture[seen == front] == (0, 200, 0)).all()


def test_a_thinned_picture_lies_where_the_whole_one_does(tmp_path):
    wide = FRONT.replace("[64, 32]", "[2700, 40]")
    stage = FilmStage(small_stage(tmp_path, wide))
    ramp = np.broadcast_to(np.linspace(0, 255, 2700)[None, :, None], (40, 2700, 3)).astype(np.uint8)

    def seen(step):
        thin = np.ascontiguousarray(ramp[::step, ::step])
        header = PictureHeader(width=thin.shape[1], height=thin.shape[0], frame=1, step=step, sights=(sight(),))
        picture = NewestPicture(topic="wall/front", header=header, payload=thin.tobytes(), received_ns=0)
        assert stage.fits("front", picture)
        return screen_codes(composite([stage.lit("front", picture, sight())], (320, 180))).astype(int)

    whole, thinned = seen(1), seen(3)
    assert whole.any()
    assert np.abs(whole - thinned).max() <= 1


@pytest.mark.parametrize(
    ("signal", "nits"),
    [
        (Signal(curve="srgb", peak_nits=400.0), 400.0 * 0.2140411),
        (Signal(curve="gamma", gamma=2.2, peak_nits=400.0), 400.0 * 0.5**2.2),
        (Signal(curve="pq", peak_nits=1000.0), 92.2457),
    ],
)
def test_codes_of_every_signal_show_the_light_that_the_wall_gives_off(signal, nits):
    """The light of half the code range: IEC 61966-2-1, a power, SMPTE ST 2084 (92.2457 nits)."""
    light = light_of_codes(signal, 1000.0) * 1000.0
    assert np.interp(127.5, np.arange(256), light) == pytest.approx(nits, rel=2e-3)
    assert (np.diff(light) > 0).all()


def test_full_light_is_white_on_the_screen_and_a_signal_comes_back_as_it_was():
    codes = np.arange(256)
    light = light_of_codes(Signal(curve="srgb", peak_nits=300.0), 300.0)
    assert (screen_codes(light) == codes).all()


ZOOM = Lens(
    model="Brown-Conrady U-D",
    nodes=(
        LensNode(zoom_raw=0.0, focal_length_mm=28.0, radial=(-9e-5, 0.0, 4e-8)),
        LensNode(zoom_raw=32768.0, focal_length_mm=46.0, radial=(1e-5,), projection_offset_mm=(0.2, -0.1)),
        LensNode(zoom_raw=65535.0, focal_length_mm=76.0, radial=(4e-5, 0.0, -1e-8), tangential=(1e-6, -2e-6)),
    ),
)
OPTICS = FilmOptics(Camera(name="A"), ZOOM)
SENSOR_MM = (36.0, 20.25)


@settings(max_examples=25, deadline=None)
@given(zoom_raw=st.floats(0.0, 65535.0))
def test_the_frame_in_a_plan_leads_back_to_the_lens_at_its_zoom(zoom_raw):
    frame = frame_edges(lens_setting(ZOOM, zoom_raw), SENSOR_MM)
    found, true = OPTICS.lens_seeing(frame), film_lens(ZOOM, zoom_raw, SENSOR_MM, OPTICS.size_px)
    places = np.random.default_rng(1).uniform((0, 0), OPTICS.size_px, (50, 2))
    apart = true.pixels_from_tangents(found.tangents_from_pixels(places)) - places
    assert np.abs(apart).max() < 0.2


@pytest.mark.parametrize("focal_mm", [20.0, 120.0])
def test_a_focal_length_beyond_the_lens_file_is_seen_too(focal_mm):
    frame = frame_edges(lens_of_focal_length(ZOOM, focal_mm), SENSOR_MM)
    tangents = OPTICS.lens_seeing(frame).tangents_from_pixels(np.array([[0.0, 180.0], [640.0, 180.0]]))
    assert tangents[:, 0] == pytest.approx(frame[:2], abs=0.02 * (frame[1] - frame[0]))


def test_the_picture_is_small_and_keeps_its_proportions():
    assert small_size((1920, 1080)) == (640, 360)
    assert small_size((1080, 1920)) == (360, 640)
    assert small_size((320, 180)) == (320, 180)
    assert small_size((16384, 16)) == (640, 1)
