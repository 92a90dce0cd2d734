"""What the control edge may see of a running show, and the status it reports."""

from __future__ import annotations

from typing import Literal, Protocol

from stage.commands import ControlState
from tracking.records import Evolving, Vec3


class TrackerStatus(Evolving):
    """One tracker as the crew reads it; the pose is the tracked body's in the stage (pan, tilt, roll)."""

    state: Literal["fresh", "late", "lost", "never"]
    rate_hz: float
    age_ms: float | None
    jitter_ms: float
    accepted: int
    rejected: dict[str, int]
    position_m: Vec3 | None
    rotation_deg: Vec3 | None
    hint: str = ""


class TakeStatus(Evolving):
    """The take: "starting" until its first chunk is on disk."""

    state: Literal["idle", "starting", "recording"] = "idle"
    name: str = ""
    path: str = ""


class StageStatus(Evolving):
    """The whole stage: `health` has one line for each thing that is wrong now; `lateness_ms` is the newest frame's."""

    frame: int
    rate_hz: float
    trackers: dict[str, TrackerStatus]
    health: tuple[str, ...] = ()
    take: TakeStatus = TakeStatus()
    missed: int = 0
    lateness_ms: float = 0.0


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
