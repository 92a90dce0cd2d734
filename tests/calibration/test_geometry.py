"""Where LEDs are: planes, arcs and meshes."""

import itertools
import math

import msgspec
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from calibration.rasters.meshes import parse_obj
from calibration.rasters.positions import wall_positions, wall_surface
from calibration.walls import ArcShape, MeshShape, PlaneShape, Wall, WallSurface
from tracking.records import ConfigError

metres = st.floats(-20.0, 20.0)
points = st.tuples(metres, metres, metres)
rasters = st.tuples(st.integers(1, 40), st.integers(1, 30))


def wall(shape, resolution_px=(40, 24)):
    return Wall(name="w", resolution_px=resolution_px, shape=shape)


def mesh_wall(text, resolution_px=(40, 24), **shape):
    return wall_positions(wall(MeshShape(file="w.obj", **shape), resolution_px), parse_obj(text, "w.obj"))


def quad(lower_left, lower_right, upper_left):
    a, b, d = (np.array(p) for p in (lower_left, lower_right, upper_left))
    corners = "".join("v {!r} {!r} {!r}\n".format(*map(float, p)) for p in (a, b, b + d - a, d))
    return corners + "vt 0 0\nvt 1 0\nvt 1 1\nvt 0 1\nf 1/1 2/2 3/3 4/4\n"


def arc_strip(shape, strips):
    """An arc as upright quads, written without the code under test."""
    lines = []
    for k in range(strips + 1):
        angle = math.radians((k / strips - 0.5) * shape.sweep_deg - shape.turn_deg)
        x = shape.base_m[0] + shape.radius_m * math.sin(angle)
        y = shape.base_m[1] + shape.radius_m * math.cos(angle)
        for height, v in ((0.0, 0), (shape.height_m, 1)):
            lines += [f"v {x!r} {y!r} {shape.base_m[2] + height!r}", f"vt {k / strips!r} {v}"]
    lines += [
        f"f {2 * k + 1}/{2 * k + 1} {2 * k + 3}/{2 * k + 3} {2 * k + 4}/{2 * k + 4} {2 * k + 2}/{2 * k + 2}"
        for k in range(strips)
    ]
    return "\n".join(lines)


def plane_has_area(lower_left, lower_right, upper_left):
    a, b, d = (np.array(p) for p in (lower_left, lower_right, upper_left))
    return np.linalg.norm(np.cross(b - a, d - a)) > 1e-3


@given(points, points, points, rasters)
def test_plane_rows_run_down_and_columns_right_at_pixel_centres(a, b, d, raster):
    assume(plane_has_area(a, b, d))
    positions = wall_positions(wall(PlaneShape(lower_left_m=a, lower_right_m=b, upper_left_m=d), raster))
    columns, rows = raster
    assert positions.shape == (rows, columns, 3)
    for row, column in ((0, 0), (rows - 1, 0), (0, columns - 1), (rows - 1, columns - 1)):
        right, up = (column + 0.5) / columns, 1.0 - (row + 0.5) / rows
        expected = [a[i] + right * (b[i] - a[i]) + up * (d[i] - a[i]) for i in range(3)]
        assert positions[row, column] == pytest.approx(expected, abs=1e-12)


@settings(max_examples=60)
@given(points, points, points, rasters)
def test_a_plane_given_as_mesh_equals_the_plane(a, b, d, raster):
    assume(plane_has_area(a, b, d))
    plane = wall_positions(wall(PlaneShape(lower_left_m=a, lower_right_m=b, upper_left_m=d), raster))
    assert mesh_wall(quad(a, b, d), raster) == pytest.approx(plane, abs=1e-11)


@given(
    radius=st.floats(0.5, 30.0),
    sweep=st.floats(1.0, 360.0),
    turn=st.floats(-180.0, 180.0),
    base=points,
    raster=rasters,
)
def test_arc_lies_on_its_cylinder_in_equal_steps(radius, sweep, turn, base, raster):
    shape = ArcShape(radius_m=radius, sweep_deg=sweep, height_m=2.0, base_m=base, turn_deg=turn)
    positions = wall_positions(wall(shape, raster))
    columns, rows = raster
    away = positions - np.array(base)
    assert np.hypot(away[..., 0], away[..., 1]) == pytest.approx(np.full((rows, columns), radius), abs=1e-9)
    assert away[:, 0, 2] == pytest.approx([2.0 * (1.0 - (row + 0.5) / rows) for row in range(rows)], abs=1e-9)
    for column in range(columns):
        angle = math.radians(sweep * ((column + 0.5) / columns - 0.5) - turn)
        assert away[0, column, :2] == pytest.approx([radius * math.sin(angle), radius * math.cos(angle)], abs=1e-9)


