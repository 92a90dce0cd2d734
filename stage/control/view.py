"""What the control edge may see of a running show, and the status it reports."""

from __future__ import annotations

from typing import Literal, Protocol

import msgspec

from render.views.edges import Sides
from stage.show.commands.controls import ControlState
from stage.show.report.ledger import Percentiles
from tracking.records import Evolving, Vec3


class LensStatus(Evolving):
    """What the tracker last told of the lens; None where it never did. Encoder values are as sent.

    The projection offset is where the optical axis meets the sensor, from its centre, x right, y down.
    """

    zoom_raw: float | None = None
    focus_raw: float | None = None
    iris_raw: float | None = None
    focal_length_mm: float | None = None
    focus_distance_m: float | None = None
    entrance_pupil_m: float | None = None
    f_stop: float | None = None
    projection_x_mm: float | None = None
    projection_y_mm: float | None = None


class EquipmentStatus(Evolving):
    """What the tracker says that it is mounted to; None where it does not."""

    camera: str | None = None
    lens: str | None = None
    tracker: str | None = None
    sensor_mm: tuple[float, float] | None = None
    resolution_px: tuple[float, float] | None = None
    nominal_focal_length_mm: float | None = None


class TrackerStatus(Evolving):
    """One tracker as the crew reads it; the pose is the tracked body's in the stage (pan, tilt, roll).

    `timecode`, `device_status` (the tracker's own words), `slate` and `recording` (the camera's) are None where the
    tracker does not tell them; so is all of `lens` and `equipment`.
    """

    state: Literal["fresh", "late", "lost", "never"]
    rate_hz: float
    age_ms: float | None
    jitter_ms: float
    accepted: int
    rejected: dict[str, int]
    position_m: Vec3 | None
    rotation_deg: Vec3 | None
    hint: str = ""
    predictor: str = ""
    timecode: str | None = None
    device_status: str | None = None
    slate: str | None = None
    recording: bool | None = None
    lens: LensStatus = LensStatus()
    equipment: EquipmentStatus | None = None


class CameraStatus(Evolving):
    """One camera's margin: the newest one on each side, how many frames were judged by what the tracker told later, how
    many of them missed (the film frame reached beyond the inner picture), lately and in all, and by how much at most.
    `turn_trust` is the share of a predicted turn that is believed (tilt, roll, pan); `late_pose` is the one in force,
    also where the machine decides.
    """

    margin_deg: Sides | None
    judged: int
    missed: int
    missed_lately: float
    worst_deg: float
    turn_trust: Vec3
    late_pose: str = "off"


class TakeStatus(Evolving):
    """The take: "starting" until its first chunk is on disk."""

    state: Literal["idle", "starting", "recording"] = "idle"
    name: str = ""
    path: str = ""


class StageStatus(Evolving):
    """The whole stage: `health` has one line for each thing that is wrong now; `lateness_ms` is the newest frame's.

    `latency` has the stages from a sample to the wall's light, and their sum; it is empty until frames were shown.
    `dropped` counts what was lost before it was looked at, by source and cause.
    """

    frame: int
    rate_hz: float
    trackers: dict[str, TrackerStatus]
    health: tuple[str, ...] = ()
    take: TakeStatus = TakeStatus()
    missed: int = 0
    lateness_ms: float = 0.0
    cameras: dict[str, CameraStatus] = msgspec.field(default_factory=dict)
    latency: dict[str, Percentiles] = msgspec.field(default_factory=dict)
    dropped: dict[str, dict[str, int]] = msgspec.field(default_factory=dict)


class ShowView(Protocol):
    """Read between steps, on the loop's own thread."""

    @property
    def controls(self) -> ControlState:
        """The values in force, and what changed in this frame."""

    @property
    def rate_hz(self) -> float:
        """Frames per second."""

    def status(self) -> Evolving:
        """A record such as `StageStatus`; asked for at most once a frame."""
