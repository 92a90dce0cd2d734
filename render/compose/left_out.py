"""What of a wall's summed light is not drawn: LEDs that layers before the last one cover, and tiles that are kept.

What is covered is told by depth, which is tested before a pixel is shaded. A software renderer goes through a shader
wherever one of a few pixels needs it, and through both sides of its branches, but leaves out pixels that the test has
refused. What is kept is a scene as the outer eye sees it, which changes seldom.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import moderngl
import numpy as np
from numpy.typing import NDArray

from render.colour.matrices import multiply
from render.compose.air import AiredWorld
from render.compose.regions import WallTiles
from render.compose.scene import Scene

COVERED = "COVERED"
"""Chooses the variant of a pass that draws only LEDs of which nothing is left for the last layer."""


def may_hide(world: AiredWorld) -> bool:
    """Whether LEDs may show nothing of the world's last layer."""
    return any(layer.opacity >= 1.0 for layer in world.layers[:-1])


@contextmanager
def by_depth(context: moderngl.Context, framebuffer: moderngl.Framebuffer) -> Iterator[None]:
    """Draws every pixel once: what is drawn first keeps it."""
    framebuffer.color_mask = (False, False, False, False)
    framebuffer.clear(depth=1.0)
    framebuffer.color_mask = (True, True, True, True)
    context.enable(moderngl.DEPTH_TEST)
    try:
        yield
    finally:
        context.disable(moderngl.DEPTH_TEST)


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
