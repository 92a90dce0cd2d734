"""What passes need to evaluate the light of a layer along rays."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

import moderngl

from render.gpu.passes import Textures, Uniform
from tracking.records import Vec3

TextureOf = Callable[[str, str], moderngl.Texture | None]
"""Gives the texture of a picture by the SHA-256 of its file and its colour space; None where it is not on the GPU."""


class Opening(NamedTuple):
    """Directions in which a layer shows nothing but what a cheaper form of it shows too.

    `layer_from_stage` has the picture's right, ahead and up as rows, column by column; `edges` are left, bottom, right
    and top of what is inside by that, in radians, of turn and elevation, or with `is_flat` tangents. Directions are
    from `viewpoint_m`, and no light is closer to that than `nearest_m`; inf at infinity, where only a ray's direction
    counts.
    """

    layer_from_stage: tuple[float, ...]
    edges: tuple[float, float, float, float]
    viewpoint_m: Vec3 = (0.0, 0.0, 0.0)
    nearest_m: float = math.inf
    is_flat: bool = False


LOOK_ROOMS = (0, 1, 2, 5)
"""How many looks a shader can have room for: those of all cameras of a pass, and of the outer eye."""
LOOK_NEAR_M = 0.1
_NO_LOOK = (0.0,) * 9


class Look(NamedTuple):
    """A picture of a layer as one eye sees it, drawn for the frame, its light multiplied by its cover in alpha.

    `picture_from_stage` (column by column) takes a ray from `eye_m` to x, y and z: where z is above 0, its place is x/z
    across and y/z down the picture, in shares of that. `taps_per_tangent` is how many times a bilinear tap fits into a
    tangent of 1. Of one that has just the LEDs of a wall, `wall` is its name. `depth`, where somebody looks into
    pictures of this one from elsewhere, is 1 less `LOOK_NEAR_M` over the distance of what is seen along its axis.
    `is_outer`: the eye is the outer one, even where a camera has the same place.
    """

    eye_m: Vec3
    picture_from_stage: tuple[float, ...]
    taps_per_tangent: float
    texture: moderngl.Texture
    wall: str = ""
    depth: moderngl.Texture | None = None
    is_outer: bool = False


class AroundFaces(NamedTuple):
    """The faces of a cube map around the outer eye, `face_px` wide; of each of `versions` it is another one where the
    face has changed.
    """

    face_px: int
    versions: tuple[object, ...]


class LayerSource(NamedTuple):
    """What a pass needs to evaluate light along rays.

    `kind` names the file in `shaders/worlds` that is included as "worlds/layer.glsl"; `defines` choose a variant of it,
    `values` and `textures` are its uniforms. `gain` is a texel that mended light is multiplied by, in
    `common/mends.glsl`. `inside` is the same layer, cheaper, for whoever looks only into an opening of it. `behind` is
    what else there is of the same layer, each seen through what those before leave of it; `alone` is the same, cheaper,
    where none of those shows anything, and `beside` is both in one, by the `only_in` of each of those with which there
    is such a form, where only these two do. `opacity` stands in place of the layer's, None for that. Outside of
    `only_in` it shows nothing. `looks` are the pictures of a layer that is looked up in pictures; None of any other.
    `around` tells what is around the outer eye of such a layer from what was there before; None where that is not
    known. `holds` is what the textures hold, another one where that is something else; None where a plan tells more.
    """

    kind: str
    defines: tuple[str, ...]
    values: Mapping[str, Uniform]
    textures: Textures
    gain: moderngl.Texture | None = None
    inside: tuple[Opening, LayerSource] | None = None
    behind: tuple[LayerSource, ...] = ()
    opacity: float | None = None
    only_in: Opening | None = None
    looks: tuple[Look, ...] | None = None
    around: AroundFaces | None = None
    alone: LayerSource | None = None
    beside: Mapping[Opening, LayerSource] = MappingProxyType({})
    holds: tuple[object, ...] | None = None

    def gained(self, gain: moderngl.Texture) -> LayerSource:
        """The same with this gain everywhere."""
        return self._replace(gain=gain, behind=tuple(one._replace(gain=gain) for one in self.behind))

    def seen_from(
        self, cameras: Iterable[Vec3], outer_eye_m: Vec3 | None = None, wall: str = "", *, is_within: bool = False
    ) -> LayerSource:
        """The same for these cameras' eyes and the outer eye alone, before a wall: with as many of their looks as a
        shader has room for. None: the outer eye sees nothing of it.

        `is_within`: all that is asked lies in those looks, so that what is around the outer eye is not needed.
        """
        if self.looks is None:
            return self
        wanted = frozenset(cameras)
        before = [look for look in self.looks if look.wall in ("", wall)]
        looks = [look for look in before if (look.eye_m == outer_eye_m if look.is_outer else look.eye_m in wanted)]
        return self.with_looks(looks[: LOOK_ROOMS[-1]], is_within=is_within)

    def with_looks(self, looks: Sequence[Look], *, is_within: bool) -> LayerSource:
        """The same with these looks."""
        room = next(room for room in LOOK_ROOMS if room >= len(looks))
        defines = (*self.defines, f"LOOKS {room}", *(() if is_within and looks else ("AROUND",)))
        if not looks:
            return self._replace(defines=defines, looks=None)
        spare = room - len(looks)
        values: dict[str, Uniform] = {
            "look_eye": [look.eye_m for look in looks] + [(0.0, 0.0, 0.0)] * spare,
            "look_detail": [look.taps_per_tangent for look in looks] + [1.0] * spare,
        }
        if room == 1:
            values["given_look"] = looks[0].picture_from_stage
        else:
            values["look_from_stage"] = [look.picture_from_stage for look in looks] + [_NO_LOOK] * spare
        pictures = [look.texture for look in looks]
        textures: Textures = {**self.textures, "looks": pictures + pictures[:1] * spare}
        depths = [look.depth for look in looks if look.depth is not None]
        if depths:
            defines = (*defines, "DEPTHS")
            textures = {**textures, "look_depths": depths + depths[:1] * (room - len(depths))}
            values["look_near"] = LOOK_NEAR_M
        return self._replace(defines=defines, values={**self.values, **values}, textures=textures, looks=None)

    def apart(self, camera: Vec3) -> LayerSource:
        """The same for one camera's eye and the outer eye, cheaper where only the camera has a picture of its own."""
        is_apart = self.values.get("look_eye") == [camera] and "AROUND" in self.defines
        return self._replace(defines=(*self.defines, "APART")) if is_apart else self

    def together_with(self, other: LayerSource) -> LayerSource | None:
        """Both in one, of parts of a layer, where only these two show anything; None where there is no such form."""
        return None if other.only_in is None else self.beside.get(other.only_in)

    @property
    def file(self) -> str:
        """The shader file of this kind."""
        return f"worlds/{self.kind}.glsl"
