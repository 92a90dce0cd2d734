import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracking.records import Pose
from tracking.rotation import (
    IDENTITY,
    IDENTITY_POSE,
    compose,
    invert,
    pan_tilt_roll_from_quat,
    quat_conjugate,
    quat_from_pan_tilt_roll,
    quat_from_rotation_vector,
    quat_multiply,
    quat_normalise,
    quat_rotate,
    rotation_vector_from_quat,
    slerp,
)

angles = st.floats(-179.9, 179.9)
tilts = st.floats(-89.0, 89.0)
rotations = st.builds(quat_from_pan_tilt_roll, angles, tilts, angles)
vectors = st.tuples(st.floats(-50.0, 50.0), st.floats(-50.0, 50.0), st.floats(-50.0, 50.0))
poses = st.builds(lambda position, rotation: Pose(position_m=position, rotation=rotation), vectors, rotations)


def same_rotation(a, b, tolerance=1e-9):
    turn = rotation_vector_from_quat(quat_multiply(quat_conjugate(a), b))
    return math.hypot(*turn) < tolerance


@given(angles, tilts, angles)
def test_pan_tilt_roll_come_back(pan_deg, tilt_deg, roll_deg):
    found = pan_tilt_roll_from_quat(quat_from_pan_tilt_roll(pan_deg, tilt_deg, roll_deg))
    assert found == pytest.approx((pan_deg, tilt_deg, roll_deg), abs=1e-6)


@given(rotations)
def test_angles_describe_the_same_rotation(rotation):
    assert same_rotation(quat_from_pan_tilt_roll(*pan_tilt_roll_from_quat(rotation)), rotation, 1e-7)


@pytest.mark.parametrize("tilt_deg", [90.0, -90.0])
@given(pan_deg=angles)
def test_straight_up_and_down_have_no_roll_and_keep_the_rotation(tilt_deg, pan_deg):
    rotation = quat_from_pan_tilt_roll(pan_deg, tilt_deg, 0.0)
    pan, tilt, roll = pan_tilt_roll_from_quat(rotation)
    assert (tilt, roll) == (pytest.approx(tilt_deg, abs=1e-5), 0.0)
    assert same_rotation(quat_from_pan_tilt_roll(pan, tilt, roll), rotation, 1e-6)


def test_pan_turns_left_tilt_up_and_roll_clockwise_from_behind():
    ahead, right = (0.0, 1.0, 0.0), (1.0, 0.0, 0.0)
    assert quat_rotate(quat_from_pan_tilt_roll(90.0, 0.0, 0.0), ahead) == pytest.approx((-1.0, 0.0, 0.0))
    assert quat_rotate(quat_from_pan_tilt_roll(0.0, 90.0, 0.0), ahead) == pytest.approx((0.0, 0.0, 1.0))
    assert quat_rotate(quat_from_pan_tilt_roll(0.0, 0.0, 90.0), right) == pytest.approx((0.0, 0.0, -1.0))


@given(angles, tilts, angles, vectors)
def test_turns_are_made_in_the_order_pan_tilt_roll_about_the_turned_axes(pan_deg, tilt_deg, roll_deg, v):
    pan = quat_from_pan_tilt_roll(pan_deg, 0.0, 0.0)
    tilt = quat_from_pan_tilt_roll(0.0, tilt_deg, 0.0)
    roll = quat_from_pan_tilt_roll(0.0, 0.0, roll_deg)
    one_by_one = quat_rotate(pan, quat_rotate(tilt, quat_rotate(roll, v)))
    at_once = quat_rotate(quat_from_pan_tilt_roll(pan_deg, tilt_deg, roll_deg), v)
    assert at_once == pytest.approx(one_by_one, abs=1e-9)


@given(rotations, vectors)
def test_turning_keeps_length(rotation, v):
    assert math.hypot(*quat_rotate(rotation, v)) == pytest.approx(math.hypot(*v), abs=1e-9)


@given(rotations, rotations, vectors)
def test_a_product_turns_by_the_right_factor_first(a, b, v):
    assert quat_rotate(quat_multiply(a, b), v) == pytest.approx(quat_rotate(a, quat_rotate(b, v)), abs=1e-9)


@given(st.tuples(st.floats(-1.8, 1.8), st.floats(-1.8, 1.8), st.floats(-1.8, 1.8)))
def test_rotation_vectors_come_back(v):
    assert rotation_vector_from_quat(quat_from_rotation_vector(v)) == pytest.approx(v, abs=1e-8)


@given(rotations, rotations)
def test_slerp_starts_ends_and_moves_evenly(a, b):
    whole = math.hypot(*rotation_vector_from_quat(quat_multiply(quat_conjugate(a), b)))
    quarter = math.hypot(*rotation_vector_from_quat(quat_multiply(quat_conjugate(a), slerp(a, b, 0.25))))
    assert same_rotation(slerp(a, b, 0.0), a)
    assert same_rotation(slerp(a, b, 1.0), b, 1e-7)
    assert quarter == pytest.approx(0.25 * whole, abs=1e-7)


@given(rotations, rotations)
def test_slerp_ignores_the_sign_of_a_quaternion(a, b):
    assert same_rotation(slerp(a, b, 0.3), slerp(a, tuple(-value for value in b), 0.3), 1e-6)


@given(poses, poses, poses)
def test_composition_is_associative(a, b, c):
    left, right = compose(compose(a, b), c), compose(a, compose(b, c))
    assert left.position_m == pytest.approx(right.position_m, abs=1e-9)
    assert same_rotation(left.rotation, right.rotation)


@given(poses)
def test_a_pose_and_its_inverse_cancel(pose):
    for product in (compose(pose, invert(pose)), compose(invert(pose), pose)):
        assert product.position_m == pytest.approx(IDENTITY_POSE.position_m, abs=1e-9)
        assert same_rotation(product.rotation, IDENTITY)


def test_a_quaternion_without_direction_is_refused():
    with pytest.raises(ValueError, match="direction"):
        quat_normalise((0.0, 0.0, 1e-12, 0.0))
    with pytest.raises(ValueError, match="direction"):
        quat_normalise((math.nan, 0.0, 0.0, 1.0))
