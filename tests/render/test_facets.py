"""By raster, wide views are drawn in facets: of as many pixels as the walls can show, and of what a ray would show."""

import math

import numpy as np
import pytest
from msgspec.structs import replace

from calibration.rasters.positions import wall_positions
from calibration.walls import ArcShape, PlaneShape, Wall
from render.compose.facets import facets_of, pictures_in_facets
from render.compose.regions import WallTiles
from render.plan.frustum import OVERSAMPLING, SMALLEST_PX
from render.renderer import Renderer
from tests.render.facet_pixels import AIR, RasterStage, distinct, lies_inside
from tests.render.sample_plans import ASSET, frame_plan, smooth_panorama

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


def raster_stage(name):
    return RasterStage(STAGES[name], {wall.name: wall_positions(wall) for wall in STAGES[name]})


@pytest.mark.parametrize("stage", STAGES)
def test_inner_pictures_have_no_more_pixels_than_the_walls_can_show(stage):
    stage = raster_stage(stage)
    for focal_length_mm in (10.0, 18.0, 25.0, 35.0, 50.0, 85.0):
        step = 15 if focal_length_mm in (10.0, 35.0, 85.0) else 45
        for turned in [
            (25.0, 4.0, 0.0),
            (-10.0, -3.0, 20.0),
            *((0.0, 0.0, float(roll)) for roll in range(0, 180, step)),
        ]:
            drawn, shown = stage.drawn_and_shown(stage.seen(focal_length_mm, turned=turned))
            most = 1.3 * max(OVERSAMPLING**2 * shown, SMALLEST_PX**2)
            assert drawn <= most, (focal_length_mm, turned)


@pytest.mark.parametrize("view", ["wide", "cut aslant", "at a corner", "from aside"])
def test_every_led_of_a_view_lies_half_a_pixel_inside_its_picture(view):
    focal_length_mm, turned, eye = {
        "wide": (10.0, (0.0, 0.0, 10.0), (0.1, 0.2, 1.4)),
        "cut aslant": (35.0, (0.0, 0.0, 30.0), (0.1, 0.2, 1.4)),
        "at a corner": (35.0, (35.0, 25.0, 50.0), (0.1, 0.2, 1.4)),
        "from aside": (35.0, (-36.8, 12.1, 6.6), (-0.81, -0.13, 1.48)),
    }[view]
    stage = raster_stage("arc")
    camera = stage.seen(focal_length_mm, turned=turned, eye=eye)
    tiles = WallTiles(stage.positions["arc"])
    facets = facets_of(stage.positions["arc"], tiles)
    leaves = [leaf for facet in facets for leaf in facet.leaves]
    pictures = pictures_in_facets(camera, tiles, facets, AIR)
    assert len(leaves) == len(pictures) > len(distinct(pictures)) > 1
    places = stage.positions["arc"]
    for leaf, picture in zip(leaves, pictures, strict=True):
        first, end = (round(0.5 * (float(leaf[0, side]) + 1.0) * places.shape[1]) for side in (0, 2))
        shown = places[:, first:end][lies_inside(camera, places[:, first:end])]
        if picture is None:
            assert len(shown) == 0
        else:
            axes = {"right": picture.right, "up": picture.up, "ahead": picture.ahead}
            half_px = 0.5 * (picture.drawn.right - picture.drawn.left) / picture.size_px[0]
            assert lies_inside(replace(camera, **axes, view=picture.drawn, feather=-half_px), shown).all()


@pytest.mark.gl
@pytest.mark.parametrize(("focal_length_mm", "turned"), [(10.0, (10.0, 3.0, 20.0)), (35.0, (2.0, 1.0, 35.0))])
@pytest.mark.parametrize("stage", STAGES)
def test_a_view_in_facets_shows_what_rays_show(context, stage, focal_length_mm, turned):
    walls, in_facets = STAGES[stage], raster_stage(stage)
    positions, camera = in_facets.positions, in_facets.seen(focal_length_mm, turned=turned)
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


def test_marks_have_a_camera_in_every_facet():
    stage = raster_stage("arc")
    tiles = WallTiles(stage.positions["arc"])
    facets = facets_of(stage.positions["arc"], tiles)
    camera = stage.seen(35.0, turned=(0.0, 0.0, 30.0))
    assert None in pictures_in_facets(camera, tiles, facets, AIR)
    assert None not in pictures_in_facets(replace(camera, outline=True), tiles, facets, AIR)


def test_a_raster_that_is_not_one_surface_has_no_facets():
    scattered = np.random.default_rng(1).normal(size=(40, 64, 3))
    scattered[3, 5] = np.nan
    assert facets_of(scattered, WallTiles(scattered)) == []
    assert facets_of(np.zeros((1, 1, 3)), WallTiles(np.zeros((1, 1, 3)))) == []
