"""The film camera before walls: where rays meet them, what hides what, what is read off, and how an exposure adds up."""

import ast
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import render.film
from calibration.rasters.meshes import parse_obj
from calibration.walls import ArcShape, MeshShape, PlaneShape, Wall
from render.film.camera import (
    FilmPose,
    Moment,
    every_pixel,
    exposure_times_ns,
    film_pixels,
    photograph,
    registration_px,
)
from render.film.frame_lines import FRAMES, frame_box, with_frame_lines
from render.film.lens import FilmLens
from render.film.rotation import axes_from_pan_tilt_roll
from render.film.scene import NO_WALL, film_wall, look, read_leds
from render.film.world import FilmWorld

LENS = FilmLens(focal_length_mm=24.0, sensor_mm=(36.0, 20.25), resolution_px=(64, 36))
PLANE = PlaneShape(lower_left_m=(-3.0, 4.0, 0.0), lower_right_m=(3.0, 4.5, 0.0), upper_left_m=(-3.0, 4.2, 3.0))
ARC = ArcShape(radius_m=4.0, sweep_deg=140.0, height_m=2.5, base_m=(0.2, -0.1, 0.1), turn_deg=12.0)
EYES = st.tuples(st.floats(-1.0, 1.0), st.floats(-1.0, 1.0), st.floats(0.5, 2.0))
SHARES = st.tuples(st.floats(0.01, 0.99), st.floats(0.01, 0.99))


def wall(shape, name="w", size=(64, 32)):
    return Wall(name=name, resolution_px=size, shape=shape)


def place_on_plane(shape, across, down):
    corner, right, top = (np.array(c) for c in (shape.lower_left_m, shape.lower_right_m, shape.upper_left_m))
    return corner + across * (right - corner) + (1 - down) * (top - corner)


def place_on_arc(shape, across, down):
    angle = math.radians((across - 0.5) * shape.sweep_deg - shape.turn_deg)
    ring = np.array([math.sin(angle), math.cos(angle), 0.0]) * shape.radius_m
    return np.array(shape.base_m) + ring + np.array([0.0, 0.0, (1 - down) * shape.height_m])


def five_facets(across_count=5):
    """An OBJ text of facets along an arc of 4 m, and its corners' places."""
    lines, faces = [], []
    for column in range(across_count + 1):
        angle = (column / across_count - 0.5) * 1.6
        x, y = 4 * math.sin(angle), 4 * math.cos(angle)
        for row in (0, 1):
            lines += [f"v {x:.9f} {y:.9f} {2.5 * row}", f"vt {column / across_count:.9f} {row}"]
    for column in range(across_count):
        a, b, c, d = (2 * column + 1, 2 * column + 3, 2 * column + 4, 2 * column + 2)
        faces.append(f"f {a}/{a} {b}/{b} {c}/{c} {d}/{d}")
    return parse_obj("\n".join(lines + faces), "facets.obj")


def place_on_facets(across, down, count=5):
    facet = min(int(across * count), count - 1)
    share = across * count - facet
    ends = [((facet + side) / count - 0.5) * 1.6 for side in (0, 1)]
    points = [np.array([4 * math.sin(angle), 4 * math.cos(angle), 2.5 * (1 - down)]) for angle in ends]
    return points[0] * (1 - share) + points[1] * share


def seen_place(film, eye, place):
    sight = look((film,), np.array(eye), (place - np.array(eye))[None, :])
    return sight, ((sight.column[0] + 0.5) / film.columns, (sight.row[0] + 0.5) / film.rows)


@given(EYES, SHARES)
def test_a_ray_to_a_place_of_a_plane_finds_its_raster_coordinates(eye, shares):
    sight, found = seen_place(film_wall(wall(PLANE)), eye, place_on_plane(PLANE, *shares))
    assert sight.wall[0] == 0
    assert sight.distance[0] == pytest.approx(1.0)
    assert found == pytest.approx(shares, abs=1e-9)


@given(EYES, SHARES)
def test_a_ray_to_a_place_of_an_arc_finds_its_raster_coordinates(eye, shares):
    sight, found = seen_place(film_wall(wall(ARC)), eye, place_on_arc(ARC, *shares))
    assert sight.wall[0] == 0
    assert found == pytest.approx(shares, abs=1e-9)


@given(EYES, SHARES)
@settings(max_examples=40)
def test_a_ray_to_a_place_of_a_mesh_finds_its_raster_coordinates(eye, shares):
    film = film_wall(wall(MeshShape(file="facets.obj")), five_facets())
    sight, found = seen_place(film, eye, place_on_facets(*shares))
    assert sight.wall[0] == 0
    assert found == pytest.approx(shares, abs=1e-7)


