"""What the film picture of those who look is made with: the light of codes, and the lens that a frame leads back to."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calibration.cameras import Camera
from calibration.lens import lens_of_focal_length, lens_setting
from calibration.lens_frame import frame_edges
from calibration.lens_records import Lens, LensNode
from calibration.walls import Signal
from render.film.lens import film_lens
from render.film.screen import light_of_codes, screen_codes
from render.readback.film_optics import FilmOptics
from render.readback.scaled import fitting


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
    assert fitting((1920, 1080), 640) == (640, 360)
    assert fitting((1080, 1920), 640) == (360, 640)
    assert fitting((320, 180), 640) == (320, 180)
    assert fitting((16384, 16), 640) == (640, 1)
