"""Key patches, their markers and outlines lie where the camera's frame and view are."""

import math

import numpy as np
import pytest
from sample_plans import ASSET, flat_panorama, frame_plan, inner, plane_positions, plane_wall
from tool_plans import CROSS, GREEN, keyed, outlined

from render.renderer import Renderer

pytestmark = pytest.mark.gl
WALL = plane_wall(size=(400, 225))
POSITIONS = plane_positions(WALL)
GREY = 0.5


@pytest.fixture(scope="module")
def stage(session_context):
    with session_context:
        renderer = Renderer(session_context, (WALL,), {WALL.name: POSITIONS})
        renderer.load_world(ASSET, flat_panorama((GREY, GREY, GREY)))
        yield renderer


def light_of(stage, *cameras, **changes):
    stage.draw(frame_plan((WALL,), cameras, **changes))
    return stage.read_wall_linear(WALL.name)


def tangents(camera):
    seen = POSITIONS - np.array(camera.eye_m)
    depth = seen @ np.array(camera.ahead)
    return seen @ np.array(camera.right) / depth, seen @ np.array(camera.up) / depth


def beyond(camera, edges):
    """Tangents from an LED to a rectangle, negative inside."""
    x, y = tangents(camera)
    return np.maximum(np.maximum(edges.left - x, x - edges.right), np.maximum(edges.bottom - y, y - edges.top))


def is_colour(light, colour):
    return np.isclose(light, colour, atol=2e-3).all(axis=2)


@pytest.mark.parametrize("pan", [-0.2, 0.0, 0.3])
def test_the_key_fills_the_view_and_nothing_beyond_its_feather(stage, context, pan):
    camera = inner(pan=pan, feather=0.04)
    light = light_of(stage, keyed(camera))
    assert is_colour(light, GREEN)[beyond(camera, camera.view) < 0.0].all()
    outside = beyond(camera, camera.view) > 0.041
    assert is_colour(light, (GREY, GREY, GREY))[outside].all()
    assert outside.sum() > 1000


def test_the_key_may_fill_the_frame_alone(stage, context):
    camera = inner(half=(0.4, 0.25))
    light = light_of(stage, keyed(camera, "frame"))
    assert is_colour(light, GREEN)[beyond(camera, camera.frame) < -1e-4].all()
    ring = (beyond(camera, camera.frame) > 1e-4) & (beyond(camera, camera.view) < 0.0)
    assert ring.sum() > 100
    assert is_colour(light, (GREY, GREY, GREY))[ring].all()


def test_stage_markers_stay_on_their_leds_while_the_camera_moves(stage, context):
    cameras = [inner(eye=(0.1 * step, -0.5 + 0.1 * step, 1.4), pan=0.1 * step, half=(0.6, 0.3)) for step in range(3)]
    crosses = [is_colour(light_of(stage, keyed(camera, markers="stage")), CROSS) for camera in cameras]
    views = [beyond(camera, camera.view) < 0.0 for camera in cameras]
    shared = views[0] & views[1] & views[2]
    assert crosses[0][shared].sum() > 100
    assert (crosses[0][shared] == crosses[1][shared]).all()
    assert (crosses[1][shared] == crosses[2][shared]).all()


def test_stage_markers_are_at_even_angles(stage, context):
    """Their middles are where elevation and, on the horizon, azimuth from the fixed eye are whole spacings."""
    light = light_of(stage, keyed(inner(eye=(0.0, -1.0, 1.5), half=(0.6, 0.4)), markers="stage"))
    seen = POSITIONS - np.array((0.0, 0.0, 1.5))
    spacing = 2.0 * math.pi / round(2.0 * math.pi / 0.14)
    for number in range(-2, 3):
        for offset, crossed in ((0.0, True), (0.3, False)):
            turn = (number + offset) * spacing
            aim = np.array([math.sin(turn), math.cos(turn), 0.0])
            nearest = np.argmax((seen @ aim) / np.linalg.norm(seen, axis=2))
            assert (light[:, :, 0].ravel()[nearest] > 0.5 * (GREEN[0] + CROSS[0])) == crossed


def test_frame_markers_stand_still_in_the_film_frame(stage, context):
    for camera in (inner(half=(0.5, 0.3)), inner(eye=(0.4, 0.3, 1.2), pan=0.2, half=(0.5, 0.3))):
        light = light_of(stage, keyed(camera, markers="frame"))
        x, y = tangents(camera)
        for mark in ((0.0, 0.0), (0.14, 0.0), (-0.14, 0.14)):
            nearest = np.argmin(np.hypot(x - mark[0], y - mark[1]))
            assert is_colour(light, CROSS).ravel()[nearest]
        away = np.hypot(x - 0.07, y - 0.07) < 0.03
        assert is_colour(light, GREEN)[away].all()


def test_the_outline_follows_frame_and_view_about_two_leds_wide(stage, context):
    camera = inner(eye=(0.0, -0.5, 1.4), half=(0.4, 0.22), feather=0.0)
    plain, lined = light_of(stage, camera), light_of(stage, outlined(camera))
    changed = (plain != lined).any(axis=2)
    led = 0.01 / 3.5
    near = np.minimum(abs(beyond(camera, camera.frame)), abs(beyond(camera, camera.view)))
    assert not changed[near > 1.5 * led].any()
    row = changed[112]
    runs = np.flatnonzero(np.diff(row.astype(int)))
    assert len(runs) == 8  # two lines on either side
    assert all(1 <= right - left <= 3 for left, right in runs.reshape(-1, 2))


def test_marks_of_a_camera_below_do_not_cross_the_camera_above(stage, context):
    above, below = inner(half=(0.3, 0.2), name="A"), inner(half=(0.25, 0.15), name="B")
    light = light_of(stage, above, outlined(keyed(below)))
    inside = beyond(above, above.view) < 0.0
    assert is_colour(light, (GREY, GREY, GREY))[inside].all()


@pytest.mark.parametrize("kind", ["panorama", "coordinates"])
def test_marks_that_are_off_change_no_byte(stage, context, kind):
    camera = inner()
    before = light_of(stage, camera, kind=kind)
    light_of(stage, outlined(keyed(camera)), kind=kind)
    assert (light_of(stage, camera, kind=kind) == before).all()


def test_a_key_over_coordinates_shows_its_own_colour(stage, context):
    camera = inner()
    light = light_of(stage, keyed(camera), kind="coordinates")
    inside = beyond(camera, camera.view) < 0.0
    assert is_colour(light, GREEN)[inside].all()
    assert not is_colour(light, GREEN)[beyond(camera, camera.view) > camera.feather * 1.1].any()
