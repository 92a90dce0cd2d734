"""What lamps in a row light of a scene at night, worked out once for the corners of its quads, as their alpha."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from render.models.model import Part
from render.models.parts import kept_array
from render.models.quads import in_stage

MOST_LIGHT = 1.5
"""Times the light right below a lamp: an alpha of one. `shaders/models/around.glsl` has it, times three."""
_LONG_M = 8.0
_BOUNCED = 0.12
"""Of the light that the ground has, what it sends back to what stands on it."""
_LEAST_UP = 0.06
"""Of a lamp's light, what goes steeply up: it has a shade."""
_NEAREST_M2 = 1.0
_REACHES_M = 40.0
_STEPS = 4


def lit_by_lamps(part: Part, lamps_m: NDArray[np.float64], every_m: float) -> Part:
    """A part of quads, each of four corners of its own, with what lamps at these places (n, 3) light of each corner.

    Places are in the stage's axes. Lamps of a side stand `every_m` apart along Y: a quad that is longer has their mean.
    """
    assert part.colours is not None
    places, normals = in_stage(part.positions), in_stage(part.normals)
    along = places[:, 1].reshape(-1, 4)
    is_long = np.repeat(along.max(axis=1) - along.min(axis=1) > _LONG_M, 4)
    found = _light(places, normals, lamps_m)
    steps = every_m * (np.arange(_STEPS) / _STEPS - 0.5)
    moved = [_light(places[is_long] + (0.0, step, 0.0), normals[is_long], lamps_m) for step in steps]
    found[is_long] = np.mean(moved, axis=0)
    colours = part.colours.copy()
    colours[:, 3] = np.clip(found / MOST_LIGHT, 0.0, 1.0)
    return part._replace(colours=kept_array(colours))


def _light(
    places: NDArray[np.float64], normals: NDArray[np.float64], lamps_m: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Irradiance over that of level ground right below a lamp: its own, and what the ground sends back."""
    order = np.argsort(places[:, 1], kind="stable")
    places, normals = places[order], normals[order]
    sums = np.zeros(len(places))
    for lamp in lamps_m:
        near = slice(*np.searchsorted(places[:, 1], (lamp[1] - _REACHES_M, lamp[1] + _REACHES_M)))
        sums[near] += _of_lamp(places[near], normals[near], lamp)
    found = np.empty_like(sums)
    found[order] = sums
    return found


def _of_lamp(
    places: NDArray[np.float64], normals: NDArray[np.float64], lamp: NDArray[np.float64]
) -> NDArray[np.float64]:
    x, y, z = (lamp - places).T
    level = x * x + y * y
    squared = np.maximum(level + z * z, _NEAREST_M2)
    distance, below = np.sqrt(squared), lamp[2] ** 2
    facing = np.maximum((x * normals[:, 0] + y * normals[:, 1] + z * normals[:, 2]) / distance, 0.0)
    shaded = np.clip(0.6 + 0.9 * z / distance, _LEAST_UP, 1.0)
    bounced = _BOUNCED * (below / (level + below)) ** 2 * np.exp(-np.maximum(places[:, 2], 0.0) / lamp[2])
    found: NDArray[np.float64] = shaded * facing * below / squared + bounced * (0.75 - 0.25 * normals[:, 2])
    return found
