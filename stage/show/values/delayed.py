"""How a value is put in force, and values that are put in force in a later frame. Pure."""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import NamedTuple

import msgspec

from tracking.records import Evolving
from tracking.settable import Curve, Value, Way


class By(NamedTuple):
    """How a value is reached: over `fade_s` seconds, which way round, along which curve, and for which cue (its number
    in thousandths, 0 for none).
    """

    fade_s: float = 0.0
    way: Way = "shorter"
    curve: Curve = "linear"
    cue: int = 0


NOW = By()


class Called(NamedTuple):
    """A value that does something whenever it is set, and the frame in which it was."""

    value: Value
    frame: int


class Delayed(Evolving):
    """What a cue sets in `frame`, unless somebody sets it before. `number` is the cue's, in thousandths.

    It waits from the frame `held` on, where that is not -1.
    """

    number: int
    frame: int
    values: dict[str, Value]
    fade_s: float = 0.0
    way: Way = "shorter"
    curve: Curve = "linear"
    held: int = -1

    def by(self) -> By:
        """How its values are reached."""
        return By(self.fade_s, self.way, self.curve, self.number)


def without(delayed: Iterable[Delayed], paths: Container[str]) -> list[Delayed]:
    """What is left where these paths are set by somebody else."""
    left = []
    for one in delayed:
        values = {path: value for path, value in one.values.items() if path not in paths}
        if values:
            left.append(one if len(values) == len(one.values) else msgspec.structs.replace(one, values=values))
    return left
