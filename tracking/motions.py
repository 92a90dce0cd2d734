"""The motions that `stage send` plays: the built-in orbit and recorded files, as poses over time."""

from __future__ import annotations

import math
from typing import Protocol

from tracking.motion_files import MotionTrack
from tracking.records import Pose, Record, Vec3
from tracking.rotation import quat_from_pan_tilt_roll


class Motion(Protocol):
    """A path of a tracked body in the stage."""

    @property
    def duration_ns(self) -> int | None:
        """How long it lasts; None if it has no end."""
        ...

    def pose_at(self, elapsed_ns: int) -> Pose:
        """The body's pose in the stage `elapsed_ns` after the motion's start."""
        ...


class Orbit(Record):
    """A level circle around `centre_m`, looking along +Y and panning left and right once each round.

    It starts at the right of the circle (+X) with pan 0.
    """

    centre_m: Vec3 = (0.0, 0.0, 1.5)
    radius_m: float = 1.0
    period_s: float = 8.0
    pan_deg: float = 20.0

    @property
    def duration_ns(self) -> None:
        """An orbit has no end."""
        return

    def pose_at(self, elapsed_ns: int) -> Pose:
        """The body's pose `elapsed_ns` after the start."""
        angle = 2.0 * math.pi * ((elapsed_ns / 1e9) % self.period_s) / self.period_s
        x, y, z = self.centre_m
        return Pose(
            position_m=(x + self.radius_m * math.cos(angle), y + self.radius_m * math.sin(angle), z),
            rotation=quat_from_pan_tilt_roll(self.pan_deg * math.sin(angle), 0.0, 0.0),
        )


class RecordedMotion(Record):
    """A motion file played from its first pose, once or in a loop."""

    track: MotionTrack
    loop: bool = False

    @property
    def duration_ns(self) -> int | None:
        """The file's length, or None if it loops."""
        return None if self.loop else self.track.duration_ns

    def pose_at(self, elapsed_ns: int) -> Pose:
        """The body's pose `elapsed_ns` after the start; without a loop the last pose is held."""
        if self.loop and self.track.duration_ns > 0:
            elapsed_ns %= self.track.duration_ns
        return self.track.pose_at(self.track.times_ns[0] + elapsed_ns)
