"""What passes need to evaluate the light of a layer along rays."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import NamedTuple

import moderngl

from render.gpu.passes import Uniform
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


class LayerSource(NamedTuple):
    """What a pass needs to evaluate light along rays.

    `kind` names the file in `shaders/worlds` that is included as "worlds/layer.glsl"; `defines` choose a variant of it,
    `values` and `textures` are its uniforms. `gain` is a texel that mended light is multiplied by, in
    `common/mends.glsl`. `inside` is the same layer, cheaper, for whoever looks only into an opening of it. `behind` is
    what else there is of the same layer, each seen through what those before leave of it. `opacity` stands in place of
    the layer's, None for that. Outside of `only_in` it shows nothing.
    """

    kind: str
    defines: tuple[str, ...]
    values: Mapping[str, Uniform]
    textures: Mapping[str, moderngl.Texture]
    gain: moderngl.Texture | None = None
    inside: tuple[Opening, LayerSource] | None = None
    behind: tuple[LayerSource, ...] = ()
    opacity: float | None = None
    only_in: Opening | None = None

    def gained(self, gain: moderngl.Texture) -> LayerSource:
        """The same with this gain everywhere."""
        return self._replace(gain=gain, behind=tuple(one._replace(gain=gain) for one in self.behind))

    @property
    def file(self) -> str:
        """The shader file of this kind."""
        return f"worlds/{self.kind}.glsl"
