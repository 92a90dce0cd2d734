"""The film camera's lens and rotations against forms written anew here."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration.lens_records import Lens, LensNode
from render.film.lens import FilmLens, film_lens, film_lens_of_focal_length, focal_length_from_zoom
from render.film.rotation import axes_from_pan_tilt_roll, axes_from_quaternion, quaternion_from_axes

ANGLES = st.floats(-180.0, 180.0)
SMALL = st.floats(-1.0, 1.0)
POINTS = st.lists(st.tuples(st.floats(0.0, 1920.0), st.floats(0.0, 1080.0)), min_size=1, max_size=8)


@st.composite
def lenses(draw):
    """Lenses from a strong barrel to a strong pincushion that do not fold over within the picture."""
    scale = 18.0  # half the sensor's width, mm
    k1, k2, k3, k4 = (draw(SMALL) * size / scale**power for size, power in ((0.05, 2), (0.02, 2), (0.01, 4), (0.01, 4)))
    return FilmLens(
        focal_length_mm=draw(st.floats(12.0, 120.0)),
        sensor_mm=(36.0, 20.25),
        resolution_px=(1920, 1080),
        radial=(k1, k2, k3, k4),
        tangential=(draw(SMALL) * 0.004 / scale, draw(SMALL) * 0.004 / scale),
        projection_offset_mm=(draw(SMALL), draw(SMALL)),
        distortion_offset_mm=(draw(SMALL) * 0.2, draw(SMALL) * 0.2),
        undistorts=draw(st.booleans()),
    )


@given(lenses(), POINTS)
def test_rays_come_back_to_their_film_positions(lens, points):
    positions = np.array(points)
    back = lens.pixels_from_tangents(lens.tangents_from_pixels(positions))
    assert np.abs(back - positions).max() < 1e-8


@given(lenses(), POINTS)
def test_the_solved_direction_satisfies_the_written_one(lens, points):
    """OpenLensIO's polynomial, term by term, on the side that the lens does not evaluate directly."""
    positions = np.array(points)
    tangents = lens.tangents_from_pixels(positions)
    for (across, down), (tx, ty) in zip(positions, tangents, strict=True):
        centre = [a + b for a, b in zip(lens.projection_offset_mm, lens.distortion_offset_mm, strict=True)]
        distorted = ((across / 1920 - 0.5) * 36.0 - centre[0], (down / 1080 - 0.5) * 20.25 - centre[1])
        straight = (
            tx * lens.focal_length_mm - lens.distortion_offset_mm[0],
            -ty * lens.focal_length_mm - lens.distortion_offset_mm[1],
        )
        given_side, other_side = (distorted, straight) if lens.undistorts else (straight, distorted)
        assert brown_conrady(given_side, lens) == pytest.approx(other_side, abs=1e-10)


def brown_conrady(point, lens):
    x, y = point
    r2 = x**2 + y**2
    k1, k2, k3, k4 = lens.radial
    p1, p2 = lens.tangential
    factor = (1 + k1 * r2 + k3 * r2**2) / (1 + k2 * r2 + k4 * r2**2)
    return (
        x * factor + 2 * p1 * x * y + p2 * (r2 + 2 * x**2),
        y * factor + p1 * (r2 + 2 * y**2) + 2 * p2 * x * y,
    )


def test_a_pinhole_sees_the_sensors_edge_at_half_its_width_over_the_focal_length():
    lens = FilmLens(focal_length_mm=35.0, sensor_mm=(36.0, 20.25), resolution_px=(1920, 1080))
    corner = lens.tangents_from_pixels(np.array([[0.0, 0.0]]))[0]
    assert corner == pytest.approx((-18.0 / 35.0, 10.125 / 35.0))


def test_what_no_lens_can_see_is_nowhere_on_the_film():
    lens = FilmLens(
        focal_length_mm=20.0, sensor_mm=(36.0, 20.25), resolution_px=(1920, 1080), radial=(-2e-3,), undistorts=True
    )
    assert np.isnan(lens.pixels_from_tangents(np.array([[3.0, 0.0]]))).all()


def test_zoom_is_linear_between_rows_and_constant_beyond():
    rows = ((0.0, 24.0), (1000.0, 48.0))
    assert [focal_length_from_zoom(rows, raw) for raw in (-5.0, 0.0, 500.0, 1000.0, 2000.0)] == [24, 24, 36, 48, 48]


def test_a_zoom_lens_between_nodes_keeps_its_picture_of_unit_focal_length():
    nodes = tuple(
        LensNode(focal_length_mm=f, zoom_raw=z, radial=(0.1 / f**2, 0.0, 0.02 / f**4), entrance_pupil_m=p)
        for f, z, p in ((25.0, 0.0, 0.1), (100.0, 10.0, 0.2))
    )
    lens = film_lens(Lens(nodes=nodes[::-1]), 5.0, (36.0, 20.25), (1920, 1080))
    assert lens.focal_length_mm == pytest.approx(50.0)
    assert lens.radial[0] == pytest.approx(0.1 / 50.0**2)
    assert lens.radial[2] == pytest.approx(0.02 / 50.0**4)
    assert lens.entrance_pupil_m == pytest.approx(0.15)


@given(ANGLES, st.floats(-89.0, 89.0), ANGLES)
def test_pan_turns_left_tilt_up_and_roll_clockwise(pan, tilt, roll):
    axes = axes_from_pan_tilt_roll(pan, tilt, roll)
    assert axes.T @ axes == pytest.approx(np.eye(3), abs=1e-12)
    assert np.linalg.det(axes) == pytest.approx(1.0)
    ahead = axes[:, 1]
    assert math.degrees(math.asin(max(-1.0, min(1.0, ahead[2])))) == pytest.approx(tilt, abs=1e-6)
    level_right = np.array([math.cos(math.radians(pan)), math.sin(math.radians(pan)), 0.0])
    level_up = np.cross(level_right, ahead)
    leaning = math.degrees(math.atan2(axes[:, 2] @ level_right, axes[:, 2] @ level_up))
    assert math.cos(math.radians(leaning - roll)) == pytest.approx(1.0, abs=1e-9)


@given(ANGLES, ANGLES, ANGLES)
def test_quaternions_and_matrices_are_one_rotation(pan, tilt, roll):
    axes = axes_from_pan_tilt_roll(pan, tilt, roll)
    assert axes_from_quaternion(quaternion_from_axes(axes)) == pytest.approx(axes, abs=1e-12)


@pytest.mark.parametrize("focal_mm", [15.0, 25.0, 33.0, 90.0, 130.0])
def test_a_zoom_lens_is_found_by_its_focal_length_also_beyond_its_ends(focal_mm):
    nodes = tuple(
        LensNode(focal_length_mm=f, zoom_raw=z, radial=(0.1 / f**2,), tangential=(0.01 / f, 0.0))
        for f, z in ((25.0, 0.0), (50.0, 7.0), (90.0, 9.0))
    )
    found = film_lens_of_focal_length(Lens(nodes=nodes), focal_mm, (36.0, 20.25), (1920, 1080))
    assert found.focal_length_mm == pytest.approx(focal_mm)
    assert found.radial[0] == pytest.approx(0.1 / focal_mm**2)
    assert found.tangential[0] == pytest.approx(0.01 / focal_mm)
