"""What of a wall is kept from frame to frame: what the outer eye alone sees, which changes seldom.

That eye stands still. A film of 24 frames a second changes in two of five frames of a wall of 60, a picture never. What
the cameras see of a wall is drawn in each frame: they move.
"""

from __future__ import annotations

from collections.abc import Sequence

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

Key = tuple[object, ...]
"""What something follows from: where it is equal, so is that."""
_NOWHERE = np.zeros((0, 4), np.float32)


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

    def due(self, finish: Finish, scene: Scene, worlds: Sequence[AiredWorld], cards: Key) -> Tiles | None:
        """The tiles in which all that these worlds show must be drawn; None for all of them. `cards` tells those over
        them from others. What has tiles of its own here has none for `missing`.
        """
        key = None if scene.pictures is not None else _shown_key(finish, scene, worlds, cards)
        if key is None:
            return None
        kept = self._kept = self._before if isinstance(self._before, KeptTiles) else KeptTiles(self._tiles)
        return kept.missing(key, scene.inners)

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


def _shown_key(finish: Finish, scene: Scene, worlds: Sequence[AiredWorld], cards: Key) -> Key | None:
    """What everything follows from that the outer eye alone sees; None where that is not known.

    What is on air counts only where the worlds do not tell enough: a film that is late shows the same as before,
    whatever is planned.
    """
    sources = [layer.source for world in worlds for layer in world.layers]
    if scene.weather is not None or scene.guide is not None or any(source.looks is not None for source in sources):
        return None
    is_known = all(source.holds is not None for source in sources)
    return (None if is_known else scene.air, worlds, scene.outer_eye_m, *_finish_key(finish), *cards)


def _finish_key(finish: Finish) -> Key:
    """What codes follow from besides."""
    return (finish.fragment, finish.result_from_world, sorted(finish.values.items()))
