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
from render.compose.regions import Rectangles, Tiles, WallTiles
from render.compose.scene import Finish, Scene
from render.compose.wall_views import tiles_behind_faces
from render.gpu.layer_source import AroundFaces
from tracking.records import Vec3

_NOWHERE = np.zeros((0, 4), np.float32)

COVERED = "COVERED"
"""Chooses the variant of a pass that draws only LEDs of which nothing is left for the last layer."""


def may_hide(before: AiredWorld) -> bool:
    """Whether LEDs may show nothing of what lies behind these layers of a world."""
    return any(layer.opacity >= 1.0 for layer in before.layers)


def hides_directly(before: Sequence[AiredWorld]) -> bool:
    """Whether these layers are one scene that hides what is behind it, whose light needs no sum and one grade."""
    layers = [layer for world in before for layer in world.layers]
    is_scene = len(layers) == 1 and layers[0].source.looks is not None and not layers[0].has_own_pass
    return is_scene and before[-1].inner == before[-1].outer


@contextmanager
def by_depth(
    context: moderngl.Context, framebuffer: moderngl.Framebuffer, rectangles: Rectangles | None
) -> Iterator[None]:
    """Draws what is drawn first over all in these rectangles, in None over everything, and the rest where that is not.

    Outside of them what was drawn first an earlier time still is. `left_open` begins the rest.
    """
    framebuffer.color_mask = (False, False, False, False)
    for viewport in _viewports(framebuffer.size, rectangles):
        framebuffer.clear(depth=1.0, viewport=viewport)
    framebuffer.color_mask = (True, True, True, True)
    context.enable(moderngl.DEPTH_TEST)
    try:
        yield
    finally:
        framebuffer.depth_mask = True
        context.disable(moderngl.DEPTH_TEST)


def left_open(framebuffer: moderngl.Framebuffer) -> None:
    """From now on draws where nothing was drawn first, and leaves that as it is known."""
    framebuffer.depth_mask = False


def _viewports(size_px: tuple[int, int], rectangles: Rectangles | None) -> Iterator[tuple[int, int, int, int]]:
    if rectangles is None:
        yield (0, 0, *size_px)
        return
    sides = np.rint((0.5 + 0.5 * rectangles) * np.array([*size_px, *size_px])).astype(int)
    for left, top, right, bottom in sides.tolist():
        yield (left, top, right - left, bottom - top)


class KeptOuter:
    """The tiles of a wall where its summed light is what the outer eye alone sees of one scene, and of which one."""

    def __init__(self, tiles: WallTiles) -> None:
        self._tiles = tiles
        self._key: tuple[object, ...] | None = None
        self._around: AroundFaces | None = None
        self._behind: tuple[object, NDArray[np.bool_]] = (None, np.zeros((6, 0), bool))
        self._holds = np.zeros(len(tiles.radii), bool)

    def missing(
        self, scene: Scene, worlds: Sequence[AiredWorld], *, may_keep: bool, shown_by: tuple[object, ...] = ()
    ) -> NDArray[np.bool_] | None:
        """The tiles in which the sum must be drawn for it to hold these worlds; None for all of them.

        Whoever asks draws them all. `shown_by` is what else they follow from.
        """
        around, key = (_around(scene, worlds), (*_key(scene, worlds), *shown_by)) if may_keep else (None, None)
        before, known = (self._around, self._key), self._holds
        self._around, self._key = around, key
        if around is None:
            return None
        self._holds = self._tiles.outside(scene.inners)
        if key != before[1] or before[0] is None:
            return np.ones_like(known)
        changed = [one is not other for one, other in zip(around.versions, before[0].versions, strict=True)]
        return ~(known & self._holds) | self._behind_faces(scene.outer_eye_m, around.face_px)[changed].any(axis=0)

    def _behind_faces(self, eye_m: Vec3, face_px: int) -> NDArray[np.bool_]:
        if self._behind[0] != (eye_m, face_px):
            self._behind = ((eye_m, face_px), tiles_behind_faces(self._tiles, eye_m, face_px))
        return self._behind[1]


class KeptShown:
    """What is kept of that on the wall itself, as codes, where nothing is left for the layers behind."""

    def __init__(self, tiles: WallTiles) -> None:
        self._tiles = tiles
        self._before: KeptOuter | None = None
        self._kept: KeptOuter | None = None

    def begin(self) -> None:
        """Whoever draws on the wall says so first: nothing stays there but what is then asked for."""
        self._before, self._kept = self._kept, None

    def missing(self, finish: Finish, scene: Scene, worlds: Sequence[AiredWorld]) -> Tiles | None:
        """The tiles in which the light of these worlds must be shown; None for all of them."""
        self._kept = self._before or KeptOuter(self._tiles)
        shown_by = (finish.fragment, finish.result_from_world, sorted(finish.values.items()))
        return self._kept.missing(scene, worlds, may_keep=True, shown_by=shown_by)

    def rectangles(self, due: Tiles | None) -> Rectangles | None:
        """The same as few rectangles."""
        if due is None:
            return None
        return np.concatenate([_NOWHERE, *(region.rectangles for region in self._tiles.regions((), due))])


def _around(scene: Scene, worlds: Sequence[AiredWorld]) -> AroundFaces | None:
    """What the sum shows where the outer eye is alone; None where that is not known or has more layers."""
    if len(worlds) != 1 or len(worlds[0].layers) != 1:
        return None
    layer = worlds[0].layers[0]
    looks = layer.source.looks
    if layer.has_own_pass or looks is None or any(look.eye_m == scene.outer_eye_m for look in looks):
        return None
    return layer.source.around


def _key(scene: Scene, worlds: Sequence[AiredWorld]) -> tuple[object, ...]:
    """What the sum follows from besides."""
    return tuple(
        (scene.outer_eye_m, multiply(world.outer, layer.matrix), layer.opacity, world.share)
        for world in worlds
        for layer in world.layers
    )
