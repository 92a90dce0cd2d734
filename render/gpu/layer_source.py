"""What passes need to evaluate the light of a layer along rays."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import moderngl

from render.gpu.passes import Uniform

TextureOf = Callable[[str, str], moderngl.Texture | None]
"""Gives the texture of a picture by the SHA-256 of its file and its colour space; None where it is not on the GPU."""


class LayerSource(NamedTuple):
    """What a pass needs to evaluate light along rays.

    `kind` names the file in `shaders/worlds` that is included as "worlds/layer.glsl"; `defines` choose a variant of it,
    `values` and `textures` are its uniforms. `gain` is a texel that mended light is multiplied by, in
    `common/mends.glsl`.
    """

    kind: str
    defines: tuple[str, ...]
    values: Mapping[str, Uniform]
    textures: Mapping[str, moderngl.Texture]
    gain: moderngl.Texture | None = None

    @property
    def file(self) -> str:
        """The shader file of this kind."""
        return f"worlds/{self.kind}.glsl"
