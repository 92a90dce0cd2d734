"""One film camera in the show: where its entrance pupil is at a light's time, and what it sees from there.

And the trackers of all of them, each over its part of the state.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import NamedTuple

import msgspec

from calibration.cameras import OWN_LENS, Camera
from calibration.records import Calibration
from render.plan.frustum import CameraView
from stage.config.records import StageConfig
from stage.show.camera.lens import CameraLens, LensState
from stage.show.camera.mounts import TrackerMount, delay_ns, manual_pose, orbit_pose
from stage.show.camera.overscan import Aim, Overscan, OverscanState, Tracked
from stage.show.frame.inputs import FrameTime
from stage.values.rigging import CameraValues
from stage.values.stage_wide import ShowValues
from tracking.prediction.estimate import Estimate
from tracking.prediction.weights import NOTHING_LEARNED
from tracking.records import Notebook, Pose
from tracking.rotation import IDENTITY, compose, pose_of
from tracking.tracker.state import TrackerState
from tracking.tracker.tracker import Tracker


class CameraState(Notebook):
    """What the show remembers of a camera: its lens, what its margin has learned, and the pose that "still" keeps."""

    lens: LensState
    stage_from_pupil: Pose | None = None
    overscan: OverscanState = msgspec.field(default_factory=OverscanState)


class CameraPose(NamedTuple):
    """Where a camera is at a light's time; how its tracker's pose was carried there, and aimed, if one moves it."""

    stage_from_pupil: Pose
    estimate: Estimate | None = None
    aim: Aim | None = None


class CameraRig:
    """One camera with everything that places its entrance pupil and says what it sees.

    What it remembers is in the `CameraState` that it is handed.
    """

    def __init__(
        self, camera: Camera, config: StageConfig, calibration: Calibration, trackers: dict[str, Tracker]
    ) -> None:
        self.camera = camera
        self.tracker = trackers[camera.tracker] if camera.tracker else None
        self._mount = next((TrackerMount(t) for t in config.trackers if t.name == camera.tracker), None)
        self._marker_from_camera = pose_of(camera.marker_from_camera)
        self._lenses = {OWN_LENS: CameraLens(camera, calibration.lenses.get(camera.name))} | {
            lens: CameraLens(camera.fitted(lens), calibration.lens_files.get(lens)) for lens in camera.lenses
        }
        self._overscan = Overscan(camera, float(config.stage.rate()), calibration.surfaces)
        self._rate: Fraction = config.stage.rate()

    def begin(self, own: CameraState, values: ShowValues, time: FrameTime) -> None:
        """Takes over this frame's lens reading, and judges what was drawn for its samples' times. Once a frame."""
        set_to = values.camera[self.camera.name]
        reading = self.tracker.lens() if self.tracker is not None else None
        if own.lens.lens != set_to.lens:
            own.lens.change(set_to.lens)
        self._lens(own).read(own.lens, reading, set_to.focal_length_mm)
        tracked = self._tracked(own, set_to, time)
        if tracked is not None:
            self._overscan.learn(own.overscan, set_to, tracked)

    def pose(self, own: CameraState, values: ShowValues, light_ns: int, time: FrameTime) -> CameraPose:
        """Where this camera will be at `light_ns`."""
        set_to = values.camera[self.camera.name]
        pose = self._pose(own, values, set_to, light_ns, time)
        if set_to.source != "still":
            own.stage_from_pupil = pose.stage_from_pupil
        return pose

    def view(
        self, own: CameraState, values: ShowValues, pose: CameraPose, light_ns: int, *, frame: int, note: bool
    ) -> CameraView:
        """What this camera sees from its pose; `note` has this frame's margin judged later.

        Raises ViewError where its lens can see nothing sensible.
        """
        set_to = values.camera[self.camera.name]
        edges = self._lens(own).frame(own.lens, set_to.focal_length_mm)
        sides = self._overscan.sides(own.overscan, set_to, pose.aim, edges)
        if note and pose.aim is not None:
            self._overscan.measure(own.overscan, pose.stage_from_pupil.position_m, frame)
            self._overscan.note(own.overscan, set_to, pose.aim, edges, sides)
        return CameraView(
            camera=self.camera.name,
            light_ns=light_ns,
            stage_from_pupil=pose.stage_from_pupil,
            focal_length_mm=set_to.focal_length_mm or own.lens.focal_length_mm,
            sensor_mm=self.camera.sensor_mm,
            resolution_px=self.camera.resolution_px,
            overscan=sides,
            feather_px=set_to.feather_px,
            inner_px=self.camera.inner_px,
            frame=edges,
        )

    def _lens(self, own: CameraState) -> CameraLens:
        return self._lenses.get(own.lens.lens) or self._lenses[OWN_LENS]

    def _tracked(self, own: CameraState, set_to: CameraValues, time: FrameTime) -> Tracked | None:
        """The camera's tracker, where it is what moves the camera."""
        if self.tracker is None or set_to.source not in ("tracker", "still"):
            return None
        pupil_from_camera = Pose(position_m=(0.0, own.lens.entrance_pupil_m, 0.0), rotation=IDENTITY)
        return Tracked(self.tracker, compose(self._marker_from_camera, pupil_from_camera), time.now_ns)

    def _pose(
        self, own: CameraState, values: ShowValues, set_to: CameraValues, light_ns: int, time: FrameTime
    ) -> CameraPose:
        if set_to.source == "still" and own.stage_from_pupil is not None:
            return CameraPose(own.stage_from_pupil)
        if set_to.source == "orbit":
            return CameraPose(orbit_pose(float(time.frame * self._rate.denominator / self._rate.numerator)))
        tracked = self._tracked(own, set_to, time)
        if tracked is not None and self._mount is not None and self.camera.tracker is not None:
            rigged = values.tracker[self.camera.tracker]
            target_ns = light_ns + delay_ns(rigged.delay_ms)
            estimate = tracked.tracker.pose_at(target_ns, time.now_ns, tracked.marker_from_pupil)
            if estimate.method != "none":
                aim = self._overscan.aim(own.overscan, set_to, tracked, estimate, target_ns)
                stage_from_tracker = self._mount.stage_from_tracker(rigged.offset)
                return CameraPose(compose(stage_from_tracker, aim.tracker_from_pupil), estimate, aim)
        return CameraPose(manual_pose(set_to.manual))


def trackers_of(
    config: StageConfig, calibration: Calibration, states: Mapping[str, TrackerState]
) -> dict[str, Tracker]:
    """Every tracker by its name. It ignores, uncounted, what is meant for another one on its source."""
    trackers = {}
    for one in config.trackers:
        siblings = [
            other.camera_id for other in config.trackers if other.source == one.source and other.name != one.name
        ]
        known = frozenset(camera_id for camera_id in siblings if camera_id is not None)
        weights = calibration.predictors.get(one.name, NOTHING_LEARNED)
        trackers[one.name] = Tracker(one, states[one.name], sibling_ids=known, weights=weights)
    return trackers


def trackers_by_source(config: StageConfig, trackers: Mapping[str, Tracker]) -> dict[str, tuple[Tracker, ...]]:
    """The trackers that read each source, in the order of the configuration."""
    by_source: dict[str, tuple[Tracker, ...]] = {}
    for one in config.trackers:
        by_source[one.source] = (*by_source.get(one.source, ()), trackers[one.name])
    return by_source
