"""What clients can see of the running show: its values and its status. Read between steps, on the loop's thread."""

from __future__ import annotations

import math

import msgspec

from render.views.edges import Sides
from stage.control.view import (
    CameraStatus,
    EquipmentStatus,
    LensStatus,
    StageStatus,
    TakeStatus,
    TrackerStatus,
)
from stage.live.timing import LoopTimes
from stage.show.camera.margin import FourSides
from stage.show.camera.rig import TrackerMount
from stage.show.camera.turn_trust import shares
from stage.show.commands.controls import ControlState
from stage.show.plan.reprojection import in_force
from stage.show.report.ledger import percentiles
from stage.show.report.losses import counts
from stage.show.show import Show
from stage.show.state import CameraState
from tracking.records import Pose
from tracking.rotation import compose, pan_tilt_roll_from_quat
from tracking.tracker.tracker import Tracker


class LiveView:
    """A running show, as the control edge sees it."""

    def __init__(self, show: Show, times: LoopTimes) -> None:
        self._show = show
        self._times = times
        self._mounts = {tracker.name: TrackerMount(tracker) for tracker in show.config.trackers}
        self.health: tuple[str, ...] = ()

    @property
    def controls(self) -> ControlState:
        """The values in force, and what changed in this frame."""
        return self._show.state.controls

    @property
    def rate_hz(self) -> float:
        """Frames per second of the display slots."""
        return float(self._show.rate)

    def status(self) -> StageStatus:
        """The status of the stage after the last step."""
        state = self._show.state
        lateness = self._times.recent()
        return StageStatus(
            frame=state.frame,
            rate_hz=self.rate_hz,
            trackers={name: self._tracker(name, tracker) for name, tracker in self._show.trackers.items()},
            health=self.health,
            take=TakeStatus(
                state="recording" if state.take.confirmed else "starting" if state.take.recording else "idle",
                name=state.take.name,
                path=state.take.path,
            ),
            missed=self._times.missed,
            lateness_ms=lateness,
            cameras={name: camera_status(camera, self._late_pose(name)) for name, camera in state.cameras.items()},
            latency=percentiles(state.ledger),
            dropped=counts(state.losses),
        )

    def _tracker(self, name: str, tracker: Tracker) -> TrackerStatus:
        found = tracker.status(self._show.state.now_ns)
        heard = found.state != "never"
        pose = self._in_stage(name, tracker) if heard else None
        return TrackerStatus(
            state=found.state,
            rate_hz=found.rate_hz,
            age_ms=found.age_ms if heard else None,
            jitter_ms=found.jitter_ms,
            accepted=found.accepted,
            rejected=found.rejected,
            position_m=pose.position_m if pose else None,
            rotation_deg=pan_tilt_roll_from_quat(pose.rotation) if pose else None,
            hint=found.hint,
            predictor=found.predictor,
            timecode=found.timecode,
            device_status=found.device_status,
            slate=found.slate,
            recording=found.recording,
            lens=msgspec.convert(tracker.lens(), LensStatus, from_attributes=True),
            equipment=msgspec.convert(found.equipment, EquipmentStatus | None, from_attributes=True),
        )

    def _late_pose(self, camera: str) -> str:
        return in_force(str(self.controls.values[f"/camera/{camera}/late_pose"]), self._show.state.late_pose.load)

    def _in_stage(self, name: str, tracker: Tracker) -> Pose:
        return compose(self._mounts[name].stage_from_tracker(self.controls.values), tracker.latest())


def camera_status(camera: CameraState, late_pose: str) -> CameraStatus:
    """What one camera's margin has learned, what it gave last, and the late pose in force."""
    margin = camera.overscan.margin
    newest = margin.forecasts[-1] if margin.forecasts else None
    return CameraStatus(
        margin_deg=_sides(newest.margins_rad) if newest else None,
        judged=margin.judged,
        missed=margin.missed,
        missed_lately=margin.lately,
        worst_deg=margin.worst_deg,
        turn_trust=shares(camera.overscan.trust),
        late_pose=late_pose,
    )


def _sides(margins_rad: FourSides) -> Sides:
    left, right, bottom, top = (math.degrees(margin) for margin in margins_rad)
    return Sides(left=left, right=right, bottom=bottom, top=top)
