"""Rotations as plain floats: quaternions (x, y, z, w) and the stage's pan, tilt, roll.

Pan, tilt, roll are intrinsic Z-X-Y in degrees: pan + turns left, tilt + up, roll + clockwise seen from behind.
At zero a camera looks along +Y with +Z up (SMPTE OpenTrackIO 1.0.1, coordinate system).
"""

from __future__ import annotations

import math

from tracking.records import Placement, Pose, Quat, Vec3

IDENTITY: Quat = (0.0, 0.0, 0.0, 1.0)
IDENTITY_POSE = Pose(position_m=(0.0, 0.0, 0.0), rotation=IDENTITY)
_HALF_DEG = math.pi / 360.0


def quat_from_pan_tilt_roll(pan_deg: float, tilt_deg: float, roll_deg: float) -> Quat:
    """Quaternion of the intrinsic Z-X-Y turn by pan, tilt, roll (degrees)."""
    half_pan, half_tilt, half_roll = pan_deg * _HALF_DEG, tilt_deg * _HALF_DEG, roll_deg * _HALF_DEG
    cp, sp = math.cos(half_pan), math.sin(half_pan)
    ct, st = math.cos(half_tilt), math.sin(half_tilt)
    cr, sr = math.cos(half_roll), math.sin(half_roll)
    return (
        cp * st * cr - sp * ct * sr,
        cp * ct * sr + sp * st * cr,
        sp * ct * cr + cp * st * sr,
        cp * ct * cr - sp * st * sr,
    )


def pose_of(placement: Placement) -> Pose:
    """The pose that a placement writes down."""
    return Pose(position_m=placement.position_m, rotation=quat_from_pan_tilt_roll(*placement.rotation_deg))


def pan_tilt_roll_from_quat(q: Quat) -> Vec3:
    """Pan, tilt, roll in degrees of a unit quaternion. At the poles (tilt +-90) roll is given as 0."""
    x, y, z, w = q
    sin_tilt = max(-1.0, min(1.0, 2.0 * (y * z + w * x)))
    tilt = math.degrees(math.asin(sin_tilt))
    if abs(sin_tilt) > 1.0 - 1e-12:
        pan = math.degrees(math.atan2(2.0 * (x * y + w * z), 1.0 - 2.0 * (y * y + z * z)))
        return (pan, tilt, 0.0)
    pan = math.degrees(math.atan2(2.0 * (w * z - x * y), 1.0 - 2.0 * (x * x + z * z)))
    roll = math.degrees(math.atan2(2.0 * (w * y - x * z), 1.0 - 2.0 * (x * x + y * y)))
    return (pan, tilt, roll)


def quat_multiply(a: Quat, b: Quat) -> Quat:
    """The rotation by `b` followed by the rotation by `a`."""
    ax, ay, az, aw = a
    bx, by, bz, bw = b
    return (
        aw * bx + ax * bw + ay * bz - az * by,
        aw * by - ax * bz + ay * bw + az * bx,
        aw * bz + ax * by - ay * bx + az * bw,
        aw * bw - ax * bx - ay * by - az * bz,
    )


def quat_conjugate(q: Quat) -> Quat:
    """The inverse of a unit quaternion."""
    return (-q[0], -q[1], -q[2], q[3])


def quat_normalise(q: Quat) -> Quat:
    """`q` at unit length. Raises ValueError for a quaternion shorter than 1e-9."""
    x, y, z, w = q
    norm = math.sqrt(x * x + y * y + z * z + w * w)
    if not norm > 1e-9:
        raise ValueError(f"quaternion {q} has no direction")
    return (x / norm, y / norm, z / norm, w / norm)


def quat_rotate(q: Quat, v: Vec3) -> Vec3:
    """`v` turned by `q`."""
    x, y, z, w = q
    vx, vy, vz = v
    tx, ty, tz = 2.0 * (y * vz - z * vy), 2.0 * (z * vx - x * vz), 2.0 * (x * vy - y * vx)
    return (
        vx + w * tx + (y * tz - z * ty),
        vy + w * ty + (z * tx - x * tz),
        vz + w * tz + (x * ty - y * tx),
    )


def quat_from_rotation_vector(v: Vec3) -> Quat:
    """Exponential map: `v` is axis times angle in radians."""
    angle = math.sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2])
    if angle < 1e-8:
        return quat_normalise((v[0] * 0.5, v[1] * 0.5, v[2] * 0.5, 1.0))
    scale = math.sin(angle * 0.5) / angle
    return (v[0] * scale, v[1] * scale, v[2] * scale, math.cos(angle * 0.5))


def rotation_vector_from_quat(q: Quat) -> Vec3:
    """Logarithmic map: axis times angle in radians, by the shorter way."""
    x, y, z, w = q if q[3] >= 0.0 else (-q[0], -q[1], -q[2], -q[3])
    sine = math.sqrt(x * x + y * y + z * z)
    scale = 2.0 if sine < 1e-9 else 2.0 * math.atan2(sine, w) / sine
    return (x * scale, y * scale, z * scale)


def slerp(a: Quat, b: Quat, fraction: float) -> Quat:
    """The rotation `fraction` of the way from `a` (0) to `b` (1), by the shorter way."""
    step = rotation_vector_from_quat(quat_multiply(quat_conjugate(a), b))
    scaled = (step[0] * fraction, step[1] * fraction, step[2] * fraction)
    return quat_multiply(a, quat_from_rotation_vector(scaled))


def compose(outer_from_middle: Pose, middle_from_inner: Pose) -> Pose:
    """outer_from_inner: the product of the two transforms."""
    turned = quat_rotate(outer_from_middle.rotation, middle_from_inner.position_m)
    base = outer_from_middle.position_m
    return Pose(
        position_m=(base[0] + turned[0], base[1] + turned[1], base[2] + turned[2]),
        rotation=quat_multiply(outer_from_middle.rotation, middle_from_inner.rotation),
    )


def invert(target_from_source: Pose) -> Pose:
    """source_from_target."""
    inverse = quat_conjugate(target_from_source.rotation)
    x, y, z = quat_rotate(inverse, target_from_source.position_m)
    return Pose(position_m=(-x, -y, -z), rotation=inverse)
