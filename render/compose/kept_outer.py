"""What is kept of a wall's summed light from frame to frame: a scene as the outer eye sees it, which changes seldom."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from render.colour.matrices import multiply
from render.compose.air import AiredWorld
from render.compose.regions import Rectangles, WallTiles
from render.compose.scene import Finish, Scene

_NOWHERE = np.zeros((0, 4), np.float32)


class KeptOuter:
    """The tiles of a wall where its summed light is what the outer eye alone sees of one scene, and of which one."""

    def __init__(self, tiles: WallTiles) -> None:
        self._tiles = tiles
        self._key: tuple[object, ...] | None = None
        self._holds = np.zeros(len(tiles.radii), bool)

    def missing(
        self, scene: Scene, worlds: Sequence[AiredWorld], *, may_keep: bool, shown_by: tuple[object, ...] = ()
    ) -> NDArray[np.bool_] | None:
        """The tiles in which the sum must be drawn for it to hold these worlds; None for all of them.

        Whoever asks draws them all. `shown_by` is what else they follow from.
        """
        key = _key(scene, worlds) if may_keep else None
        key = None if key is None else (*key, *shown_by)
        before, self._key = self._key, key
        if key is None:
            return None
        held = self._holds & (key == before)
        self._holds = self._tiles.outside(scene.inners)
        return ~(held & self._holds)


class KeptShown:
    """What is kept of that on the wall itself, as codes, where nothing is left for the layers behind."""

    def __init__(self, tiles: WallTiles) -> None:
        self._tiles = tiles
        self._before: KeptOuter | None = None
        self._kept: KeptOuter | None = None

    def begin(self) -> None:
        """Whoever draws on the wall says so first: nothing stays there but what is then asked for."""
        self._before, self._kept = self._kept, None

    def missing(self, finish: Finish, scene: Scene, worlds: Sequence[AiredWorld]) -> Rectangles | None:
        """Where the sum of these worlds must be shown; None for everywhere."""
        self._kept = self._before or KeptOuter(self._tiles)
        shown_by = (finish.fragment, finish.result_from_world, sorted(finish.values.items()))
        due = self._kept.missing(scene, worlds, may_keep=True, shown_by=shown_by)
        if due is None:
            return None
        return np.concatenate([_NOWHERE, *(region.rectangles for region in self._tiles.regions((), due))])


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
