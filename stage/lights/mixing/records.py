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


class Span(NamedTuple):
    """Where the slots of a universe lie among those of all, up to the last one that is patched. Each begins equally
    far behind the one before.
    """

    universe: int
    start: int
    size: int


class Mixed(NamedTuple):
    """The slots of all universes that are patched, one after the other, and where those of each lie, rising.

    The rest is only worked out by who asks for it: that costs a third of mixing, and is told a few times a second.
    """

    slots: bytes
    spans: tuple[Span, ...]
    finds_clipped: Callable[[], tuple[int, ...]]
    works_out: Callable[[], tuple[float, ...]]

    @property
    def universes(self) -> dict[int, bytes]:
        """The slots of each universe."""
        return levels_of(self.slots, self.spans)

    @property
    def clipped(self) -> tuple[int, ...]:
        """Cells that cannot do what was asked."""
        return self.finds_clipped()

    @property
    def given(self) -> tuple[float, ...]:
        """x, y and level that each cell gives, one after the other, after rounding to the channels' bits."""
        return self.works_out()


def levels_of(slots: bytes, spans: tuple[Span, ...]) -> dict[int, bytes]:
    """The slots of each universe by its number, rising."""
    return {universe: slots[start : start + size] for universe, start, size in spans}
