"""What the lights are to give in a frame, and what the edges report of light and of the wire. Pure.

A *cell* is what has a colour of its own: a fixture has one, a pixel bar many. Cells are counted over all lights in the
order of the configuration, and over each light's cells.
"""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from tracking.records import Evolving

NUMBERS_A_CELL = 3
"""Numbers of a cell in `LightsPlan.targets`: CIE 1931 x, y, and the level."""


class LightsPlan(Evolving):
    """What every cell is to give when a wall emits this frame's light, at `light_ns` (host monotonic).

    `targets` holds x, y and level of each cell, one after the other. The level is the share of the fixture's full
    light, after groups, limits and the grand master and before its dimmer curve; above 1 the fixture clips.
    `patch` holds universe and address of each light, one after the other; both are parameters and may change.
    `directions` holds azimuth and elevation (degrees, + left and + up, from the light's place to where its light comes
    from) of lights that follow sun or moon, by the light's index. `dark` says that people took all light away.
    """

    frame: int
    light_ns: int
    targets: tuple[float, ...]
    patch: tuple[int, ...]
    directions: dict[int, tuple[float, float]] = msgspec.field(default_factory=dict)
    dark: bool = False


class LightReached(Evolving, tag="light_reached"):
    """What light reached the following cells in `frame`, as the walls showed it and the world around them.

    `light` holds red, green and blue of each probe of that frame's plan, one after the other: the mean radiance over
    the probe's lobe in scene-linear ACEScg (1.0 is 100 nits), which is irradiance / pi for a cosine lobe. `brightest`
    is the direction (azimuth, elevation, degrees) of the brightest source, and its irradiance, where there is one.
    """

    frame: int
    light: tuple[float, ...]
    brightest: tuple[float, float, float, float, float] | None = None


class SentUniverse(NamedTuple):
    """The slots of one universe after one tick of the wire, without those of zeros at its end."""

    universe: int
    slots: bytes


class SentTick(Evolving):
    """One tick of the wire: the moment of show time that it shows, in frames, and the universes that changed.

    `digest` is of all universes' slots. `clipped` are the indices of cells whose colour or level could not be had.
    `between` has, for each latency among the lights, rising, which frames' plans it was mixed from: the first, the
    second, and the share of the way. It is empty where no plan alone says what was sent, as without a core.
    """

    at_frame: float
    digest: str
    changed: tuple[SentUniverse, ...] = ()
    clipped: tuple[int, ...] = ()
    between: tuple[tuple[int, int, float], ...] = ()


class LightsSent(Evolving, tag="lights_sent"):
    """What the lights process has put on the wire since it last told; `life` counts its starts in this run."""

    life: int
    ticks: tuple[SentTick, ...]


class LightsLink(Evolving, tag="lights_link"):
    """How a way to the fixtures stands: `place` is an interface, a serial device or a node.

    `state` is `up`, or why it is not: a code for people.
    """

    place: str
    state: str
    detail: str = ""
