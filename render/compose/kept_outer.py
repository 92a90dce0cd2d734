"""What is kept of a wall's summed light from frame to frame: a scene as the outer eye sees it, which changes seldom."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from render.colour.matrices import multiply
from render.compose.air import AiredWorld
from render.compose.regions import WallTiles
from render.compose.scene import Scene


class KeptOuter:
    """The tiles of a wall where its summed light is what the outer eye alone sees of one scene, and of which one."""

    def __init__(self, tiles: WallTiles) -> None:
        self._tiles = tiles
        self._key: tuple[object, ...] | None = None
        self._holds = np.zeros(len(tiles.radii), bool)

    def missing(self, scene: Scene, worlds: Sequence[AiredWorld], *, may_keep: bool) -> NDArray[np.bool_] | None:
        """The tiles in which the sum must be drawn for it to hold these worlds; None for all of them.

        Whoever asks draws them all.
        """
        key = _key(scene, worlds) if may_keep else None
        before, self._key = self._key, key
        if key is None:
            return None
        held = self._holds & (key == before)
        self._holds = self._tiles.outside(scene.inners)
        return ~(held & self._holds)


def _key(scene: Scene, worlds: Sequence[AiredWorld]) -> tuple[object, ...] | None:
    """All that the sum follows from where the outer eye is alone; None where that is not known or has more layers."""
    if len(worlds) != 1 or len(worlds[0].layers) != 1:
        return None
    world, layer = worlds[0], worlds[0].layers[0]
    looks = layer.source.looks
    if layer.source.version is None or layer.has_own_pass or looks is None:
        return None
    if any(look.eye_m == scene.outer_eye_m for look in looks):
        return None
    matrix = multiply(world.outer, layer.matrix)
    return (layer.source.version, scene.outer_eye_m, matrix, layer.opacity, world.share)
