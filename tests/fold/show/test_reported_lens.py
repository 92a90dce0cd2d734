"""The lens that a tracker reports: focal length and optical axis, from the packet to the camera's frame in the plan."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration.cameras import Camera
from calibration.lens import LensSetting
from calibration.lens_frame import frame_edges
from render.film.lens import FilmLens
from render.readback.film_optics import FilmOptics
from stage.show.camera.lens import CameraLens, LensState
from stage.words.sentences import hold_line
from tests.building import FLAT, camera, codes, datagram, sample, stage, step, tracker, view_of, wall
from tracking.protocols.opentrackio_encode import OpenTrackIOSource, encode_opentrackio
from tracking.tracker.tracker import LensReading

STAGE = stage(
    wall(resolution_px=(64, 32), shape=FLAT),
    tracker("o", protocol="opentrackio", camera_id=None, rate_hz=None),
    camera("A", tracker="o"),
)
SENSOR_MM = (36.0, 20.25)

half = st.floats(-9.0, 9.0)


def outcome_of(**reported):
    """The outcome of a frame that received one OpenTrackIO packet."""
    (payload,) = encode_opentrackio(sample(**reported), OpenTrackIOSource(), 1, with_static=True)
    return step(STAGE.show(), 1, datagrams=[datagram(payload, 1)])


@given(x=half, y=half, focal_mm=st.floats(8.0, 300.0))
def test_a_reported_projection_offset_shifts_the_frame_as_one_in_a_lens_file_does(x, y, focal_mm):
    lens = CameraLens(Camera(name="A", sensor_mm=SENSOR_MM), None)
    state = LensState(focal_length_mm=35.0)
    lens.read(state, LensReading(focal_length_mm=focal_mm, projection_x_mm=x, projection_y_mm=y), 0.0)
    frame = lens.frame(state, 0.0)
    filed = LensSetting(
        focal_length_mm=focal_mm,
        entrance_pupil_m=0.0,
        radial=(0.0,) * 6,
        tangential=(0.0, 0.0),
        projection_offset=(x / focal_mm, y / focal_mm),
        distortion_offset=(0.0, 0.0),
        undistorts=True,
    )
    assert (frame.left, frame.right, frame.bottom, frame.top) == pytest.approx(frame_edges(filed, SENSOR_MM), abs=1e-12)


@given(x=half, y=half)
def test_the_frame_is_what_the_film_cameras_own_optics_see(x, y):
    inner = view_of(outcome_of(focal_length_mm=50.0, projection_x_mm=x, projection_y_mm=y).plan)
    truth = FilmLens(focal_length_mm=50.0, sensor_mm=SENSOR_MM, resolution_px=(1920, 1080), projection_offset_mm=(x, y))
    (left, top), (right, bottom) = truth.tangents_from_pixels(np.array([[0.0, 0.0], [1920.0, 1080.0]]))
    frame = (inner.frame.left, inner.frame.right, inner.frame.bottom, inner.frame.top)
    assert frame == pytest.approx((left, right, bottom, top))
    seen = FilmOptics(Camera(name="A", sensor_mm=SENSOR_MM), None).lens_seeing(frame)
    assert seen.projection_offset_mm == pytest.approx((x, y), abs=1e-9)
    assert seen.focal_length_mm == pytest.approx(50.0)


@pytest.mark.parametrize("absurd", [(18.1, 0.0), (0.0, -10.2), (99.0, 99.0)])
def test_an_optical_axis_beside_the_sensor_is_ignored(absurd):
    plan = outcome_of(focal_length_mm=50.0, projection_x_mm=absurd[0], projection_y_mm=absurd[1]).plan
    inner = view_of(plan)
    assert inner.frame.left == -inner.frame.right
    assert plan.walls[0].holds == ()


def test_a_lens_whose_axis_is_no_longer_reported_keeps_it():
    lens, state = CameraLens(Camera(name="A"), None), LensState(focal_length_mm=35.0)
    lens.read(state, LensReading(projection_x_mm=1.0, projection_y_mm=-0.5), 0.0)
    lens.read(state, LensReading(), 0.0)
    assert state.projection_offset_mm == (1.0, -0.5)


@pytest.mark.parametrize("focal_mm", [0.0, -5.0, 1e7, 0.5])
def test_an_absurd_focal_length_holds_the_camera_and_says_so(focal_mm):
    outcome = outcome_of(focal_length_mm=focal_mm)
    assert "focal length" in hold_line(outcome.plan.walls[0].holds)
    assert "wall_held" in codes(outcome)
