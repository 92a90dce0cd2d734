"""What a plan of the stage shows, as geometry in metres: walls, origins of trackers, cameras and what they see. Pure.

The drawing of `stage check --plan` and the operator's page are both made of this.
"""

from __future__ import annotations

from collections.abc import Iterable

from calibration.cameras import Camera
from calibration.forms import WallForm
from stage.config.records import Card, StageConfig
from tracking.records import Pose, Record, Vec3
from tracking.rotation import compose, pose_of, quat_from_pan_tilt_roll, quat_rotate

_WIDEST_TANGENT = 3.73
"""A view that is wider than 150 degrees is drawn with so much."""


class PlanOrigin(Record):
    """A place that trackers measure from, with the directions of its own axes (unit vectors)."""

    names: tuple[str, ...]
    position_m: Vec3
    right: Vec3
    ahead: Vec3
    up: Vec3


class PlanCamera(Record):
    """A camera where it is while its tracker sends zero.

    `half_view` is half of what its lens sees, across and up, as tangents; None for a lens that is not known yet.
    """

    name: str
    tracker: str | None
    position_m: Vec3
    right: Vec3
    ahead: Vec3
    up: Vec3
    half_view: tuple[float, float] | None


class PlanCard(Record):
    """A light card that is on from the start, and its direction from the outer eye (a unit vector)."""

    name: str
    way: Vec3


class PlanLight(Record):
    """A stage light as the configuration places it: where it stands, and where it points to."""

    name: str
    position_m: Vec3
    aim_m: Vec3


class StagePlan(Record):
    """All that stands on a plan."""

    walls: tuple[WallForm, ...]
    origins: tuple[PlanOrigin, ...]
    cameras: tuple[PlanCamera, ...]
    cards: tuple[PlanCard, ...]
    lights: tuple[PlanLight, ...]
    outer_eye_m: Vec3


def plan_of(config: StageConfig, forms: Iterable[WallForm]) -> StagePlan:
    """The plan of a configured stage whose walls have these forms."""
    return StagePlan(
        walls=tuple(forms),
        origins=_origins(config),
        cameras=tuple(_camera(config, camera) for camera in config.cameras),
        cards=tuple(PlanCard(name=card.name, way=_way(card)) for card in config.cards if card.enabled),
        lights=tuple(PlanLight(name=one.name, position_m=one.position_m, aim_m=one.aim_m) for one in config.lights),
        outer_eye_m=config.stage.outer_eye_m,
    )


def view_corners(camera: PlanCamera, length_m: float) -> tuple[Vec3, ...]:
    """The four corners of what a camera sees at a distance along its axis; where its axis ends, without a known lens.

    In order around the frame, from the lower left one.
    """
    across, up = camera.half_view or (0.0, 0.0)
    turns = ((-across, -up), (across, -up), (across, up), (-across, up)) if camera.half_view else ((0.0, 0.0),)
    return tuple(_along(camera, length_m, *turn) for turn in turns)


def _along(camera: PlanCamera, length_m: float, right: float, up: float) -> Vec3:
    x, y, z = (
        start + length_m * (ahead + right * aside + up * above)
        for start, ahead, aside, above in zip(camera.position_m, camera.ahead, camera.right, camera.up, strict=True)
    )
    return x, y, z


def _origins(config: StageConfig) -> tuple[PlanOrigin, ...]:
    """Each place of a tracker's origin with the names of all trackers there."""
    named = {tracker.stage_from_tracker: list[str]() for tracker in config.trackers}
    for tracker in config.trackers:
        named[tracker.stage_from_tracker].append(tracker.name)
    found = []
    for placement, names in named.items():
        right, ahead, up = _axes(pose_of(placement))
        position_m = placement.position_m
        found.append(PlanOrigin(names=tuple(names), position_m=position_m, right=right, ahead=ahead, up=up))
    return tuple(found)


def _camera(config: StageConfig, camera: Camera) -> PlanCamera:
    tracker = next((one for one in config.trackers if one.name == camera.tracker), None)
    pose = pose_of(camera.marker_from_camera)
    if tracker is not None:
        pose = compose(pose_of(tracker.stage_from_tracker), pose)
    right, ahead, up = _axes(pose)
    return PlanCamera(
        name=camera.name,
        tracker=camera.tracker,
        position_m=pose.position_m,
        right=right,
        ahead=ahead,
        up=up,
        half_view=_half_view(camera.fitted(camera.first_lens())),
    )


def _half_view(camera: Camera) -> tuple[float, float] | None:
    """What the lens sees, at its widest where it is a zoom."""
    length_mm = camera.focal_length_mm or (min(row[1] for row in camera.zoom) if camera.zoom else None)
    if length_mm is None:
        return None
    across, up = (min(0.5 * side_mm / length_mm, _WIDEST_TANGENT) for side_mm in camera.sensor_mm)
    return across, up


def _way(card: Card) -> Vec3:
    """Where a card is, seen from the outer eye."""
    return quat_rotate(quat_from_pan_tilt_roll(card.azimuth_deg, card.elevation_deg, 0.0), (0.0, 1.0, 0.0))


def _axes(pose: Pose) -> tuple[Vec3, Vec3, Vec3]:
    """Where right, ahead and up of a pose point in the stage."""
    return (
        quat_rotate(pose.rotation, (1.0, 0.0, 0.0)),
        quat_rotate(pose.rotation, (0.0, 1.0, 0.0)),
        quat_rotate(pose.rotation, (0.0, 0.0, 1.0)),
    )
