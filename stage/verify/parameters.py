"""Parameters that a verification sets before the first frame."""

from __future__ import annotations

import msgspec

from calibration.cameras import Camera
from stage.config.records import StageConfig
from stage.show.frame.inputs import BatchRequest, Command, SetRequest, Value
from stage.show.show import Show
from stage.values.parameters import Refusal
from tracking.records import ConfigError


def requests_of(config: StageConfig, texts: tuple[str, ...]) -> tuple[SetRequest, ...]:
    """`PATH=VALUE` as requests, each value as its parameter takes it. Raises ConfigError for what none takes."""
    tree = Show.tree_of(config)
    requests = []
    for text in texts:
        path, equals, word = text.partition("=")
        parameter = tree.find(path)
        if not equals or isinstance(parameter, Refusal):
            reason = parameter.detail if equals and isinstance(parameter, Refusal) else "no `=` between path and value"
            raise ConfigError(f"--set: found {text!r}, expected PATH=VALUE: {reason}")
        value = tree.check(path, _read(parameter.kind, word))
        if isinstance(value, Refusal):
            raise ConfigError(f"--set: {value.detail}")
        requests.append(SetRequest(path=path, value=value))
    return tuple(requests)


def parked_as(cameras: tuple[Camera, ...], requests: tuple[SetRequest, ...]) -> tuple[Camera, ...]:
    """The cameras, parked or not as the requests have them."""
    asked = {request.path: bool(request.value) for request in requests}
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


def command_of(requests: tuple[SetRequest, ...]) -> tuple[Command, ...]:
    """One command that sets all of them in one frame; none where there are none."""
    if not requests:
        return ()
    return (Command(id="verify", client="verify", role="admin", order=0, request=BatchRequest(items=requests)),)
