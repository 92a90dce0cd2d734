"""Parameters that a verification sets before the first frame."""

from __future__ import annotations

import msgspec

from calibration.cameras import Camera
from stage.config.records import StageConfig
from stage.config.starting_values import tree_of
from stage.show.frame.requests import Command, Target, setting_command
from stage.values.parameters import Refusal
from stage.words.sentences import refusal_line
from tracking.records import ConfigError
from tracking.settable import Value


def targets_of(config: StageConfig, texts: tuple[str, ...]) -> tuple[Target, ...]:
    """`PATH=VALUE` as targets, each value as its parameter takes it. Raises ConfigError for what none takes."""
    tree = tree_of(config)
    targets = []
    for text in texts:
        path, equals, word = text.partition("=")
        parameter = tree.find(path)
        if not equals or isinstance(parameter, Refusal):
            reason = (
                refusal_line(parameter)
                if equals and isinstance(parameter, Refusal)
                else "no `=` between path and value"
            )
            raise ConfigError(f"--set: found {text!r}, expected PATH=VALUE: {reason}")
        value = tree.check(path, _read(parameter.kind, word))
        if isinstance(value, Refusal):
            raise ConfigError(f"--set: {refusal_line(value)}")
        targets.append(Target(path=path, value=value))
    return tuple(targets)


def parked_as(cameras: tuple[Camera, ...], targets: tuple[Target, ...]) -> tuple[Camera, ...]:
    """The cameras, parked or not as the targets have them."""
    asked = {target.path: bool(target.value) for target in targets}
    return tuple(
        msgspec.structs.replace(camera, parked=asked.get(f"/camera/{camera.name}/parked", camera.parked))
        for camera in cameras
    )


def _read(kind: str, word: str) -> Value:
    if kind == "boolean" and word in {"true", "false"}:
        return word == "true"
    if kind != "float":
        return word
    try:
        return float(word)
    except ValueError:
        return word


def command_of(targets: tuple[Target, ...]) -> tuple[Command, ...]:
    """One command that sets all of them in one frame; none where there are none."""
    return (setting_command("verify", targets),) if targets else ()
