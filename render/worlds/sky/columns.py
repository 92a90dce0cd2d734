"""How much air there is along rays, in double precision: what the sky's tables are filled with that no light changes.

Rays are those of `render/worlds/sky/air.py`; lengths are in kilometres.
"""

from __future__ import annotations

import math
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from render.worlds.sky.air import (
    AIR_KM,
    GROUND_KM,
    MIE_KM,
    OZONE_HALF_KM,
    OZONE_MIDDLE_KM,
    RAYLEIGH_KM,
    RAYLEIGH_PER_KM,
    TOP_KM,
    Air,
    horizon_dip_rad,
)

Array = NDArray[np.float64]

HEIGHTS, RISES = 96, 256
"""Of the table of columns: heights above ground, and directions from the horizon at each to the zenith."""
ROWS_ABOVE, ROWS_BELOW = 64, 32
"""Of every table of the sky: directions from the horizon to the zenith, then from the horizon straight down."""
ROWS = ROWS_ABOVE + ROWS_BELOW
NODES = 32
"""Places along each ray at which its light is gathered."""
_LEG_NODES = 4
_SHELLS = GROUND_KM + np.array([0.0, 0.2, 0.6, 1.2, 2.5, 4.5, 7.0, 10.0, 14.0, 19.0, 25.0, 32.0, 40.0, 60.0, AIR_KM])


def air_columns(heights: Array, rises: Array) -> Array:
    """Air, haze and ozone along rays out of the air, as lengths of the densest: (..., 3).

    `rises` are cosines of the rays' angles from the vertical, at `heights` above ground. The ground stops none.
    """
    radius = GROUND_KM + heights
    along, aside = radius * rises, radius * np.sqrt(np.maximum(1.0 - rises**2, 0.0))
    beyond = _outwards(np.abs(along), aside)
    down = along < 0.0
    beyond[down] = 2.0 * _outwards(np.zeros_like(along[down]), aside[down]) - beyond[down]
    return beyond


@cache
def column_table() -> NDArray[np.float32]:
    """The columns of rays from every height in every direction that leaves the air: (HEIGHTS, RISES, 3).

    Rows are evenly spaced in the root of the height, columns in the root of how far the ray is above the horizon. It is
    worked out once, since nothing changes it.
    """
    heights = AIR_KM * np.linspace(0.0, 1.0, HEIGHTS)[:, None] ** 2
    horizon = -np.sqrt(heights * (2.0 * GROUND_KM + heights)) / (GROUND_KM + heights)
    rises = horizon + (1.0 - horizon) * np.linspace(0.0, 1.0, RISES) ** 2
    rows = zip(*np.broadcast_arrays(heights, rises), strict=True)
    table = np.array([air_columns(*row) for row in rows], np.float32)  # a row at a time stays in the processor's cache
    table.setflags(write=False)
    return table


class March(NamedTuple):
    """Rays of an eye in all directions, row by row, and NODES places along each of them.

    `roots` are roots of the places' shares of the air's height, `turns` sines of the angles at the earth's centre from
    the eye to each; `lengths` what each place stands for, `densities` of air and haze there, `columns` what lies
    between it and the eye; `whole` what lies on all of the ray, `directions` the ray's cosine and sine of elevation,
    `end_turns` the sines of the angles to where rays meet the ground.
    """

    roots: Array
    turns: Array
    lengths: Array
    densities: Array
    columns: Array
    whole: Array
    directions: Array
    end_turns: Array

    def gains(self, air: Air) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """What of the light at each place is scattered by air, and by haze, and gets to the eye: (ROWS, NODES, 4).

        Phase functions are not in it. The fourth numbers are the places' roots and turns.
        """
        passing = np.exp(-self.columns @ np.array(air[1:])) * self.lengths[..., None]
        by_air = passing * self.densities[..., :1] * np.array(RAYLEIGH_PER_KM)
        by_haze = passing * self.densities[..., 1:] * air.mie_scattering
        pairs = ((by_air, self.roots), (by_haze, self.turns))
        first, second = (np.concatenate([part, extra[..., None]], axis=2).astype(np.float32) for part, extra in pairs)
        return first, second

    def rows(self, air: Air) -> NDArray[np.float32]:
        """Of each ray what all of its air takes, as optical depths, with its end; and its direction: (ROWS, 2, 4)."""
        depths = np.concatenate([self.whole @ np.array(air[1:]), self.end_turns[:, None]], axis=1)
        directions = np.concatenate([self.directions, np.zeros_like(self.directions)], axis=1)
        return np.stack([depths, directions], axis=1).astype(np.float32)


