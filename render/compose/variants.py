"""The shaders that compose walls, in the variants that plans need; each is compiled when it is first drawn with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import moderngl

from render.gpu.passes import Pass, Textures, Uniform

ROOMS = (0, 1, 2, 4, 8)
"""How many cameras a variant can have room for: a number that the compiler knows costs half as much as one it does not."""
MOST_CAMERAS = ROOMS[-1]


class Variant(NamedTuple):
    """What `common/wall_light.glsl` does in one pass.

    `source` is RAY, LIGHT or PICTURES; RAY evaluates the layer in the shader file `layer`. `options` are what else the
    file expects to be defined: the layer's own, reprojection, TONED, MARKS, CARDS, BEHIND, CONTRAST.
    """

    cameras: int
    source: str
    layer: str = ""
    options: tuple[str, ...] = ()

    def defines(self) -> tuple[str, ...]:
        """The definitions that choose this variant."""
        return (f"CAMERAS {self.cameras}", self.source, *self.options)


class ComposePasses:
    """The composing shaders of one context, shared by all walls of a stage."""

    def __init__(self, context: moderngl.Context) -> None:
        self._context = context
        self._passes: dict[tuple[str, Variant], Pass] = {}

    def draw(
        self,
        fragment: str,
        variant: Variant,
        target: moderngl.Framebuffer,
        values: Mapping[str, Uniform],
        textures: Textures,
    ) -> None:
        """Covers `target` with what the shader file `fragment` makes of the wall's light."""
        found = self._passes.get((fragment, variant))
        if found is None:
            layer = {"layer": variant.layer} if variant.layer else {}
            found = self._passes[fragment, variant] = Pass(
                self._context,
                fragment,
                uniforms=tuple(values),
                textures=tuple(textures),
                defines=variant.defines(),
                **layer,
            )
        found.draw(target, values, textures)


def room_for(cameras: int) -> int:
    """The number of cameras of the smallest variant that holds these."""
    return next(room for room in ROOMS if room >= cameras)
