"""Where each camera is in the show: tracker, hand, still or orbit; mounting, nudges and lens applied. Pure."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import NamedTuple

from calibration.cameras import Camera
from calibration.records import Calibration
from render.plan.frustum import CameraView
from stage.config.records import StageConfig
from stage.show.camera.lens import CameraLens
from stage.show.camera.overscan import Aim, Overscan, Tracked
from stage.show.frame.inputs import Value
from stage.show.state import CameraState, ShowState
from tracking.prediction.estimate import Estimate
from tracking.records import Placement, Pose, Vec3
from tracking.rotation import IDENTITY, compose, quat_from_pan_tilt_roll, quat_multiply
from tracking.settings import TrackerConfig
from tracking.tracker.tracker import Tracker

ORBIT_RADIUS_M = 1.0
ORBIT_HEIGHT_M = 1.5
ORBIT_PERIOD_S = 8.0
ORBIT_PAN_DEG = 20.0
_AXES = ("x_m", "y_m", "z_m", "pan_deg", "tilt_deg", "roll_deg")


def pose_of(placement: Placement) -> Pose:
    """The pose that a placement writes down."""
    return Pose(position_m=placement.position_m, rotation=quat_from_pan_tilt_roll(*placement.rotation_deg))


def orbit_pose(time_s: float) -> Pose:
    """A circle of 1 m around the stage's middle at 1.5 m, once in 8 s, looking along +Y, panning +-20 degrees."""
    angle = 2.0 * math.pi * (time_s / ORBIT_PERIOD_S)
    return Pose(
        position_m=(ORBIT_RADIUS_M * math.cos(angle), ORBIT_RADIUS_M * math.sin(angle), ORBIT_HEIGHT_M),
        rotation=quat_from_pan_tilt_roll(ORBIT_PAN_DEG * math.sin(angle), 0.0, 0.0),
    )


class SixPaths:
    """The six parameter paths of a pose written by hand, resolved once."""

    def __init__(self, prefix: str) -> None:
        self._paths = tuple(f"{prefix}/{axis}" for axis in _AXES)

    def read(self, values: dict[str, Value]) -> tuple[Vec3, Vec3]:
        """Position in metres and pan, tilt, roll in degrees."""
        x, y, z, pan, tilt, roll = (float(values[path]) for path in self._paths)
        return (x, y, z), (pan, tilt, roll)


class TrackerMount:
    """How one tracker's frame lies in the stage, with the operator's live nudges."""

    def __init__(self, config: TrackerConfig) -> None:
        self._placement = config.stage_from_tracker
        self._rotation = quat_from_pan_tilt_roll(*config.stage_from_tracker.rotation_deg)
        self._offset = SixPaths(f"/tracker/{config.name}/offset")
        self._delay_path = f"/tracker/{config.name}/delay_ms"

    def stage_from_tracker(self, values: dict[str, Value]) -> Pose:
        """The configured placement, moved and turned about the tracker's own origin by the nudges."""
        (x, y, z), (pan, tilt, roll) = self._offset.read(values)
        base = self._placement.position_m
        rotation = self._rotation
        if pan != 0.0 or tilt != 0.0 or roll != 0.0:
            rotation = quat_multiply(quat_from_pan_tilt_roll(pan, tilt, roll), rotation)
        return Pose(position_m=(base[0] + x, base[1] + y, base[2] + z), rotation=rotation)

    def delay_ns(self, values: dict[str, Value]) -> int:
        """From a sample to its arrival, as the operator has it now."""
        return round(float(values[self._delay_path]) * 1e6)


class Found(NamedTuple):
    """Where a camera is at a light's time; how its tracker's pose was carried there, and aimed, if one moves it."""

    stage_from_pupil: Pose
    estimate: Estimate | None = None
    aim: Aim | None = None


