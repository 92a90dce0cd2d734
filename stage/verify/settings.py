"""The settings of a verification, and the parameters that it sets before the first frame."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from calibration.cameras import Camera
from stage.config.records import StageConfig
from stage.config.starting_values import tree_of
from stage.show.frame.requests import Command, Target, setting_command
from stage.values.parameters import Refusal
from stage.words.sentences import refusal_line
from tracking.motion_files import Axes
from tracking.records import ConfigError, Record, Vec3
from tracking.settable import Value
from tracking.settings import Protocol
from tracking.sources.schedule import JitterKind

BuiltIn = Literal["dolly", "crane", "whip", "handheld"]
BUILT_IN: tuple[BuiltIn, ...] = ("dolly", "crane", "whip", "handheld")
WARM_UP_S = 2.0
"""Left out at the start of each motion: the show is still learning the trackers' clocks and the overscan."""
FULL_FRAME_EVERY = 60
GRID = (96, 54)
STILL_PX = 0.05
"""A frame in which the held pose errs by no more than this in the median says nothing about prediction."""


class VerifySettings(Record):
    """Poses, motions and network of one verification.

    `motions` are built-in names or motion files; an empty tuple leaves only still poses. `at_m` is the mean position of
    a motion in the stage frame (None: the stage's outer eye). `latency_ms` is the age of a sample that was not held up
    when its light leaves the first wall; None keeps the configured delays. `delay_ms` is the time from sample to
    arrival (None: each tracker's own). `seconds` cuts every motion. `poses` is the number of still poses for each
    camera. `values` are parameters set before the first frame, as `PATH=VALUE`. `sub_frames` moments of each camera's
    shutter make one film frame of a motion; 1 is the instant at which a wall frame's light leaves. With `near` the
    world is a room of triangles close around the stage.
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
    near: bool = False


def targets_of(config: StageConfig, texts: tuple[str, ...]) -> tuple[Target, ...]:
    """Reads `PATH=VALUE` texts as targets, each value in the form that its parameter takes.

    Raises ConfigError for a text without `=`, an unknown path, or a value that the parameter does not take.
    """
    tree = tree_of(config)
    targets = []
    for text in texts:
        path, equals, word = text.partition("=")
        parameter = tree.find(path) if equals else None
        if parameter is None or isinstance(parameter, Refusal):
            reason = refusal_line(parameter) if parameter is not None else "no `=` between path and value"
            raise ConfigError(f"--set: found {text!r}, expected PATH=VALUE: {reason}")
        value = tree.check(path, _value(parameter.kind, word))
        if isinstance(value, Refusal):
            raise ConfigError(f"--set: {refusal_line(value)}")
        targets.append(Target(path=path, value=value))
    return tuple(targets)


def _value(kind: str, word: str) -> Value:
    if kind == "boolean" and word in {"true", "false"}:
        return word == "true"
    if kind != "float":
        return word
    try:
        return float(word)
    except ValueError:
        return word


def with_parking(cameras: tuple[Camera, ...], targets: tuple[Target, ...]) -> tuple[Camera, ...]:
    """The cameras, each parked or not as the targets say; without a target, as configured."""
    parking = {target.path: bool(target.value) for target in targets}
    return tuple(
        msgspec.structs.replace(camera, parked=parking.get(f"/camera/{camera.name}/parked", camera.parked))
        for camera in cameras
    )


def commands_of(targets: tuple[Target, ...]) -> tuple[Command, ...]:
    """One command that sets all targets in one frame; no command where there are no targets."""
    return (setting_command("verify", targets),) if targets else ()