@given(EYES, st.floats(-60.0, 60.0), st.floats(-20.0, 20.0), st.integers(1, 12))
@settings(max_examples=20, deadline=None)
def test_a_mesh_is_met_where_trying_every_triangle_says(eye, pan, tilt, facets):
    mesh = five_facets(facets)
    film = film_wall(wall(MeshShape(file="facets.obj")), mesh)
    rays = film_pixels(LENS, np.random.default_rng(facets).uniform((0, 0), (64, 36), (60, 2))).rays
    rays = rays @ axes_from_pan_tilt_roll(pan, tilt, 0.0).T
    sight = look((film,), np.array(eye), rays)
    nearest = np.array([min(distances(np.array(eye), ray, mesh.points), default=np.inf) for ray in rays])
    assert sight.distance == pytest.approx(nearest, rel=1e-9)


def distances(eye, ray, triangles):
    """Möller and Trumbore, one triangle after the other."""
    for a, b, c in triangles:
        side, ahead, offset = b - a, c - a, eye - a
        across = np.cross(ray, ahead)
        determinant = side @ across
        u = offset @ across / determinant
        v = ray @ np.cross(offset, side) / determinant
        distance = ahead @ np.cross(offset, side) / determinant
        if u >= 0 and v >= 0 and u + v <= 1 and distance > 0:
            yield distance


@pytest.mark.parametrize("shape", [PLANE, ARC, MeshShape(file="facets.obj")], ids=lambda shape: type(shape).__name__)
def test_the_back_of_a_wall_is_dark(shape):
    film = film_wall(wall(shape), five_facets())
    behind = np.array([0.0, 9.0, 1.2])
    sight = look((film,), behind, np.array([[0.0, -1.0, 0.0]]))
    assert sight.wall[0] == NO_WALL
    assert np.isfinite(sight.distance[0])


def test_a_mesh_with_y_up_is_where_the_stage_has_it():
    text = "v -1 0 -4\nv 1 0 -4\nv 1 2 -4\nv -1 2 -4\nvt 0 0\nvt 1 0\nvt 1 1\nvt 0 1\nf 1/1 2/2 3/3 4/4"
    film = film_wall(wall(MeshShape(file="m.obj", up="y", scale=2.0)), parse_obj(text, "m.obj"))
    _, found = seen_place(film, (0.0, 0.0, 1.0), np.array([1.0, 8.0, 3.0]))
    assert found == pytest.approx((0.75, 0.25))


def test_a_nearer_wall_hides_the_one_behind_it():
    near = PlaneShape(lower_left_m=(-0.5, 2.0, 0.0), lower_right_m=(0.5, 2.0, 0.0), upper_left_m=(-0.5, 2.0, 3.0))
    walls = (film_wall(wall(PLANE, "far")), film_wall(wall(near, "near")))
    sight = look(walls, np.array([0.0, 0.0, 1.5]), np.array([[0.0, 1.0, 0.0], [0.5, 1.0, 0.0], [0.0, 0.0, 1.0]]))
    assert sight.wall.tolist() == [1, 0, NO_WALL]


@given(st.floats(0.0, 62.99), st.floats(0.0, 30.99))
def test_leds_are_read_bilinearly_between_their_centres(column, row):
    columns, rows = np.meshgrid(np.arange(64.0), np.arange(32.0))
    picture = np.stack([columns, rows, columns * rows + 1.0], axis=2).astype(np.float32)
    reading = read_leds(picture, np.array([column]), np.array([row]))
    assert reading.whole[0]
    assert reading.light[0] == pytest.approx((column, row, column * row + 1.0), abs=1e-3)


def test_beyond_the_outermost_leds_is_the_rim():
    reading = read_leds(np.ones((4, 4, 3), dtype=np.float32), np.array([-0.3, 3.3, 1.0]), np.array([1.0, 1.0, 3.4]))
    assert not reading.whole.any()
    assert reading.light == pytest.approx(np.ones((3, 3)))


def pose(pan=0.0, tilt=0.0, roll=0.0, at=(0.0, 0.0, 1.5)):
    return FilmPose(pupil_m=np.array(at), axes=axes_from_pan_tilt_roll(pan, tilt, roll))


