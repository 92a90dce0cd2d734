"""By raster, wide views are drawn in facets: of as many pixels as the walls can show, and of what a ray would show."""

import math

import numpy as np
import pytest

from calibration.rasters.positions import wall_positions, wall_surface
from calibration.walls import ArcShape, PlaneShape, Wall
from render.compose.facets import facets_of, pictures_in_facets
from render.compose.regions import WallTiles
from render.plan.frustum import OVERSAMPLING, CameraView, plan_inner
from render.renderer import Renderer
from render.views.edges import all_sides
from tests.render.sample_plans import ASSET, air_of, frame_plan, smooth_panorama, world_plan
from tracking.records import Pose
from tracking.rotation import quat_from_pan_tilt_roll

AHEAD_M, HALF_M = 3.5, 2.0


def wing(name, side):
    """A wall hinged on the front wall's edge, turned by 40 degrees towards the camera."""
    turn = math.radians(40.0)
    far = (side * (HALF_M + 4.0 * math.cos(turn)), AHEAD_M - 4.0 * math.sin(turn))
    left, right = (far, (-HALF_M, AHEAD_M)) if side < 0 else ((HALF_M, AHEAD_M), far)
    shape = PlaneShape(lower_left_m=(*left, 0.3), lower_right_m=(*right, 0.3), upper_left_m=(*left, 2.55))
    return Wall(name=name, resolution_px=(640, 360), shape=shape)


FRONT = Wall(
    name="front",
    resolution_px=(640, 360),
    shape=PlaneShape(lower_left_m=(-2.0, 3.5, 0.3), lower_right_m=(2.0, 3.5, 0.3), upper_left_m=(-2.0, 3.5, 2.55)),
)
ARC = Wall(name="arc", resolution_px=(1280, 360), shape=ArcShape(radius_m=4.0, sweep_deg=150.0, height_m=2.6))
STAGES = {"three walls": (wing("left", -1), FRONT, wing("right", 1)), "arc": (ARC,)}


def seen_by(walls, focal_length_mm, *, turned=(0.0, 0.0, 0.0), eye=(0.1, 0.2, 1.4)):
    positions = {wall.name: wall_positions(wall) for wall in walls}
    view = CameraView(
        camera="A",
        light_ns=0,
        stage_from_pupil=Pose(position_m=eye, rotation=quat_from_pan_tilt_roll(*turned)),
        focal_length_mm=focal_length_mm,
        sensor_mm=(36.0, 20.25),
        resolution_px=(1920, 1080),
        overscan=all_sides(2.0),
        feather_px=40.0,
    )
    return positions, plan_inner(view, tuple(wall_surface(wall, positions[wall.name]) for wall in walls))


def leds_in(camera, places):
    """LEDs of which the camera shows anything."""
    seen = places - np.array(camera.eye_m)
    depth = seen @ np.array(camera.ahead)
    x, y = (seen @ np.array(axis) / np.maximum(depth, 1e-9) for axis in (camera.right, camera.up))
    view, reach = camera.view, camera.feather
    inside = (x > view.left - reach) & (x < view.right + reach) & (y > view.bottom - reach) & (y < view.top + reach)
    return int((inside & (depth > 0.0)).sum())


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize(
    ("focal_length_mm", "turned"),
    [
        *((focal_length_mm, (0.0, 0.0, 0.0)) for focal_length_mm in (10.0, 18.0, 35.0)),
        *((focal_length_mm, (25.0, 4.0, 0.0)) for focal_length_mm in (10.0, 18.0, 35.0)),
        *((focal_length_mm, (0.0, 0.0, 30.0)) for focal_length_mm in (10.0, 18.0)),
    ],
)
def test_inner_pictures_have_no_more_pixels_than_the_walls_can_show(stage, focal_length_mm, turned):
    walls = STAGES[stage]
    positions, camera = seen_by(walls, focal_length_mm, turned=turned)
    drawn, whole = 0, False
    for wall in walls:
        tiles = WallTiles(positions[wall.name])
        facets = pictures_in_facets(camera, tiles, facets_of(positions[wall.name], tiles), air_of(world_plan()))
        whole |= facets is None and leds_in(camera, positions[wall.name]) > 0
        drawn += sum(math.prod(facet.size_px) for facet in facets or [] if facet is not None)
    drawn += math.prod(camera.size_px) if whole else 0
    shown = sum(leds_in(camera, places) for places in positions.values())
    assert drawn <= 1.3 * OVERSAMPLING**2 * shown


@pytest.mark.gl
@pytest.mark.parametrize("stage", STAGES)
def test_a_wide_view_in_facets_shows_what_rays_show(context, stage):
    walls = STAGES[stage]
    positions, camera = seen_by(walls, 10.0, turned=(10.0, 3.0, 20.0))
    pictures = []
    for draw in ("auto", "raster"):
        renderer = Renderer(context, walls, positions, draw=draw)
        renderer.load_world(ASSET, smooth_panorama())
        lit = []
        for kind, radius_m in (("panorama", 8.0), ("coordinates", 8.0)):
            renderer.draw(frame_plan(walls, (camera,), kind=kind, radius_m=radius_m, face_px=64))
            lit.append([renderer.read_wall_linear(wall.name) for wall in walls])
        pictures.append(lit)
    for wall, light, raster in zip(walls, pictures[0][0], pictures[1][0], strict=True):
        inside = np.abs(light - raster).max(axis=2) < np.inf
        assert inside.all(), wall.name
        assert np.sqrt(np.mean((light - raster) ** 2)) <= 0.003 * light.mean()
    for wall, light, raster in zip(walls, pictures[0][1], pictures[1][1], strict=True):
        seen = positions[wall.name] - np.array(camera.eye_m)
        depth = seen @ np.array(camera.ahead)
        x, y = (seen @ np.array(axis) / depth for axis in (camera.right, camera.up))
        view = camera.view
        inside = (depth > 0) & (x > view.left) & (x < view.right) & (y > view.bottom) & (y < view.top)
        assert np.degrees(np.linalg.norm(light - raster, axis=2)[inside]).max() < 0.001


def test_a_raster_that_is_not_one_surface_has_no_facets():
    scattered = np.random.default_rng(1).normal(size=(40, 64, 3))
    scattered[3, 5] = np.nan
    assert facets_of(scattered, WallTiles(scattered)) == []
    assert facets_of(np.zeros((1, 1, 3)), WallTiles(np.zeros((1, 1, 3)))) == []