def march(eye_altitude_m: float) -> March:
    """The rays of an eye at this height above sea level, down to the ground or out of the air."""
    height, dip = max(eye_altitude_m, 0.0) * 1e-3, horizon_dip_rad(eye_altitude_m)
    elevations = row_elevations(dip)
    radius = GROUND_KM + height
    along, aside = radius * np.sin(elevations), radius * np.cos(elevations)
    lengths = np.sqrt(np.maximum(TOP_KM**2 - aside**2, 0.0)) - along
    lengths[ROWS_ABOVE:] = (-along - np.sqrt(np.maximum(GROUND_KM**2 - aside**2, 0.0)))[ROWS_ABOVE:]
    nodes, weights = _gauss(NODES)
    places = lengths[:, None] * nodes**2
    far, heights = _far(places, height, along[:, None])
    between = _between(lengths, nodes, height, along)
    end_far, _ = _far(lengths, height, along)
    above = air_columns(np.full(ROWS_ABOVE, height), np.sin(elevations[:ROWS_ABOVE]))
    last = _between(lengths, np.array([1.0]), height, along)[ROWS_ABOVE:, 0]
    return March(
        roots=np.sqrt(np.clip(heights / AIR_KM, 0.0, 1.0)),
        turns=places * np.cos(elevations)[:, None] / far,
        lengths=2.0 * lengths[:, None] * nodes * weights,
        densities=_densities(heights)[..., :2],
        columns=between,
        whole=np.concatenate([above, last]),
        directions=np.stack([np.cos(elevations), np.sin(elevations)], axis=1),
        end_turns=lengths * np.cos(elevations) / end_far,
    )


def row_scales(dip_rad: float) -> tuple[float, float]:
    """Tangents of half the angles from the horizon, `dip_rad` below the horizontal, to the zenith and straight down."""
    return math.tan(0.25 * math.pi + 0.5 * dip_rad), math.tan(0.25 * math.pi - 0.5 * dip_rad)


def row_elevations(dip_rad: float) -> Array:
    """The elevation of every row: the tangent of half its angle from the horizon grows with the row's square."""
    above, below = row_scales(dip_rad)
    up = 2.0 * np.arctan(above * np.linspace(0.0, 1.0, ROWS_ABOVE) ** 2)
    down = -2.0 * np.arctan(below * np.linspace(0.0, 1.0, ROWS_BELOW) ** 2)
    return np.concatenate([up, down]) - dip_rad


def _outwards(along: Array, aside: Array) -> Array:
    """Columns on rays that rise, from `along` beyond the point that is nearest the earth's centre, `aside` from it."""
    stops = np.sqrt(np.maximum(_SHELLS**2 - aside[..., None] ** 2, 0.0))
    stops = np.maximum(stops, along[..., None])
    nodes, weights = _gauss(_LEG_NODES)
    lengths = np.diff(stops, axis=-1)
    places = stops[..., :-1, None] + lengths[..., None] * nodes
    heights = np.sqrt(places**2 + aside[..., None, None] ** 2) - GROUND_KM
    legs = ((part.reshape(-1, _LEG_NODES) @ weights).reshape(lengths.shape) * lengths for part in _parts(heights))
    return np.stack([leg.sum(-1) for leg in legs], axis=-1)


def _between(lengths: Array, nodes: Array, height: float, along: Array) -> Array:
    """Columns from the eye to the places at squares of `nodes` along rays: (rays, nodes, 3)."""
    starts = np.concatenate([[0.0], nodes[:-1]])
    inner, weights = _gauss(_LEG_NODES if len(nodes) > 1 else 8 * _LEG_NODES)
    shares = starts[:, None] + (nodes - starts)[:, None] * inner
    steps = 2.0 * shares * (nodes - starts)[:, None] * weights
    _, heights = _far(lengths[:, None, None] * shares**2, height, along[:, None, None])
    parts = (_densities(heights) * steps[..., None]).sum(2) * lengths[:, None, None]
    return np.cumsum(parts, axis=1)


def _far(places: Array, height: float, along: Array) -> tuple[Array, Array]:
    """Distances from the earth's centre and heights of places along rays of an eye at `height`."""
    gained = height * (2.0 * GROUND_KM + height) + places * (places + 2.0 * along)
    far = np.sqrt(GROUND_KM**2 + gained)
    return far, np.maximum(gained / (far + GROUND_KM), 0.0)


def _densities(heights: Array) -> Array:
    """Of air, haze and ozone, as shares of the densest: (..., 3)."""
    return np.stack(_parts(heights), axis=-1)


def _parts(heights: Array) -> tuple[Array, Array, Array]:
    """The same by themselves."""
    ozone = np.maximum(0.0, 1.0 - np.abs(heights - OZONE_MIDDLE_KM) / OZONE_HALF_KM)
    return np.exp(-heights / RAYLEIGH_KM), np.exp(-heights / MIE_KM), ozone


@cache
def _gauss(count: int) -> tuple[Array, Array]:
    """Gauss's nodes and weights on 0 to 1."""
    nodes, weights = np.polynomial.legendre.leggauss(count)
    return 0.5 * (nodes + 1.0), 0.5 * weights
