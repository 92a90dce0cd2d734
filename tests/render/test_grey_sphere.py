"""The grey sphere in the film picture: as bright as theory says, where and as large as it is."""

import math

import numpy as np
import pytest

from calibration.walls import ArcShape, PlaneShape, Signal, Wall
from render.film.camera import FilmPose, Moment, photograph
from render.film.grey_sphere import (
    ALBEDO,
    FilmLamp,
    Gathered,
    GreySphere,
    gather,
    irradiance,
    lamp_irradiance,
    with_sphere,
)
from render.film.lens import FilmLens
from render.film.rotation import axes_from_pan_tilt_roll
from render.film.scene import film_wall

LENS = FilmLens(focal_length_mm=35.0, sensor_mm=(24.0, 13.5), resolution_px=(192, 108))
POSE = FilmPose(pupil_m=np.array([0.0, -3.0, 1.5]), axes=axes_from_pan_tilt_roll(0.0, 0.0, 0.0))
NO_LIGHT = Gathered(np.zeros((0, 3)), np.zeros((0, 3)))
WALL = Wall(
    name="flat",
    resolution_px=(32, 18),
    shape=PlaneShape(lower_left_m=(-2.0, 3.0, 0.0), lower_right_m=(2.0, 3.0, 0.0), upper_left_m=(-2.0, 3.0, 3.0)),
    signal=Signal(),
)


def sphere(*place, radius=0.3):
    return GreySphere(middle_m=np.array(place), radius_m=radius)


def lamp(place, to, light=(1.0, 1.0, 1.0), half_deg=30.0):
    axis = np.array(to, float) - place
    return FilmLamp(
        place_m=np.array(place, float),
        axis=axis / np.linalg.norm(axis),
        half_angle_rad=math.radians(half_deg),
        light_at_1m=np.array(light, float),
    )


def test_a_ring_of_even_light_gives_what_the_integral_of_the_cosine_says():
    ring = Wall(name="ring", resolution_px=(720, 200), shape=ArcShape(radius_m=4.0, sweep_deg=360.0, height_m=8.0))
    walls, pictures = (film_wall(ring),), {"ring": np.full((200, 720, 3), (2.0, 1.0, 0.5), np.float32)}
    found = irradiance(np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]), gather(walls, pictures, np.array([0.0, 0.0, 4.0])))
    highest = math.radians(45.0)
    upwards = math.pi * math.sin(math.pi / 2 - highest) ** 2
    aside = 2.0 * (highest + math.sin(highest) * math.cos(highest))
    np.testing.assert_allclose(found[0], (math.pi - upwards) * np.array((2.0, 1.0, 0.5)), rtol=0.005)
    np.testing.assert_allclose(found[1], aside * np.array((2.0, 1.0, 0.5)), rtol=0.005)


def test_lamps_fall_with_the_square_of_the_distance_and_to_half_at_the_edge_of_the_beam():
    one = lamp((0.0, 0.0, 2.0), (0.0, 0.0, 0.0), (4.0, 2.0, 1.0))
    aside = 2.0 * math.tan(math.radians(30.0))
    points = np.array([[0.0, 0.0, 0.0], [aside, 0.0, 0.0], [0.0, 0.0, 1.0]])
    up = np.tile([0.0, 0.0, 1.0], (3, 1))
    found = lamp_irradiance(points, up, [one])
    slanted = math.cos(math.radians(30.0))
    np.testing.assert_allclose(found[0], (1.0, 0.5, 0.25))
    np.testing.assert_allclose(found[1], 0.5 * found[0] * slanted**3)
    np.testing.assert_allclose(found[2], (4.0, 2.0, 1.0))
    assert not lamp_irradiance(points, -up, [one]).any()


def test_the_sphere_is_where_it_is_and_as_bright_as_grey_is_in_that_light():
    film = np.zeros((108, 192, 3), np.float32)
    key = lamp((0.0, -3.0, 1.5), (0.0, 1.0, 1.5), (160.0, 160.0, 160.0), half_deg=90.0)
    found = with_sphere(film, LENS, POSE, sphere(0.0, 1.0, 1.5), walls=(), lit_by=NO_LIGHT, lamps=[key])
    lit = found.any(axis=2)
    radius_px = 0.3 / math.sqrt(16.0 - 0.09) * 35.0 / 24.0 * 192
    assert lit.sum() == pytest.approx(math.pi * radius_px**2, rel=0.03)
    assert lit[54, 96]
    np.testing.assert_allclose(found[54, 96], ALBEDO / math.pi * 160.0 / 3.7**2, rtol=0.01)


def test_a_wall_lights_the_side_that_faces_it_and_hides_what_is_behind():
    walls, pictures = (film_wall(WALL),), {"flat": np.ones((18, 32, 3), np.float32)}
    film = photograph(LENS, walls, (Moment(pose=POSE, pictures=pictures),))
    lit_by = gather(walls, pictures, np.array([0.0, 1.0, 1.5]))
    behind = with_sphere(film, LENS, POSE, sphere(0.0, 4.0, 1.5), walls=walls, lit_by=lit_by)
    assert (behind == film).all()
    from_behind = FilmPose(pupil_m=np.array([0.0, 2.5, 1.5]), axes=axes_from_pan_tilt_roll(180.0, 0.0, 0.0))
    black = np.zeros_like(film)
    front = with_sphere(black, LENS, from_behind, sphere(0.0, 1.0, 1.5), walls=walls, lit_by=lit_by)
    back = with_sphere(black, LENS, POSE, sphere(0.0, 1.0, 1.5), walls=walls, lit_by=lit_by)
    facing = irradiance(np.array([[0.0, 1.0, 0.0]]), lit_by)[0]
    np.testing.assert_allclose(front[54, 96], ALBEDO / math.pi * facing, rtol=0.01)
    assert not back[54, 96].any()
