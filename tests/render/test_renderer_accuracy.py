"""What the walls show against double-precision projections written here, independently of the renderer's code."""

import math

import numpy as np
import pytest
from sample_plans import (
    ASSET,
    OUTER_EYE,
    arc_positions,
    arc_wall,
    frame_plan,
    inner,
    plane_positions,
    plane_wall,
    smooth_panorama,
)

from calibration.rasters.positions import wall_surface
from render.plan.frustum import CameraView, plan_inner
from render.renderer import Renderer
from render.views.edges import all_sides
from tracking.records import Pose
from tracking.rotation import quat_from_pan_tilt_roll

pytestmark = pytest.mark.gl


def sampled(panorama, direction):
    """Bilinear look-up in an equirectangular picture: the centre is +Y, right of it +X, the top row +Z."""
    rows, columns = panorama.shape[:2]
    x, y, z = np.moveaxis(direction / np.linalg.norm(direction, axis=-1, keepdims=True), -1, 0)
    column = (0.5 + np.arctan2(x, y) / (2.0 * math.pi)) * columns - 0.5
    row = np.clip((0.5 - np.arcsin(np.clip(z, -1.0, 1.0)) / math.pi) * rows - 0.5, 0.0, rows - 1.0)
    left, upper = np.floor(column).astype(int), np.minimum(np.floor(row).astype(int), rows - 2)
    across, down = (column - left)[..., None], (row - upper)[..., None]
    picture = panorama.astype(np.float64)
    top = picture[upper, left % columns] * (1 - across) + picture[upper, (left + 1) % columns] * across
    bottom = picture[upper + 1, left % columns] * (1 - across) + picture[upper + 1, (left + 1) % columns] * across
    return top * (1 - down) + bottom * down


def met_on_sphere(eye, direction, radius):
    """Where rays from inside the sphere around the origin leave it; at radius 0 just the direction."""
    unit = direction / np.linalg.norm(direction, axis=-1, keepdims=True)
    if radius == 0.0:
        return unit
    along = unit @ eye
    distance = -along + np.sqrt(along**2 - eye @ eye + radius**2)
    return (eye + unit * distance[..., None]) / radius


def inside(camera, positions):
    """LEDs whole inside the camera's view."""
    seen = positions - np.array(camera.eye_m)
    depth = seen @ np.array(camera.ahead)
    x, y = seen @ np.array(camera.right) / depth, seen @ np.array(camera.up) / depth
    view = camera.view
    return (depth > 0) & (x > view.left) & (x < view.right) & (y > view.bottom) & (y < view.top)


CASES = [
    pytest.param(plane_wall(), plane_positions, inner(), id="plane"),
    pytest.param(arc_wall(), arc_positions, inner(pan=0.4, tilt=0.1), id="arc"),
    pytest.param(arc_wall(), arc_positions, inner(eye=(-1.0, 1.2, 0.8), pan=-0.6, half=(0.5, 0.3)), id="arc, near"),
]


@pytest.fixture(params=["auto", "raster"])
def new_renderer(request, context):
    def make(wall, positions):
        return Renderer(context, (wall,), {wall.name: positions}, draw=request.param)

    return make


@pytest.mark.parametrize("radius", [0.0, 12.0])
@pytest.mark.parametrize(("wall", "make_positions", "camera"), CASES)
def test_inner_region_equals_a_double_precision_projection(new_renderer, wall, make_positions, camera, radius):
    positions, panorama = make_positions(wall), smooth_panorama()
    renderer = new_renderer(wall, positions)
    renderer.load_world(ASSET, panorama)
    renderer.draw(frame_plan((wall,), (camera,), radius_m=radius))
    eye = np.array(camera.eye_m)
    expected = sampled(panorama, met_on_sphere(eye, positions - eye, radius))
    mask = inside(camera, positions)
    assert mask.sum() > 1000
    error = (renderer.read_wall_linear(wall.name) - expected)[mask]
    assert np.sqrt(np.mean(error**2)) <= 0.002 * expected[mask].mean()


@pytest.mark.parametrize("radius", [0.0, 8.0])
@pytest.mark.parametrize(("wall", "make_positions", "camera"), CASES)
def test_coordinates_are_where_light_comes_from(new_renderer, wall, make_positions, camera, radius):
    positions = make_positions(wall)
    renderer = new_renderer(wall, positions)
    renderer.draw(frame_plan((wall,), (camera,), kind="coordinates", radius_m=radius, face_px=512))
    light = renderer.read_wall_linear(wall.name)
    within = inside(camera, positions)
    for eye, mask in ((np.array(camera.eye_m), within), (np.array(OUTER_EYE), feathered_out(camera, positions))):
        expected = met_on_sphere(eye, positions - eye, radius)
        error = np.degrees(np.linalg.norm(light - expected, axis=2))[mask]
        assert mask.sum() > 1000
        assert np.median(error) <= 0.002
        assert error.max() <= 0.01


@pytest.mark.parametrize("feather_px", [0.0, 40.0])
@pytest.mark.parametrize("focal_length_mm", [12.0, 35.0])
@pytest.mark.parametrize("size_px", [(32, 16), (96, 48)])
def test_coordinates_are_exact_for_the_coarsest_leds_too_up_to_the_views_edge(
    new_renderer, size_px, focal_length_mm, feather_px
):
    wall = plane_wall(size=size_px)
    positions = plane_positions(wall)
    pose = Pose(position_m=(0.4, -0.7, 1.2), rotation=quat_from_pan_tilt_roll(12.0, 5.0, 3.0))
    seen = CameraView(
        camera="A",
        light_ns=0,
        stage_from_pupil=pose,
        focal_length_mm=focal_length_mm,
        sensor_mm=(36.0, 20.25),
        resolution_px=(1920, 1080),
        overscan=all_sides(0.0),
        feather_px=feather_px,
    )
    camera = plan_inner(seen, (wall_surface(wall, positions),))
    renderer = new_renderer(wall, positions)
    renderer.draw(frame_plan((wall,), (camera,), kind="coordinates"))
    direction = positions - np.array(camera.eye_m)
    expected = direction / np.linalg.norm(direction, axis=2, keepdims=True)
    error = np.degrees(np.linalg.norm(renderer.read_wall_linear(wall.name) - expected, axis=2))
    assert error[inside(camera, positions)].max() <= 0.002


