"""What of a wall is not drawn: LEDs of its summed light that layers before the last one cover, and tiles that are kept.

What is covered is told by depth, which is tested before a pixel is shaded. A software renderer goes through a shader
wherever one of a few pixels needs it, and through both sides of its branches, but leaves out pixels that the test has
refused. What is kept is what the outer eye alone sees, which changes seldom: it stands still, a film that is shown on a
faster wall has the same frame in two slots of three, and a picture always.
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
from render.plan.inner import InnerPlan
from tracking.records import Vec3

_NOWHERE = np.zeros((0, 4), np.float32)
Key = tuple[object, ...]

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


class KeptTiles:
    """The tiles of a wall that hold what the outer eye alone sees, and what that follows from."""

    def __init__(self, tiles: WallTiles) -> None:
        self._tiles = tiles
        self._key: Key | None = None
        self._holds = np.zeros(len(tiles.radii), bool)

    def missing(self, key: Key | None, inners: Sequence[InnerPlan]) -> Tiles | None:
        """The tiles that must be drawn for all to hold what follows from `key`; None for all of them.

        Whoever asks draws them all. Without a key nothing is kept.
        """
        before, known = self._key, self._holds
        self._key, self._holds = key, self._tiles.outside(inners)
        return None if key is None or key != before else ~(known & self._holds)


class KeptOuter:
    """The same of the summed light of one 3D scene, of which each face around the outer eye changes by itself."""

    def __init__(self, tiles: WallTiles) -> None:
        self._tiles = tiles
        self._kept = KeptTiles(tiles)
        self._around: AroundFaces | None = None
        self._behind: tuple[object, NDArray[np.bool_]] = (None, np.zeros((6, 0), bool))

    def missing(
        self, scene: Scene, worlds: Sequence[AiredWorld], *, may_keep: bool, shown_by: Key = ()
    ) -> Tiles | None:
        """The tiles in which the sum must be drawn for it to hold these worlds; None for all of them.

        Whoever asks draws them all. `shown_by` is what else they follow from.
        """
        before, self._around = self._around, _around(scene, worlds) if may_keep else None
        key = None if self._around is None else (*_key(scene, worlds), *shown_by)
        missing = self._kept.missing(key, scene.inners)
        if self._around is None:
            return None
        if missing is None or before is None:
            return np.ones(len(self._tiles.radii), bool)
        changed = [one is not other for one, other in zip(self._around.versions, before.versions, strict=True)]
        return missing | self._behind_faces(scene.outer_eye_m, self._around.face_px)[changed].any(axis=0)

    def _behind_faces(self, eye_m: Vec3, face_px: int) -> NDArray[np.bool_]:
        if self._behind[0] != (eye_m, face_px):
            self._behind = ((eye_m, face_px), tiles_behind_faces(self._tiles, eye_m, face_px))
        return self._behind[1]


class KeptShown:
    """What is kept on the wall itself, as codes: of one 3D scene where nothing is left for the layers behind, or else
    of all that the outer eye sees.
    """

    def __init__(self, tiles: WallTiles) -> None:
        self._tiles = tiles
        self._before: KeptOuter | KeptTiles | None = None
        self._kept: KeptOuter | KeptTiles | None = None

    def begin(self) -> None:
        """Whoever draws on the wall says so first: nothing stays there but what is then asked for."""
        self._before, self._kept = self._kept, None

    def forget(self) -> None:
        """Nothing stays there in the next frame: a picture has changed."""
        self._kept = None

    def missing(self, finish: Finish, scene: Scene, worlds: Sequence[AiredWorld]) -> Tiles | None:
        """The tiles in which the light of these worlds, one scene, must be shown; None for all of them."""
        if isinstance(self._kept, KeptTiles):
            return None
        kept = self._kept = self._before if isinstance(self._before, KeptOuter) else KeptOuter(self._tiles)
        return kept.missing(scene, worlds, may_keep=True, shown_by=_finish_key(finish))

    def unseen(self, finish: Finish, scene: Scene, worlds: Sequence[AiredWorld], cards: Key) -> Tiles | None:
        """The tiles in which all that these worlds show must be drawn; None for all of them. `cards` tells those over
        them from others. What it has to do with then, `missing` has not.
        """
        key = _outer_key(scene, worlds)
        if key is None:
            return None
        kept = self._kept = self._before if isinstance(self._before, KeptTiles) else KeptTiles(self._tiles)
        return kept.missing((*key, *_finish_key(finish), *cards), scene.inners)

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


def _key(scene: Scene, worlds: Sequence[AiredWorld]) -> Key:
    """What the sum follows from besides."""
    return tuple(
        (scene.outer_eye_m, multiply(world.outer, layer.matrix), layer.opacity, world.share)
        for world in worlds
        for layer in world.layers
    )


def _outer_key(scene: Scene, worlds: Sequence[AiredWorld]) -> Key | None:
    """What everything follows from that the outer eye alone sees; None where that is not known.

    A film that is late shows the same as before, whatever is planned, and so its plan does not count.
    """
    sources = [layer.source for world in worlds for layer in world.layers]
    if scene.weather is not None or scene.guide is not None or any(source.looks is not None for source in sources):
        return None
    is_known = all(source.holds is not None for source in sources)
    return (worlds, None if is_known else scene.air, scene.outer_eye_m)


def _finish_key(finish: Finish) -> Key:
    """What codes follow from besides."""
    return (finish.fragment, finish.result_from_world, sorted(finish.values.items()))
