"""The show as replay folds it: configuration, calibration and state from the take alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol, TypeVar

import msgspec

from calibration.records import Calibration
from stage.config.records import StageConfig
from stage.show.frame.inputs import FrameInputs
from stage.show.frame.outcome import Outcome
from stage.show.show import Show
from stage.show.state import decode_state, encode_state
from stage.takes import format_1, format_2, format_3
from stage.takes.records import BEFORE_FORMAT_4, TakeHeader
from tracking.records import UNDECODABLE, ConfigError

Read = TypeVar("Read")


class Fold(Protocol):
    """What replay needs of a show: step it from encoded inputs, and get its encoded state."""

    def read(self, encoded: bytes) -> FrameInputs: ...

    def step(self, inputs: FrameInputs) -> Outcome: ...

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
    """An error in a few words, with its kind where its own words do not say what is wrong."""
    words = str(error)
    return words if isinstance(error, UNDECODABLE) and words else f"{type(error).__name__} {words}".strip()


class ShowFold:
    """The real show, from a take of any format that this version reads.

    Raises ConfigError where the header is of another version, one of `UNFOLDABLE` where the bytes are not a state.
    """

    def __init__(self, header: TakeHeader, state: bytes) -> None:
        config = _read(header, "configuration", header.config, StageConfig)
        calibration = _read(header, "calibration", header.calibration, Calibration)
        self._format = header.format
        self._is_older = self._format in BEFORE_FORMAT_4
        if self._format == "3":
            state = format_3.upgraded_state(state)
        elif self._is_older:
            config = format_2.as_drawn_then(config)
            upgraded = format_1.upgraded_state if self._format == "1" else format_2.upgraded_state
            state = format_2.with_colour_space(upgraded(state, config), config)
        if self._is_older:
            state = format_3.with_codes(state)
        self._config = config
        self._show = Show(config, calibration, decode_state(state))

    def read(self, encoded: bytes) -> FrameInputs:
        """A frame's recorded inputs. Raises one of `UNFOLDABLE`."""
        if self._format == "1":
            encoded = format_1.upgraded_inputs(encoded)
        if self._is_older:
            encoded = format_3.upgraded_records(encoded)
        inputs = msgspec.msgpack.decode(encoded, type=FrameInputs)
        return inputs if self._format not in ("1", "2") else format_2.upgraded_inputs(inputs, self._config)

    def step(self, inputs: FrameInputs) -> Outcome:
        """Steps one frame."""
        return self._show.step(inputs)

    def state(self) -> bytes:
        """The encoded state, in this version's format."""
        return encode_state(self._show.state)


def config_of(path: Path, header: TakeHeader) -> StageConfig:
    """The configuration by which a take is drawn again. Raises ConfigError where this version cannot read it."""
    try:
        config = _read(header, "configuration", header.config, StageConfig)
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from error
    return config if header.format not in ("1", "2") else format_2.as_drawn_then(config)


def _read(header: TakeHeader, what: str, encoded: bytes, kind: type[Read]) -> Read:
    try:
        if header.format in BEFORE_FORMAT_4:
            encoded = format_3.upgraded_records(encoded)
        return msgspec.msgpack.decode(encoded, type=kind)
    except UNDECODABLE as error:
        version = header.version or "unknown"
        raise ConfigError(
            f"its {what} was written by version {version}, which this one cannot read: {error}; replay it with that one"
        ) from error
