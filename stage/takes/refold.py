"""The show as replay folds it: configuration, calibration and state from the take alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import msgspec

from calibration.records import Calibration
from render.plan.frame import FramePlan
from stage.config.records import StageConfig
from stage.show.frame.inputs import FrameInputs
from stage.show.show import Show
from stage.show.state import decode_state, encode_state
from stage.takes.records import UNDECODABLE, TakeHeader
from tracking.records import ConfigError


class Fold(Protocol):
    """What replay needs of a show: step it, and ask for its encoded state."""

    def step(self, inputs: FrameInputs) -> FramePlan: ...

    def state(self) -> bytes: ...


OpenFold = Callable[[TakeHeader, bytes], Fold]
"""Makes a fold from a take's header and an encoded snapshot."""


UNFOLDABLE = (
    *UNDECODABLE,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    MemoryError,
    RuntimeError,
    TypeError,
    ValueError,
)
"""What a fold may end in when its inputs or its state are not what a show once had: a file that was changed can hold
any value that its records allow. A show itself never raises any of these."""


def cause_of(error: Exception) -> str:
    """An error in a few words: its kind, where its own do not say."""
    words = str(error)
    return words if isinstance(error, UNDECODABLE) and words else f"{type(error).__name__} {words}".strip()


class ShowFold:
    """The real show.

    Raises ConfigError where the header is of another version, one of `UNFOLDABLE` where the state is none of its own.
    """

    def __init__(self, header: TakeHeader, state: bytes) -> None:
        try:
            config = msgspec.msgpack.decode(header.config, type=StageConfig)
            calibration = msgspec.msgpack.decode(header.calibration, type=Calibration)
        except UNDECODABLE as error:
            raise ConfigError(_unreadable(header, error)) from error
        self._show = Show(config, calibration, decode_state(state))

    def step(self, inputs: FrameInputs) -> FramePlan:
        return self._show.step(inputs)

    def state(self) -> bytes:
        return encode_state(self._show.state)


def config_of(path: Path, header: TakeHeader) -> StageConfig:
    """The configuration that a take was recorded with. Raises ConfigError where this version cannot read it."""
    try:
        return msgspec.msgpack.decode(header.config, type=StageConfig)
    except UNDECODABLE as error:
        raise ConfigError(f"{path}: {_unreadable(header, error)}") from error


def _unreadable(header: TakeHeader, error: Exception) -> str:
    version = header.version or "unknown"
    return f"its configuration was written by version {version}, which this one cannot read: {error}"