class CameraRig:
    """One camera with everything needed to say where its entrance pupil is and what it sees."""

    def __init__(
        self, camera: Camera, config: StageConfig, calibration: Calibration, trackers: dict[str, Tracker]
    ) -> None:
        prefix = f"/camera/{camera.name}"
        self.camera = camera
        self.tracker = trackers[camera.tracker] if camera.tracker else None
        self._mount = next((TrackerMount(t) for t in config.trackers if t.name == camera.tracker), None)
        self._marker_from_camera = pose_of(camera.marker_from_camera)
        self._lens = CameraLens(camera, calibration.lenses.get(camera.name))
        self._overscan = Overscan(camera, float(config.stage.rate()), calibration.surfaces)
        self._source_path = f"{prefix}/source"
        self._feather_path = f"{prefix}/feather_px"
        self._focal_path = f"{prefix}/focal_length_mm"
        self._parked_path = f"{prefix}/parked"
        self._priority_path = f"{prefix}/priority"
        self._manual = SixPaths(f"{prefix}/manual")

    def parked(self, values: dict[str, Value]) -> bool:
        """Whether the camera has no view on any wall."""
        return bool(values[self._parked_path])

    def priority(self, values: dict[str, Value]) -> float:
        """Views of smaller numbers lie over those of larger ones."""
        return float(values[self._priority_path])

    def begin(self, state: ShowState) -> None:
        """Takes in what this frame's samples tell of the lens, and of what was drawn for their times. Once a frame."""
        own = state.cameras[self.camera.name]
        told = self.tracker.lens() if self.tracker is not None else None
        self._lens.read(own, told, float(state.controls.values[self._focal_path]))
        tracked = self._tracked(state, own)
        if tracked is not None:
            self._overscan.learn(own.overscan, state.controls.values, tracked)

    def find(self, state: ShowState, light_ns: int, rate: Fraction) -> Found:
        """Where this camera will be at `light_ns`."""
        own = state.cameras[self.camera.name]
        found = self._find(state, own, light_ns, rate)
        if state.controls.values[self._source_path] != "still":
            own.stage_from_pupil = found.stage_from_pupil
        return found

    def view(self, state: ShowState, found: Found, light_ns: int, *, note: bool) -> CameraView:
        """What this camera sees from where it was found; `note` has the frame's margin judged later.

        Raises ViewError where its lens can see nothing sensible.
        """
        values = state.controls.values
        own = state.cameras[self.camera.name]
        by_hand_mm = float(values[self._focal_path])
        frame = self._lens.frame(own, by_hand_mm)
        sides = self._overscan.sides(own.overscan, values, found.aim, frame)
        if note and found.aim is not None:
            self._overscan.measure(own.overscan, found.stage_from_pupil.position_m, state.frame)
            self._overscan.note(own.overscan, values, found.aim, frame, sides)
        return CameraView(
            camera=self.camera.name,
            light_ns=light_ns,
            stage_from_pupil=found.stage_from_pupil,
            focal_length_mm=by_hand_mm or own.focal_length_mm,
            sensor_mm=self.camera.sensor_mm,
            resolution_px=self.camera.resolution_px,
            overscan=sides,
            feather_px=float(values[self._feather_path]),
            inner_px=self.camera.inner_px,
            frame=frame,
        )

    def _tracked(self, state: ShowState, own: CameraState) -> Tracked | None:
        """The camera's tracker, where it is what moves the camera."""
        if self.tracker is None or state.controls.values[self._source_path] not in ("tracker", "still"):
            return None
        pupil_from_camera = Pose(position_m=(0.0, own.entrance_pupil_m, 0.0), rotation=IDENTITY)
        return Tracked(self.tracker, compose(self._marker_from_camera, pupil_from_camera), state.now_ns)

    def _find(self, state: ShowState, own: CameraState, light_ns: int, rate: Fraction) -> Found:
        values = state.controls.values
        source = values[self._source_path]
        if source == "still" and own.stage_from_pupil is not None:
            return Found(own.stage_from_pupil)
        if source == "orbit":
            return Found(orbit_pose(float(state.frame * rate.denominator / rate.numerator)))
        tracked = self._tracked(state, own)
        if tracked is not None and self._mount is not None:
            target_ns = light_ns + self._mount.delay_ns(values)
            estimate = tracked.tracker.pose_at(target_ns, state.now_ns, tracked.marker_from_pupil)
            if estimate.method != "none":
                aim = self._overscan.aim(own.overscan, values, tracked, estimate, target_ns)
                return Found(compose(self._mount.stage_from_tracker(values), aim.tracker_from_pupil), estimate, aim)
        position, rotation_deg = self._manual.read(values)
        return Found(Pose(position_m=position, rotation=quat_from_pan_tilt_roll(*rotation_deg)))
