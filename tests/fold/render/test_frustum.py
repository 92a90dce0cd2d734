import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration.rasters.positions import wall_positions, wall_surface
from calibration.walls import ArcShape, PlaneShape, Wall
from render.plan.frustum import CameraView, camera_axes, check_wall, lens_tangents, plan_inner
from render.views.edges import all_sides, widen
from tracking.records import Pose, ViewError
from tracking.rotation import quat_from_pan_tilt_roll

FLAT = PlaneShape(lower_left_m=(-3.0, 4.0, 0.0), lower_right_m=(3.0, 4.0, 0.0), upper_left_m=(-3.0, 4.0, 2.5))
ARC = ArcShape(radius_m=4.0, sweep_deg=120.0, height_m=2.6)


def surface_of(shape, name):
    wall = Wall(name=name, resolution_px=(1200, 500), shape=shape)
    return wall_surface(wall, wall_positions(wall))


WALL = surface_of(FLAT, "front")
BENT = surface_of(ARC, "bent")
angles = st.floats(-179.0, 179.0)


def view_at(position=(0.0, 0.0, 1.5), rotation_deg=(0.0, 0.0, 0.0), **changes):
    options = {
        "camera": "A",
        "light_ns": 0,
        "stage_from_pupil": Pose(position_m=position, rotation=quat_from_pan_tilt_roll(*rotation_deg)),
        "focal_length_mm": 35.0,
        "sensor_mm": (36.0, 20.25),
        "resolution_px": (1920, 1080),
        "overscan": all_sides(2.0),
        "feather_px": 40.0,
    }
    return CameraView(**(options | changes))


def test_a_camera_at_rest_looks_along_the_front_wall_axis():
    right, ahead, up = camera_axes(quat_from_pan_tilt_roll(0.0, 0.0, 0.0))
    assert (right, ahead, up) == ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))


@given(st.floats(1.0, 89.0))
def test_pan_turns_left_tilt_turns_up_and_roll_turns_clockwise(angle):
    assert camera_axes(quat_from_pan_tilt_roll(angle, 0.0, 0.0))[1][0] < 0.0
    assert camera_axes(quat_from_pan_tilt_roll(0.0, angle, 0.0))[1][2] > 0.0
    assert camera_axes(quat_from_pan_tilt_roll(0.0, 0.0, angle))[2][0] > 0.0


@given(angles, st.floats(-89.0, 89.0), angles)
def test_the_camera_axes_are_a_right_handed_frame(pan, tilt, roll):
    right, ahead, up = camera_axes(quat_from_pan_tilt_roll(pan, tilt, roll))
    cross = (
        right[1] * ahead[2] - right[2] * ahead[1],
        right[2] * ahead[0] - right[0] * ahead[2],
        right[0] * ahead[1] - right[1] * ahead[0],
    )
    assert cross == pytest.approx(up, abs=1e-12)


@given(st.floats(8.0, 300.0), st.floats(0.0, 20.0))
def test_overscan_turns_every_edge_outwards_by_its_angle(focal_length_mm, overscan_deg):
    frame = lens_tangents(focal_length_mm, (36.0, 20.25))
    grown = widen(frame, all_sides(overscan_deg))
    for name in ("left", "right", "bottom", "top"):
        turned = math.degrees(abs(math.atan(getattr(grown, name)) - math.atan(getattr(frame, name))))
        assert turned == pytest.approx(min(overscan_deg, 80.0 - abs(math.degrees(math.atan(getattr(frame, name))))))


def test_the_drawn_picture_encloses_view_and_feather():
    inner = plan_inner(view_at(), (WALL,))
    assert inner.drawn.right > inner.view.right + inner.feather > inner.view.right > inner.frame.right


def test_the_inner_picture_is_at_least_as_dense_as_the_wall():
    inner = plan_inner(view_at(), (WALL,))
    leds_across = (inner.drawn.right - inner.drawn.left) * 4.0 / WALL.pixel_pitch_m
    assert inner.size_px[0] >= leds_across


