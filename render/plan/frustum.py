"""From a camera's pose and lens to its inner view of the walls, an `InnerPlan`. Pure."""

from __future__ import annotations

import math

from calibration.patches import distance_m
from calibration.walls import WallSurface
from render.plan.inner import InnerPlan
from render.views.edges import Sides, Tangents, widen
from render.views.limits import FARTHEST_M
from tracking.records import Evolving, Pose, Quat, Vec3, ViewError
from tracking.rotation import quat_rotate

OVERSAMPLING = 1.5
"""Inner pixels per LED along one axis: with these, bilinear reading loses no detail that the wall could show."""
SIZE_STEP_PX = 32
SMALLEST_PX = 256
LARGEST_PX = 4096
NEAREST_M = 0.02
FOCAL_RANGE_MM = (1.0, 5000.0)
MARGIN = 1.004
EDGE_PX = 1.0
"""The drawn picture is larger than view and feather by this factor, and by at least this many of its pixels on each
side, so that no LED reads beyond its edge.
"""


class CameraView(Evolving):
    """One camera at one moment: the pose of its entrance pupil and what its lens sees.

    The pupil looks along its own +Y. `frame` is what a lens with distortion sees; without it the lens is a pinhole of
    `focal_length_mm`. `overscan` is added on each side; `feather_px` is in film pixels.
    """

    camera: str
    light_ns: int
    stage_from_pupil: Pose
    focal_length_mm: float
    sensor_mm: tuple[float, float]
    resolution_px: tuple[int, int]
    overscan: Sides
    feather_px: float
    inner_px: tuple[int, int] | None = None
    frame: Tangents | None = None


def camera_axes(rotation: Quat) -> tuple[Vec3, Vec3, Vec3]:
    """Right, ahead and up in the stage of a camera with this rotation: its +X, +Y and +Z."""
    return (
        quat_rotate(rotation, (1.0, 0.0, 0.0)),
        quat_rotate(rotation, (0.0, 1.0, 0.0)),
        quat_rotate(rotation, (0.0, 0.0, 1.0)),
    )


def plan_inner(view: CameraView, surfaces: tuple[WallSurface, ...]) -> InnerPlan:
    """The inner view of one camera for the walls that share a latency.

    Raises ViewError where there is none: a focal length outside 1-5000 mm, or a pose that is not on a stage.
    """
    eye = view.stage_from_pupil.position_m
    right, ahead, up = camera_axes(view.stage_from_pupil.rotation)
    if not math.isfinite(eye[0] + eye[1] + eye[2] + right[0] + ahead[0] + up[0]):
        raise ViewError("pose_not_finite", camera=view.camera)
    if max(abs(eye[0]), abs(eye[1]), abs(eye[2])) > FARTHEST_M:
        raise ViewError(
            "pose_beyond_stage", camera=view.camera, x_m=eye[0], y_m=eye[1], z_m=eye[2], farthest_m=FARTHEST_M
        )
    frame = view.frame or lens_tangents(view.focal_length_mm, view.sensor_mm, view.camera)
    grown = widen(frame, view.overscan)
    feather = view.feather_px * (frame.right - frame.left) / view.resolution_px[0]
    needed = Tangents(
        left=grown.left - feather,
        right=grown.right + feather,
        bottom=grown.bottom - feather,
        top=grown.top + feather,
    )
    size = view.inner_px or _size_px(needed, _density(eye, ahead, surfaces))
    return InnerPlan(
        camera=view.camera,
        light_ns=view.light_ns,
        eye_m=eye,
        right=right,
        ahead=ahead,
        up=up,
        frame=frame,
        view=grown,
        feather=feather,
        drawn=beyond(needed, size),
        size_px=size,
    )


