"""A chequered room whose light says which place of it is seen: what a verification of near worlds looks at.

It is a cube, each wall at a distance of 1 from its origin. Red, green and blue of ACEScg are where a point of it is,
to the right, ahead and up in the stage's axes, from -1 to 1; in every other field `ODD` is added to each of them.
"""

from __future__ import annotations

import itertools

import numpy as np
from numpy.typing import NDArray

from render.colour.primaries import REC709, acescg_from_rgb
from render.models.made import made_model
from render.models.model import Material, Model, Part
from render.models.parts import kept_array
from render.models.quads import in_gltf

FIELDS = 8
"""Across each wall, and up it."""
ODD = 2.5


def measured_room() -> Model:
    """The room. It shines by itself, as it is: no light falls on it."""
    corners, odd, normals = (np.concatenate(part) for part in zip(*map(_wall, range(6)), strict=True))
    rec709_from_acescg = np.linalg.inv(np.array(acescg_from_rgb(REC709)))
    light = (corners + ODD * odd[:, None, None]) @ rec709_from_acescg.T
    first = 4 * np.arange(len(corners), dtype=np.uint32)[:, None, None]
    part = Part(
        triangles=kept_array((first + np.array([[0, 1, 2], [0, 2, 3]], np.uint32)).reshape(-1, 3)),
        positions=in_gltf(corners.reshape(-1, 3)),
        normals=in_gltf(np.repeat(normals, 4, axis=0)),
        colours=kept_array(np.insert(light.reshape(-1, 3), 3, 1.0, axis=1).astype(np.float32)),
        material=0,
    )
    return made_model([part], [Material("room", is_unlit=True, is_double_sided=True)])


def _wall(number: int) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """A wall's fields as four corners each, in the stage's axes: (n, 4, 3); which are odd, (n,); normals, (n, 3)."""
    axis, side = number // 2, 2.0 * (number % 2) - 1.0
    across, up = [one for one in range(3) if one != axis]
    edges = np.linspace(-1.0, 1.0, FIELDS + 1)
    corners, odd = [], []
    for column, row in itertools.product(range(FIELDS), repeat=2):
        field = np.full((4, 3), side)
        field[:, across] = edges[[column, column + 1, column + 1, column]]
        field[:, up] = edges[[row, row, row + 1, row + 1]]
        corners.append(field)
        odd.append(float((column + row) % 2))
    normals = np.zeros((len(corners), 3))
    normals[:, axis] = -side
    return np.array(corners), np.array(odd), normals