def test_a_fixed_inner_size_is_kept():
    assert plan_inner(view_at(inner_px=(960, 540)), (WALL,)).size_px == (960, 540)


@pytest.mark.parametrize("focal_length_mm", [0.0, -35.0, 1e9, math.nan])
def test_an_absurd_focal_length_has_no_view(focal_length_mm):
    with pytest.raises(ViewError, match="focal_length_absurd"):
        plan_inner(view_at(focal_length_mm=focal_length_mm), (WALL,))


def test_a_pose_that_is_not_finite_has_no_view():
    with pytest.raises(ViewError, match="pose_not_finite"):
        plan_inner(view_at(position=(0.0, math.nan, 0.0)), (WALL,))


@pytest.mark.parametrize("position", [(1e7, 0.0, 1.5), (0.0, 0.0, -2e6)])
def test_a_pose_that_is_not_on_a_stage_has_no_view(position):
    with pytest.raises(ViewError, match="pose_beyond_stage"):
        plan_inner(view_at(position=position), (WALL,))


@pytest.mark.parametrize("size_px", [None, (64, 36), (960, 540)])
def test_the_picture_reaches_a_pixel_beyond_what_is_read_of_it(size_px):
    inner = plan_inner(view_at(inner_px=size_px), (WALL,))
    drawn, view = inner.drawn, inner.view
    pixel = (drawn.right - drawn.left) / (inner.size_px[0] + 2.0)
    assert drawn.right - (view.right + inner.feather) >= pixel * (1.0 - 1e-9)
    assert (view.left - inner.feather) - drawn.left >= pixel * (1.0 - 1e-9)


def test_a_camera_in_front_of_the_wall_is_possible():
    check_wall(plan_inner(view_at(), (WALL,)), WALL)


def test_a_camera_behind_the_wall_is_impossible():
    behind = plan_inner(view_at(position=(0.0, 6.0, 1.5), rotation_deg=(180.0, 0.0, 0.0)), (WALL,))
    with pytest.raises(ViewError, match="behind_wall"):
        check_wall(behind, WALL)


@pytest.mark.parametrize("pan_deg", [0.0, 90.0, 180.0])
@given(st.floats(-2.9, 2.9), st.floats(0.1, 2.4), st.floats(-0.019, 0.019))
def test_a_camera_on_a_wall_is_impossible_wherever_it_stands_and_looks(pan_deg, x, z, off):
    touching = plan_inner(view_at(position=(x, 4.0 + off, z), rotation_deg=(pan_deg, 0.0, 0.0)), (WALL,))
    with pytest.raises(ViewError, match="on_wall"):
        check_wall(touching, WALL)


@given(st.floats(-58.0, 58.0), st.floats(0.1, 2.5), st.floats(-0.016, 0.016), st.floats(-180.0, 180.0))
def test_a_camera_on_a_bent_wall_is_impossible_too(angle_deg, z, off, pan_deg):
    angle = math.radians(angle_deg)
    position = ((4.0 + off) * math.sin(angle), (4.0 + off) * math.cos(angle), z)
    with pytest.raises(ViewError, match="on_wall"):
        check_wall(plan_inner(view_at(position=position, rotation_deg=(pan_deg, 0.0, 0.0)), (BENT,)), BENT)


@pytest.mark.parametrize("position", [(0.3, 3.97, 1.2), (3.03, 4.0, 1.2), (0.0, 4.0, 2.53)])
def test_a_camera_a_hand_from_the_wall_or_beside_it_does_not_stand_on_it(position):
    check_wall(plan_inner(view_at(position=position, rotation_deg=(0.0, 0.0, 0.0)), (WALL,)), WALL)


def test_a_camera_that_looks_away_from_the_wall_is_possible():
    check_wall(plan_inner(view_at(rotation_deg=(180.0, 0.0, 0.0)), (WALL,)), WALL)
