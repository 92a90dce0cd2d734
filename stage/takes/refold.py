"""The show as replay folds it: configuration, calibration and state from the take alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import msgspec

from calibration.records import Calibration
from render.plan import FramePlan
from stage.config import StageConfig
from stage.inputs import FrameInputs
from stage.show import Show
from stage.state import decode_state, encode_state
from stage.takes.records import TakeHeader
from tracking.records import ConfigError


class Fold(Protocol):
    """What replay needs of a show: step it, and ask for its encoded state."""

    def step(self, inputs: FrameInputs) -> FramePlan: ...

    def state(self) -> bytes: ...


OpenFold = Callable[[TakeHeader, bytes], Fold]
"""Makes a fold from a take's header and an encoded snapshot."""


class ShowFold:
    """The real show. Raises msgspec.DecodeError where header or state are of another version."""

    def __init__(self, header: TakeHeader, state: bytes) -> None:
        config = msgspec.msgpack.decode(header.config, type=StageConfig)
        calibration = msgspec.msgpack.decode(header.calibration, type=Calibration)
        self._show = Show(config, calibration, decode_state(state))

    def step(self, inputs: FrameInputs) -> FramePlan:
        return self._show.step(inputs)

    def state(self) -> bytes:
        return encode_state(self._show.state)


def config_of(path: Path, header: TakeHeader) -> StageConfig:
    """The configuration that a take was recorded with. Raises ConfigError where this version cannot read it."""
    try:
        return msgspec.msgpack.decode(header.config, type=StageConfig)
    except msgspec.DecodeError as error:
        raise ConfigError(
            f"{path}: its configuration was written by version {header.version or 'unknown'}, "
            f"which this one cannot read: {error}"
        ) from error
