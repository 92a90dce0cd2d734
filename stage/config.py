"""The configuration as records. `parse` turns TOML text into a checked `StageConfig`, or all findings at once."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Literal

import msgspec

from calibration.cameras import Camera
from calibration.walls import Wall
from render.outputs.records import Output
from render.worlds.records import World
from tracking.records import Record, Vec3
from tracking.settings import TrackerConfig


class StageSection(Record):
    """The stage itself: its frame rate and where the picture outside the cameras is drawn from."""

    name: str = "Stage"
    frame_rate_hz: float | str = 60.0
    outer_eye_m: Vec3 = (0.0, 0.0, 1.5)
    outer: Literal["fixed", "follow"] = "fixed"
    recovery: Literal["last", "black"] = "last"

    def rate(self) -> Fraction:
        """Frames per second, exactly: "24000/1001" is kept as it is."""
        return Fraction(self.frame_rate_hz).limit_denominator(100_000)


class ControlSection(Record):
    """Where the ROUTER listens; state and telemetry are published on the next two ports."""

    endpoint: str = "tcp://127.0.0.1:7700"


class PanelSection(Record):
    """Where the preview page listens."""

    bind: str = "127.0.0.1:7780"


class VerifySection(Record):
    """Limits of `stage verify`, all optional."""

    still_p99_px: Annotated[float, msgspec.Meta(gt=0.0)] | None = None
    motion_median_px: Annotated[float, msgspec.Meta(gt=0.0)] | None = None
    inner_miss_rate: Annotated[float, msgspec.Meta(ge=0.0, le=1.0)] | None = None


class StageConfig(Record):
    """A whole configuration."""

    walls: tuple[Wall, ...]
    stage: StageSection = StageSection()
    outputs: tuple[Output, ...] = ()
    trackers: tuple[TrackerConfig, ...] = ()
    cameras: tuple[Camera, ...] = ()
    world: World = World(kind="coordinates")
    control: ControlSection = ControlSection()
    panel: PanelSection = PanelSection()
    verify: VerifySection = VerifySection()
