"""What a verification is asked to do."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from tracking.motion_files import Axes
from tracking.records import Record, Vec3
from tracking.settings import Protocol
from tracking.sources.schedule import JitterKind

BuiltIn = Literal["dolly", "crane", "whip", "handheld"]
BUILT_IN: tuple[BuiltIn, ...] = ("dolly", "crane", "whip", "handheld")
WARM_UP_S = 2.0
"""Left out at the start of each motion: trackers' clocks and margins are still being learned."""
FULL_FRAME_EVERY = 60
GRID = (96, 54)
STILL_PX = 0.05
"""A frame in which the held pose errs by no more than this in the median says nothing about prediction."""


class VerifySettings(Record):
    """Poses, motion and network of one verification.

    `motions` are built-in names or motion files; none leaves only still poses. `at_m` is where a motion's mean goes,
    in the stage (None: the stage's outer eye). `latency_ms` is the age, when its light leaves the first wall, of a
    sample that was not held up; None keeps the configured delays. `delay_ms` is from sample to arrival (None: each
    tracker's own). `seconds` cuts every motion. `poses` is the number of still poses for each camera. `values`
    are parameters set before the first frame, as `PATH=VALUE`. `sub_frames` of each camera's shutter make a film frame
    of a motion; a single one is the instant at which a wall frame's light leaves.
    """

    motions: tuple[str, ...] = BUILT_IN
    axes: Axes = "stage"
    at_m: Vec3 | None = None
    protocol: Protocol | None = None
    rate_hz: Annotated[float, msgspec.Meta(ge=1.0, le=1000.0)] | None = None
    delay_ms: Annotated[float, msgspec.Meta(ge=0.0, le=1000.0)] | None = None
    latency_ms: Annotated[float, msgspec.Meta(gt=0.0, le=2000.0)] | None = None
    jitter_ms: Annotated[float, msgspec.Meta(ge=0.0, le=1000.0)] = 0.0
    jitter: JitterKind = "normal"
    loss: Annotated[float, msgspec.Meta(ge=0.0, le=0.9)] = 0.0
    seconds: Annotated[float, msgspec.Meta(gt=WARM_UP_S, le=3600.0)] | None = None
    seed: Annotated[int, msgspec.Meta(ge=0, le=2**31)] = 1
    sub_frames: Annotated[int, msgspec.Meta(ge=1, le=32)] = 1
    poses: Annotated[int, msgspec.Meta(ge=0, le=10_000)] = 12
    values: tuple[str, ...] = ()
