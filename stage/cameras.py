"""Where each camera is in the show: tracker, hand, still or orbit; mounting, nudges and lens applied. Pure."""

from __future__ import annotations

import math
from bisect import bisect_right
from fractions import Fraction

from calibration.cameras import Camera
from render.frustum import CameraView
from stage.config import StageConfig
from stage.inputs import Value
from stage.state import CameraState, ShowState
from tracking.prediction import Estimate
from tracking.records import Placement, Pose, Vec3
from tracking.rotation import IDENTITY, compose, quat_from_pan_tilt_roll, quat_multiply
from tracking.settings import TrackerConfig
from tracking.tracker import Tracker

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


class CameraRig:
    """One camera with everything needed to say where its entrance pupil is."""

    def __init__(self, camera: Camera, config: StageConfig, trackers: dict[str, Tracker]) -> None:
        prefix = f"/camera/{camera.name}"
        self.camera = camera
        self.tracker = trackers[camera.tracker] if camera.tracker else None
        self._mount = next((TrackerMount(t) for t in config.trackers if t.name == camera.tracker), None)
        self._marker_from_camera = pose_of(camera.marker_from_camera)
        self._zoom = tuple(sorted(camera.zoom)) if camera.zoom else ()
        self._source_path = f"{prefix}/source"
        self._overscan_path = f"{prefix}/overscan_deg"
        self._feather_path = f"{prefix}/feather_px"
        self._focal_path = f"{prefix}/focal_length_mm"
        self._manual = SixPaths(f"{prefix}/manual")

    def read_lens(self, state: CameraState) -> None:
        """Takes over what the tracker's newest lens reading says of focal length and entrance pupil."""
        if self.tracker is None:
            return
        lens = self.tracker.lens()
        if self.camera.focal_length_mm is None:
            if self._zoom and lens.zoom_raw is not None:
                state.focal_length_mm = interpolate_rows(self._zoom, lens.zoom_raw)
            elif not self._zoom and lens.focal_length_mm is not None:
                state.focal_length_mm = lens.focal_length_mm
        if self.camera.entrance_pupil_m is not None:
            state.entrance_pupil_m = self.camera.entrance_pupil_m
        elif lens.entrance_pupil_m is not None:
            state.entrance_pupil_m = lens.entrance_pupil_m

    def view(self, state: ShowState, light_ns: int, rate: Fraction) -> tuple[CameraView, Estimate | None]:
        """What this camera will see at `light_ns`, and how its tracker's pose was carried there (None: not tracked)."""
        values = state.controls.values
        own = state.cameras[self.camera.name]
        pose, estimate = self._stage_from_pupil(state, own, light_ns, rate)
        if values[self._source_path] != "still":
            own.stage_from_pupil = pose
        view = CameraView(
            camera=self.camera.name,
            light_ns=light_ns,
            stage_from_pupil=pose,
            focal_length_mm=float(values[self._focal_path]) or own.focal_length_mm,
            sensor_mm=self.camera.sensor_mm,
            resolution_px=self.camera.resolution_px,
            overscan_deg=float(values[self._overscan_path]),
            feather_px=float(values[self._feather_path]),
            inner_px=self.camera.inner_px,
        )
        return view, estimate

    def _stage_from_pupil(
        self, state: ShowState, own: CameraState, light_ns: int, rate: Fraction
    ) -> tuple[Pose, Estimate | None]:
        values = state.controls.values
        source = values[self._source_path]
        if source == "still" and own.stage_from_pupil is not None:
            return own.stage_from_pupil, None
        if source == "orbit":
            return orbit_pose(float(state.frame * rate.denominator / rate.numerator)), None
        if source in ("tracker", "still") and self.tracker is not None and self._mount is not None:
            pupil_from_camera = Pose(position_m=(0.0, own.entrance_pupil_m, 0.0), rotation=IDENTITY)
            marker_from_pupil = compose(self._marker_from_camera, pupil_from_camera)
            target_ns = light_ns + self._mount.delay_ns(values)
            estimate = self.tracker.pose_at(target_ns, state.now_ns, marker_from_pupil)
            if estimate.method != "none":
                return compose(self._mount.stage_from_tracker(values), estimate.tracker_from_pupil), estimate
        position, rotation_deg = self._manual.read(values)
        return Pose(position_m=position, rotation=quat_from_pan_tilt_roll(*rotation_deg)), None


def interpolate_rows(rows: tuple[tuple[float, float], ...], at: float) -> float:
    """The second column at `at` between the two rows (sorted by the first) around it; held beyond the ends."""
    index = bisect_right([row[0] for row in rows], at)
    if index == 0:
        return rows[0][1]
    if index == len(rows):
        return rows[-1][1]
    (low, low_value), (high, high_value) = rows[index - 1], rows[index]
    return low_value + (high_value - low_value) * ((at - low) / (high - low))