def feathered_out(camera, positions):
    """LEDs beyond the feather, which show the outer picture."""
    view, reach = camera.view, camera.feather * 1.01
    seen = positions - np.array(camera.eye_m)
    depth = seen @ np.array(camera.ahead)
    x, y = seen @ np.array(camera.right) / depth, seen @ np.array(camera.up) / depth
    beyond = np.maximum.reduce([view.left - x, x - view.right, view.bottom - y, y - view.top])
    return (depth < 0) | (beyond > reach)


def test_inner_picture_has_its_top_in_row_zero(context):
    wall, camera = plane_wall(), inner(eye=(0.0, 0.0, 1.5))
    renderer = Renderer(context, (wall,), {wall.name: plane_positions(wall)})
    renderer.draw(frame_plan((wall,), (camera,), kind="coordinates"))
    picture = renderer.read_inner(0)
    assert picture.shape == (180, 320, 3)
    assert picture[0, 160, 2] > picture[-1, 160, 2]
    assert picture[90, 0, 0] < picture[90, -1, 0]


def rays(camera):
    """Directions through the pixel centres of a camera's inner picture."""
    columns, rows = camera.size_px
    x = camera.drawn.left + (camera.drawn.right - camera.drawn.left) * (np.arange(columns) + 0.5) / columns
    y = camera.drawn.top - (camera.drawn.top - camera.drawn.bottom) * (np.arange(rows) + 0.5) / rows
    right, ahead, up = (np.array(axis) for axis in (camera.right, camera.ahead, camera.up))
    return ahead + x[None, :, None] * right + y[:, None, None] * up


@pytest.mark.parametrize(
    "camera",
    [
        pytest.param(inner(pan=math.pi, half=(0.8, 0.5)), id="wrap column"),
        pytest.param(inner(tilt=math.pi / 2, half=(0.8, 0.5)), id="zenith"),
        pytest.param(inner(tilt=-math.pi / 2, pan=1.0, half=(0.8, 0.5)), id="nadir"),
    ],
)
def test_wrap_column_and_poles_show_no_seam(context, camera):
    wall, panorama = plane_wall(), smooth_panorama()
    renderer = Renderer(context, (wall,), {wall.name: plane_positions(wall)})
    renderer.load_world(ASSET, panorama)
    renderer.draw(frame_plan((wall,), (camera,)))
    assert np.abs(renderer.read_inner(0) - sampled(panorama, rays(camera))).max() < 0.004


def test_minified_fine_detail_becomes_its_mean(context):
    """A chequer much finer than the picture's pixels neither shimmers nor tints: it is filtered to its mean."""
    rows, columns = 1024, 2048
    chequer = ((np.indices((rows, columns)).sum(axis=0) % 2) * 2.0).astype(np.float32)
    wall = plane_wall()
    renderer = Renderer(context, (wall,), {wall.name: plane_positions(wall)})
    renderer.load_world(ASSET, np.repeat(chequer[:, :, None], 3, axis=2))
    renderer.draw(frame_plan((wall,), (inner(half=(1.0, 0.6), size=(96, 54)),)))
    assert np.abs(renderer.read_inner(0) - 1.0).max() < 0.02


def test_magnified_detail_is_not_blurred(context):
    """At fewer texels than pixels the panorama's own texels are read, not a smaller mipmap."""
    panorama = np.zeros((64, 128, 3), np.float32)
    panorama[:, ::2] = 1.0
    wall = plane_wall()
    renderer = Renderer(context, (wall,), {wall.name: plane_positions(wall)})
    renderer.load_world(ASSET, panorama)
    renderer.draw(frame_plan((wall,), (inner(size=(640, 360)),)))
    picture = renderer.read_inner(0)
    assert picture.min() < 0.02
    assert picture.max() > 0.98


def test_coarse_leds_show_the_mean_of_what_they_cover(context):
    """Few LEDs in a fine inner picture of fine detail: averaged on the way to the wall, it does not shimmer."""
    chequer = ((np.indices((512, 1024)).sum(axis=0) % 2) * 2.0).astype(np.float32)
    wall = plane_wall(size=(40, 22))
    renderer = Renderer(context, (wall,), {wall.name: plane_positions(wall)})
    renderer.load_world(ASSET, np.repeat(chequer[:, :, None], 3, axis=2))
    camera = inner(half=(0.5, 0.3), size=(800, 450))
    renderer.draw(frame_plan((wall,), (camera,)))
    assert renderer.read_inner(0).std() > 0.3
    shown = renderer.read_wall_linear(wall.name)[inside(camera, plane_positions(wall))]
    assert np.abs(shown - 1.0).max() < 0.25


def test_an_led_without_neighbours_is_lit(context):
    wall = plane_wall(size=(1, 1))
    renderer = Renderer(context, (wall,), {wall.name: np.array([[[0.0, 3.0, 1.5]]])})
    renderer.draw(frame_plan((wall,), (inner(),), kind="coordinates"))
    expected = np.array([-0.2, 3.5, 0.1])
    assert np.allclose(renderer.read_wall_linear(wall.name)[0, 0], expected / np.linalg.norm(expected), atol=1e-4)