def test_arc_faces_the_front_wall_and_turns_left_like_pan():
    straight = wall_positions(wall(ArcShape(radius_m=4.0, sweep_deg=90.0, height_m=2.0), (41, 3)))
    assert straight[1, 20] == pytest.approx((0.0, 4.0, 1.0), abs=1e-12)
    assert straight[1, 0, 0] < 0.0 < straight[1, 40, 0]
    turned = wall_positions(wall(ArcShape(radius_m=4.0, sweep_deg=90.0, height_m=2.0, turn_deg=90.0), (41, 3)))
    assert turned[1, 20] == pytest.approx((-4.0, 0.0, 1.0), abs=1e-12)


@pytest.mark.parametrize("turn_deg", [0.0, 37.0])
def test_a_finely_meshed_arc_converges_to_the_arc(turn_deg):
    shape = ArcShape(radius_m=4.0, sweep_deg=120.0, height_m=2.6, base_m=(1.0, -0.5, 0.2), turn_deg=turn_deg)
    exact = wall_positions(wall(shape, (320, 60)))
    errors = [np.abs(mesh_wall(arc_strip(shape, n), (320, 60)) - exact).max() for n in (8, 16, 32, 64)]
    for coarse, fine in itertools.pairwise(errors):
        assert fine < coarse * 0.3
    assert errors[-1] < 4.0 * (1.0 - math.cos(math.radians(120.0 / 128.0))) * 1.01


@given(scale=st.floats(0.001, 100.0))
def test_y_up_and_scale_are_converted_to_stage_axes(scale):
    plane = PlaneShape(lower_left_m=(-2.0, 3.0, 0.5), lower_right_m=(2.0, 3.0, 0.5), upper_left_m=(-2.0, 3.0, 2.5))
    file_corners = [
        tuple(v / scale for v in (x, z, -y))
        for x, y, z in (plane.lower_left_m, plane.lower_right_m, plane.upper_left_m)
    ]
    found = mesh_wall(quad(*file_corners), up="y", scale=scale)
    assert found == pytest.approx(wall_positions(wall(plane)), abs=1e-9)


def test_pixels_outside_every_triangle_have_no_position():
    text = (
        quad((0.0, 2.0, 0.0), (1.0, 2.0, 0.0), (0.0, 2.0, 1.0))
        .replace("vt 1 0", "vt .5 0")
        .replace("vt 1 1", "vt .5 1")
    )
    positions = mesh_wall(text, (40, 24))
    assert np.isfinite(positions[:, :20]).all()
    assert np.isnan(positions[:, 20:]).all()


def test_triangles_that_share_an_edge_leave_neither_gap_nor_overlap():
    """A grid of random heights and shifted corners covers every pixel once, also along shared edges."""
    random = np.random.default_rng(3)
    n = 12
    lines = []
    for row in range(n + 1):
        for column in range(n + 1):
            inner = 0 < row < n and 0 < column < n
            u, v = np.array((column, row)) / n + (random.uniform(-0.02, 0.02, 2) if inner else 0.0)
            lines += [f"v {u:.6f} {random.uniform():.6f} {v:.6f}", f"vt {u:.6f} {v:.6f}"]
    for row in range(n):
        for column in range(n):
            a = row * (n + 1) + column + 1
            b, c, d = a + 1, a + n + 2, a + n + 1
            lines += [f"f {a}/{a} {b}/{b} {c}/{c}", f"f {a}/{a} {c}/{c} {d}/{d}"]
    positions = mesh_wall("\n".join(lines), (240, 120))
    assert np.isfinite(positions).all()
    assert positions[..., 0] == pytest.approx(np.broadcast_to((np.arange(240) + 0.5) / 240, (120, 240)), abs=2e-6)