def lens_tangents(focal_length_mm: float, sensor_mm: tuple[float, float], camera: str = "") -> Tangents:
    """The edges of an ideal (pinhole) frame. Raises ViewError for a focal length outside 1-5000 mm."""
    shortest, longest = FOCAL_RANGE_MM
    if not shortest <= focal_length_mm <= longest:
        raise ViewError(
            "focal_length_absurd",
            camera=camera,
            focal_length_mm=focal_length_mm,
            shortest_mm=shortest,
            longest_mm=longest,
        )
    half_width = 0.5 * sensor_mm[0] / focal_length_mm
    half_height = 0.5 * sensor_mm[1] / focal_length_mm
    return Tangents(left=-half_width, right=half_width, bottom=-half_height, top=half_height)


def check_wall(inner: InnerPlan, surface: WallSurface) -> None:
    """Raises ViewError if this camera cannot look at this wall from where it is.

    It cannot when most of the wall's samples inside the view face away (the camera is behind the wall), or when the
    wall's surface is nearer than 2 cm, wherever the camera looks.
    """
    ex, ey, ez = inner.eye_m
    ax, ay, az = inner.ahead
    rx, ry, rz = inner.right
    ux, uy, uz = inner.up
    view = inner.view
    left, right, bottom, top = view.left, view.right, view.bottom, view.top
    close = surface.reach_m + NEAREST_M
    facing = away = 0
    for sample, (px, py, pz) in enumerate(surface.points_m):
        dx, dy, dz = px - ex, py - ey, pz - ez
        if -close <= dx <= close and -close <= dy <= close and _touches(surface, sample, inner.eye_m):
            raise ViewError("on_wall", camera=inner.camera, wall=surface.name)
        depth = dx * ax + dy * ay + dz * az
        if depth <= 0.0:
            continue
        if not left * depth <= dx * rx + dy * ry + dz * rz <= right * depth:
            continue
        if not bottom * depth <= dx * ux + dy * uy + dz * uz <= top * depth:
            continue
        nx, ny, nz = surface.normals[sample]
        if dx * nx + dy * ny + dz * nz < 0.0:
            facing += 1
        else:
            away += 1
    if away > facing:
        raise ViewError("behind_wall", camera=inner.camera, wall=surface.name)


def beyond(needed: Tangents, size_px: tuple[int, int]) -> Tangents:
    """What a picture of `size_px` covers, so that what is needed of it is read from within."""
    across = max(0.5 * (MARGIN - 1.0), EDGE_PX / size_px[0]) * (needed.right - needed.left)
    upright = max(0.5 * (MARGIN - 1.0), EDGE_PX / size_px[1]) * (needed.top - needed.bottom)
    return Tangents(
        left=needed.left - across,
        right=needed.right + across,
        bottom=needed.bottom - upright,
        top=needed.top + upright,
    )


def _touches(surface: WallSurface, sample: int, place: Vec3) -> bool:
    return bool(surface.patches_m) and distance_m(surface.patches_m[sample], place) < NEAREST_M


def _density(eye: Vec3, ahead: Vec3, surfaces: tuple[WallSurface, ...]) -> float:
    """LEDs per unit of tangent where they are densest: their depth along the axis over their pitch."""
    ex, ey, ez = eye
    ax, ay, az = ahead
    densest = 0.0
    for surface in surfaces:
        deepest = 0.0
        for px, py, pz in surface.points_m:
            depth = (px - ex) * ax + (py - ey) * ay + (pz - ez) * az
            if depth > deepest:
                deepest = depth
        density = deepest / surface.pixel_pitch_m
        if density > densest:
            densest = density
    return densest


def _size_px(drawn: Tangents, density: float) -> tuple[int, int]:
    """Picture size for a density of LEDs, in steps, so that it does not change in every frame of a moving camera."""
    per_unit = density * OVERSAMPLING
    return (
        _stepped(per_unit * (drawn.right - drawn.left)),
        _stepped(per_unit * (drawn.top - drawn.bottom)),
    )


def _stepped(pixels: float) -> int:
    steps = math.ceil(min(pixels, float(LARGEST_PX)) / SIZE_STEP_PX)
    return max(SMALLEST_PX, steps * SIZE_STEP_PX)
