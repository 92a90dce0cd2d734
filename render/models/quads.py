"""Flat pieces with colours, gathered by code into the parts of a model.

Places are in the stage's axes: metres, X to the right, Y away from who looks at the front wall, Z up.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from render.models.model import Floats, Part
from render.models.parts import kept_array

Place = tuple[float, float, float]
Colour = tuple[float, float, float]
Corner = tuple[float, float]
_WHOLE: tuple[Corner, ...] = ((0.0, 1.0), (1.0, 1.0), (1.0, 0.0), (0.0, 0.0))
_SIDES = {"left": 0, "right": 1, "front": 2, "back": 3, "foot": 4, "top": 5}
"""Faces of an upright box: `front` is the one that who looks along +Y sees."""
_BOX = (
    ((0, 1, 0), (0, 0, 0), (0, 0, 1), (0, 1, 1)),
    ((1, 0, 0), (1, 1, 0), (1, 1, 1), (1, 0, 1)),
    ((0, 0, 0), (1, 0, 0), (1, 0, 1), (0, 0, 1)),
    ((1, 1, 0), (0, 1, 0), (0, 1, 1), (1, 1, 1)),
    ((0, 1, 0), (1, 1, 0), (1, 0, 0), (0, 0, 0)),
    ((0, 0, 1), (1, 0, 1), (1, 1, 1), (0, 1, 1)),
)
ALL_SIDES = tuple(_SIDES)
_WIDE_M = 400.0


class Quads:
    """Pieces of four corners, counter-clockwise as who sees them goes round; two equal corners make a triangle."""

    def __init__(self) -> None:
        self._corners: list[Sequence[Place]] = []
        self._uvs: list[Sequence[Corner]] = []
        self._colours: list[Colour] = []

    def __len__(self) -> int:
        return len(self._corners)

    def add(self, corners: Sequence[Place], colour: Colour, uvs: Sequence[Corner] = _WHOLE) -> None:
        """Adds a piece: its corners from the lower left one on, and where these are in a picture, row 0 the top."""
        self._corners.append(corners)
        self._uvs.append(uvs)
        self._colours.append(colour)

    def box(self, low: Place, high: Place, colour: Colour, sides: Sequence[str] = ALL_SIDES) -> None:
        """Adds these sides of an upright box."""
        ends = (low, high)
        for side in sides:
            self.add([(ends[x][0], ends[y][1], ends[z][2]) for x, y, z in _BOX[_SIDES[side]]], colour)

    def prism(
        self,
        foot: Place,
        radius_m: tuple[float, float],
        height_m: float,
        colour: Colour,
        sides: int,
        *,
        has_top: bool = True,
    ) -> None:
        """Adds the upright sides of a post whose radius goes from the first to the second, and its top."""
        turns = np.arange(sides + 1) * 2.0 * np.pi / sides
        rings = [
            [(foot[0] + r * float(np.cos(t)), foot[1] + r * float(np.sin(t)), foot[2] + z) for t in turns]
            for r, z in zip(radius_m, (0.0, height_m), strict=True)
        ]
        for one, after in zip(range(sides), range(1, sides + 1), strict=True):
            self.add((rings[0][one], rings[0][after], rings[1][after], rings[1][one]), colour)
        middle = (foot[0], foot[1], foot[2] + height_m)
        for one in range(0, sides if has_top else 0, 2):
            self.add((middle, rings[1][one], rings[1][one + 1], rings[1][min(one + 2, sides)]), colour)

    def parts(self, material: int, rings_m: tuple[float, ...] = ()) -> tuple[Part, ...]:
        """The parts of a model: four quarters of each ring between these distances from the origin, and what is so wide
        that any view would see a part with it.

        Of each the nearest pieces come first, so that they hide what is behind them before that is shaded.
        """
        corners = np.array(self._corners, np.float64).reshape(-1, 4, 3)
        x, y = corners[..., 0].mean(axis=1), corners[..., 1].mean(axis=1)
        away = np.hypot(x, y)
        quarter = np.where(np.abs(x) > np.abs(y), 1 + (x > 0.0), np.where(y > 0.0, 0, 3))
        where = 4 * np.searchsorted(rings_m, away) + quarter if rings_m else np.zeros(len(away), int)
        wide = 4 * (len(rings_m) + 1)
        where[np.ptp(corners, axis=1).max(axis=1) > _WIDE_M] = wide if rings_m else 0
        found = []
        for number in range(wide + 1):
            here = np.flatnonzero(where == number)
            if len(here):
                found.append(self._part(corners, here[np.argsort(away[here], kind="stable")], material))
        return tuple(found)

    def _part(self, corners: NDArray[np.float64], chosen: NDArray[np.intp], material: int) -> Part:
        taken = corners[chosen]
        across = np.cross(taken[:, 2] - taken[:, 0], taken[:, 3] - taken[:, 1])
        normals = across / np.maximum(np.linalg.norm(across, axis=1, keepdims=True), 1e-12)
        first = 4 * np.arange(len(taken), dtype=np.uint32)[:, None]
        triangles = np.stack(
            [first + np.array([[0, 1, 2]], np.uint32), first + np.array([[0, 2, 3]], np.uint32)], axis=1
        ).reshape(-1, 3)
        colours = np.ones((len(taken), 4))
        colours[:, :3] = np.array(self._colours)[chosen]
        return Part(
            triangles=kept_array(triangles.astype(np.uint32)),
            positions=in_gltf(taken.reshape(-1, 3)),
            normals=in_gltf(np.repeat(normals, 4, axis=0)),
            uvs=(kept_array(np.array(self._uvs, np.float32)[chosen].reshape(-1, 2)), None),
            colours=kept_array(np.repeat(colours, 4, axis=0).astype(np.float32)),
            material=material,
        )


def in_gltf(places: NDArray[np.float64]) -> Floats:
    """Places of the stage's axes in those of glTF: (n, 3)."""
    return kept_array(np.stack([places[:, 0], places[:, 2], -places[:, 1]], axis=1).astype(np.float32))


def in_stage(places: Floats) -> NDArray[np.float64]:
    """Places of glTF's axes in those of the stage: (n, 3)."""
    x, up, back = places.astype(np.float64).T
    return np.stack([x, -back, up], axis=1)
