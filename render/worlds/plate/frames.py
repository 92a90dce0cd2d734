"""What drawing needs of the films in graphics memory: frames, and how their codes become light."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple, Protocol

import moderngl

from render.gpu.passes import Uniform
from render.worlds.plate.record import PlatePart
from render.worlds.shared.media import MediaFacts

Wanted = tuple[tuple[str, int], ...]
"""Identity of a film and number of its frame, of each film of a layer."""


class PlateFrame(NamedTuple):
    """One frame of a film on the GPU: its textures in the order of `plane_levels`, with their levels.

    Those finer than `first` may hold anything. `key` is the identity of its film, and its number.
    """

    planes: tuple[moderngl.Texture, ...]
    facts: MediaFacts
    first: int
    key: tuple[str, int]


class PlateColours(NamedTuple):
    """What makes light of a frame's planes: uniforms of `shaders/common/film_codes.glsl`, and its curve where that is a
    table.
    """

    table: moderngl.Texture | None
    values: Mapping[str, Uniform]


class Plates(Protocol):
    """The films in graphics memory."""

    def together(self, wanted: Wanted) -> tuple[PlateFrame, ...] | None:
        """The frames that films of one layer show, all of the same frame of the show.

        That is the wanted ones; else the newest that are there of all of them and not after those; else those that
        were shown last. None where there is nothing to show.
        """

    def use(self, media: str, number: int) -> PlateFrame | None:
        """Exactly this frame; None where it is not there."""

    def colours(self, part: PlatePart, facts: MediaFacts) -> PlateColours | None:
        """How codes become light; None while the colour space is not known yet."""


PlatesNow = Callable[[], Plates]
"""Gives the films that are drawn now."""