def test_overlapping_uvs_name_both_lines():
    text = quad((0.0, 2.0, 0.0), (1.0, 2.0, 0.0), (0.0, 2.0, 1.0)) + "f 1/1 2/2 3/3\n"
    with pytest.raises(ConfigError, match=r"w\.obj:10: found UVs that overlap those of line 9 at column \d+, row \d+"):
        mesh_wall(text)


def test_mesh_beside_every_pixel_centre_is_refused():
    text = quad((0.0, 2.0, 0.0), (1.0, 2.0, 0.0), (0.0, 2.0, 1.0))
    for word in ("vt 1 0", "vt 1 1", "vt 0 1"):
        text = text.replace(word, word.replace("1", "0.001"))
    with pytest.raises(ConfigError, match="found no triangle over any of 40 x 24 pixels"):
        mesh_wall(text)


def test_shapes_without_area_are_refused():
    line = PlaneShape(lower_left_m=(0.0, 0.0, 0.0), lower_right_m=(1.0, 0.0, 0.0), upper_left_m=(2.0, 0.0, 0.0))
    with pytest.raises(ConfigError, match=r"walls\.w\.shape: found three corners in one line"):
        wall_positions(wall(line))


def test_raster_too_large_for_memory_is_refused():
    with pytest.raises(ConfigError, match="resolution_px: found 16384 x 16384"):
        wall_positions(wall(ArcShape(radius_m=4.0, sweep_deg=90.0, height_m=2.0), (16384, 16384)))


@given(points, points, points, rasters)
def test_plane_surface_faces_the_viewer_and_survives_encoding(a, b, d, raster):
    assume(plane_has_area(a, b, d))
    plane = wall(PlaneShape(lower_left_m=a, lower_right_m=b, upper_left_m=d), raster)
    surface = wall_surface(plane, wall_positions(plane))
    normal = np.cross(np.subtract(b, a), np.subtract(d, a))
    for found in surface.normals:
        assert found == pytest.approx(normal / np.linalg.norm(normal), abs=1e-9)
    encoded = msgspec.msgpack.encode(surface)
    assert msgspec.msgpack.encode(msgspec.msgpack.decode(encoded, type=WallSurface)) == encoded
    assert len(surface.points_m) == len(surface.normals) <= 45


def test_an_arc_surface_faces_its_axis_and_has_the_right_pitch():
    shape = ArcShape(radius_m=4.0, sweep_deg=120.0, height_m=2.6)
    arc = wall(shape, (1024, 320))
    surface = wall_surface(arc, wall_positions(arc))
    assert surface.pixel_pitch_m == pytest.approx(2.6 / 320, rel=1e-9)
    assert len(surface.points_m) == 45
    for point, normal in zip(surface.points_m, surface.normals, strict=True):
        assert normal == pytest.approx((-point[0] / 4.0, -point[1] / 4.0, 0.0), abs=1e-12)


def test_mesh_surface_agrees_with_the_arc_it_is_made_of():
    shape = ArcShape(radius_m=4.0, sweep_deg=120.0, height_m=2.6)
    meshed = wall(MeshShape(file="w.obj"), (320, 60))
    found = wall_surface(meshed, mesh_wall(arc_strip(shape, 320), (320, 60)))
    exact = wall_surface(wall(shape, (320, 60)), wall_positions(wall(shape, (320, 60))))
    assert np.array(found.points_m) == pytest.approx(np.array(exact.points_m), abs=1e-3)
    assert np.array(found.normals) == pytest.approx(np.array(exact.normals), abs=1e-2)


def test_mesh_surface_samples_only_pixels_with_leds():
    text = (
        quad((0.0, 2.0, 0.0), (1.0, 2.0, 0.0), (0.0, 2.0, 1.0))
        .replace("vt 1 0", "vt .5 0")
        .replace("vt 1 1", "vt .5 1")
    )
    surface = wall_surface(wall(MeshShape(file="w.obj")), mesh_wall(text))
    assert np.isfinite(np.array(surface.points_m)).all()
    assert np.array(surface.normals) == pytest.approx(np.tile([0.0, -1.0, 0.0], (len(surface.normals), 1)))
