"""What mixing is told of each light, and what it gives back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple

from stage.fixtures.records import FixtureProfile

Curve = Literal["linear", "square", "s"]
"""How a fixture's light follows its dimmer: as its value, as the square of it, or slowly at both ends."""


class MixedLight(NamedTuple):
    """A light: its kind of fixture and mode, the curve of its dimmer, and the least value at which it burns steadily.

    `minimum` is a share of a channel's range. Below half of it a dimmer, or an emitter that is dimmed by itself, goes
    out.
    """

    profile: FixtureProfile
    mode: str
    curve: Curve = "linear"
    minimum: float = 0.0


class Mixed(NamedTuple):
    """The slots of every universe that is patched, up to the last that is; cells that cannot do what was asked; what
    they really do.

    What they do is only worked out by who asks for it: that costs a third of mixing, and is told four times a second.
    """

    universes: dict[int, bytes]
    clipped: tuple[int, ...]
    works_out: Callable[[], tuple[float, ...]]

    @property
    def given(self) -> tuple[float, ...]:
        """x, y and level of each cell, one after the other, after rounding to the channels' bits."""
        return self.works_out()
