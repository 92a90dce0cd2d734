"""How trackers and cameras are mounted: where a tracker's frame is in the stage, and the poses that need no tracker."""

from __future__ import annotations

import math

from stage.values.rigging import ManualPose, PoseOffset
from tracking.records import Pose
from tracking.rotation import compose, pan_tilt_roll_from_quat, quat_from_pan_tilt_roll, quat_multiply
from tracking.settings import TrackerConfig
from tracking.tracker.tracker import Tracker

ORBIT_RADIUS_M = 1.0
ORBIT_HEIGHT_M = 1.5
ORBIT_PERIOD_S = 8.0
ORBIT_PAN_DEG = 20.0


def manual_pose(manual: ManualPose) -> Pose:
    """The pose of a hand-driven camera's entrance pupil."""
    return Pose(
        position_m=(manual.x_m, manual.y_m, manual.z_m),
        rotation=quat_from_pan_tilt_roll(manual.pan_deg, manual.tilt_deg, manual.roll_deg),
    )


def orbit_pose(time_s: float) -> Pose:
    """A circle of 1 m around the stage's middle at 1.5 m, once in 8 s, looking along +Y, panning +-20 degrees."""
    angle = 2.0 * math.pi * (time_s / ORBIT_PERIOD_S)
    return Pose(
        position_m=(ORBIT_RADIUS_M * math.cos(angle), ORBIT_RADIUS_M * math.sin(angle), ORBIT_HEIGHT_M),
        rotation=quat_from_pan_tilt_roll(ORBIT_PAN_DEG * math.sin(angle), 0.0, 0.0),
    )


class TrackerMount:
    """How one tracker's frame lies in the stage, with the operator's live nudges."""

    def __init__(self, config: TrackerConfig) -> None:
        self._placement = config.stage_from_tracker
        self._rotation = quat_from_pan_tilt_roll(*config.stage_from_tracker.rotation_deg)

    def stage_from_tracker(self, offset: PoseOffset) -> Pose:
        """The configured placement, moved and turned about the tracker's own origin by the nudges."""
        base = self._placement.position_m
        rotation = self._rotation
        if offset.pan_deg != 0.0 or offset.tilt_deg != 0.0 or offset.roll_deg != 0.0:
            turn = quat_from_pan_tilt_roll(offset.pan_deg, offset.tilt_deg, offset.roll_deg)
            rotation = quat_multiply(turn, rotation)
        position = (base[0] + offset.x_m, base[1] + offset.y_m, base[2] + offset.z_m)
        return Pose(position_m=position, rotation=rotation)

    def body_in_stage(self, tracker: Tracker, offset: PoseOffset) -> Pose:
        """The tracked body's newest pose in the stage."""
        return compose(self.stage_from_tracker(offset), tracker.latest())

    def offset_for_heading(self, tracker: Tracker, offset: PoseOffset, pan_deg: float) -> float:
        """The pan offset (degrees, -180 to 180) with which the tracked body points to `pan_deg` now."""
        present_deg = pan_tilt_roll_from_quat(self.body_in_stage(tracker, offset).rotation)[0]
        turned = offset.pan_deg + pan_deg - present_deg
        return (turned + 180.0) % 360.0 - 180.0


def delay_ns(delay_ms: float) -> int:
    """From a sample to its arrival, as the operator has it now."""
    return round(delay_ms * 1e6)