@pytest.mark.parametrize("radius_m", [None, 6.0])
@pytest.mark.parametrize("shape", [PLANE, ARC, MeshShape(file="facets.obj")], ids=lambda shape: type(shape).__name__)
def test_a_wall_painted_with_the_world_shows_it_where_it_is(shape, radius_m):
    """Every LED is painted here, by a form of its own, with what a viewer at the camera's pupil would see behind it."""
    places = {PlaneShape: place_on_plane, ArcShape: place_on_arc}.get(type(shape))
    size = (128, 64)
    at = np.array([0.3, -0.4, 1.3])
    picture = np.zeros((size[1], size[0], 3), dtype=np.float32)
    for row in range(size[1]):
        for column in range(size[0]):
            share = (column + 0.5) / size[0], (row + 0.5) / size[1]
            place = places(shape, *share) if places else place_on_facets(*share)
            picture[row, column] = world_behind(at, place - at, radius_m)
    lens = FilmLens(
        focal_length_mm=24.0, sensor_mm=(36.0, 20.25), resolution_px=(96, 54), radial=(3e-4,), tangential=(1e-4, 2e-4)
    )
    true_pose = pose(8.0, 4.0, 10.0, at)
    pixels = every_pixel(lens)
    rays = pixels.rays @ true_pose.axes.T
    sight = look((film_wall(wall(shape, size=size), five_facets()),), at, rays)
    on_wall = np.flatnonzero(sight.wall == 0)
    reading = read_leds(picture, sight.column[on_wall], sight.row[on_wall])
    whole = on_wall[reading.whole]
    error = registration_px(
        lens, true_pose, reading.light[reading.whole], pixels.positions_px[whole], FilmWorld(radius_m=radius_m)
    )
    assert len(whole) > 1000
    assert np.median(error) < 3e-3
    assert np.quantile(error, 0.99) < 0.05


def world_behind(eye, ray, radius_m):
    ray = ray / np.linalg.norm(ray)
    if radius_m is None:
        return ray
    along = eye @ ray
    point = eye + ray * (math.sqrt(along**2 - eye @ eye + radius_m**2) - along)
    return point / radius_m


@given(st.floats(-1.0, 1.0), st.floats(-1.0, 1.0))
def test_a_world_seen_a_pixel_aside_is_a_pixel_wrong(aside, below):
    positions = np.array([[20.0, 10.0]])
    shown = film_pixels(LENS, positions + np.array([aside, below])).rays
    found = registration_px(LENS, pose(), shown, positions, FilmWorld())
    assert found[0] == pytest.approx(math.hypot(aside, below), abs=1e-9)


def test_an_exposure_is_the_mean_of_its_moments_and_surroundings_are_black():
    films = (film_wall(wall(PLANE)),)
    bright, dark = (np.full((32, 64, 3), value, dtype=np.float32) for value in (1.0, 0.25))
    moments = [Moment(pose=pose(), pictures={"w": picture}) for picture in (bright, dark, dark, bright)]
    film = photograph(LENS, films, moments)
    assert film.shape == (36, 64, 3)
    assert film[18, 32] == pytest.approx((0.625,) * 3)
    assert photograph(LENS, films, [Moment(pose=pose(pan=180.0), pictures={"w": bright})]).max() == 0.0


def test_a_moving_exposure_blurs_along_the_motion():
    columns = np.broadcast_to((np.arange(64) % 8 < 4)[None, :, None], (32, 64, 3)).astype(np.float32)
    films = (film_wall(wall(PLANE)),)
    still = photograph(LENS, films, [Moment(pose=pose(), pictures={"w": columns})])
    moments = [Moment(pose=pose(pan=0.2 * step), pictures={"w": columns}) for step in range(16)]
    assert photograph(LENS, films, moments)[18].std() < 0.8 * still[18].std()


def test_sub_frames_are_spread_evenly_over_the_exposure():
    assert exposure_times_ns(1_000, 800, 4) == (700, 900, 1100, 1300)
    assert exposure_times_ns(1_000, 0, 1) == (1_000,)


@given(st.sampled_from(sorted(FRAMES)), st.integers(16, 2000), st.integers(16, 2000))
def test_frame_lines_enclose_the_largest_frame_of_their_aspect(name, width, height):
    left, top, right, bottom = frame_box(width, height, FRAMES[name])
    assert 0 <= left < right <= width
    assert 0 <= top < bottom <= height
    assert (right - left) == width or (bottom - top) == height
    assert (right - left) / FRAMES[name] == pytest.approx(bottom - top, abs=1.0 + 1.0 / FRAMES[name])


def test_frame_lines_leave_the_picture_between_them_alone():
    grey = np.full((108, 192, 3), 100, dtype=np.uint8)
    drawn = with_frame_lines(grey)
    assert (drawn[54, 96] == 100).all()
    assert (drawn != 100).any()
    alone = with_frame_lines(grey, ("1:1",))
    assert alone[54, 10, 0] < 100


def test_the_film_camera_imports_records_and_arithmetic_only():
    """A list of what is allowed: the import contract lists what is not, and new modules would slip past it."""
    allowed = {
        "numpy",
        "__future__",
        "math",
        "itertools",
        "collections",
        "dataclasses",
        "typing",
        "msgspec",
        "render.film",
    }
    allowed |= {"tracking.records", "calibration.walls", "calibration.lens_records", "calibration.rasters.meshes"}
    folder = Path(render.film.__file__).parent
    for path in folder.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [node.module] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            for name in names:
                heads = {".".join(name.split(".")[:count]) for count in (1, 2, 3)}
                assert heads & allowed, f"{path.name} imports {name}"
