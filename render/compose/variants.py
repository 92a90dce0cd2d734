"""The shaders that compose walls, in the variants that plans need; each is compiled when it is first drawn with."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, Protocol

import moderngl

from render.compose.cards import CardPasses
from render.compose.guide_hiding import HidingPasses
from render.gpu.passes import ANY_LAYER, Pass, Textures, Uniform

ROOMS = (0, 1, 4)
"""How many cameras a variant can have room for: a number that the compiler knows costs half of one that it does not."""
MOST_CAMERAS = ROOMS[-1]


class Variant(NamedTuple):
    """What `common/wall_light.glsl` does in one pass.

    `source` is RAY, LIGHT or PICTURES; RAY evaluates the layer in the shader file `layer`. `options` are what else the
    file expects to be defined: the layer's own, reprojection, TONED, MARKS, CARDS, BEHIND, MENDED.
    """

    cameras: int
    source: str
    layer: str = ""
    options: tuple[str, ...] = ()

    def defines(self) -> tuple[str, ...]:
        """The definitions that choose this variant."""
        return (f"CAMERAS {self.cameras}", self.source, *self.options)

    def with_options(self, options: Sequence[str]) -> Variant:
        """The same with these options."""
        return self._replace(options=tuple(options))


class Names(Protocol):
    """What is given to a pass, by name."""

    @property
    def values(self) -> Mapping[str, Uniform]:
        """Its uniforms."""

    @property
    def textures(self) -> Textures:
        """Its textures."""


class ComposePasses:
    """The composing shaders of one context, shared by all walls of a stage."""

    def __init__(self, context: moderngl.Context) -> None:
        self._context = context
        self._passes: dict[tuple[str, Variant], Pass] = {}

    def drawing(self, fragment: str, variant: Variant, names: Names) -> Pass:
        """The pass of the shader file `fragment` in this variant; `names` has its uniforms and textures."""
        found = self._passes.get((fragment, variant))
        if found is None:
            found = self._passes[fragment, variant] = Pass(
                self._context,
                fragment,
                uniforms=tuple(names.values),
                textures=tuple(names.textures),
                defines=variant.defines(),
                layer=variant.layer or ANY_LAYER,
            )
        return found


def room_for(cameras: int) -> int:
    """The number of cameras of the smallest variant that holds these."""
    return next(room for room in ROOMS if room >= cameras)


class WallPasses:
    """The shaders that walls share in one context."""

    def __init__(self, context: moderngl.Context) -> None:
        self.outer = Pass(context, "outer_on_wall.frag", uniforms=("outer_eye",), textures=("positions", "outer"))
        self.cards = CardPasses(context)
        self.hiding = HidingPasses(context)
        self.compose = ComposePasses(context)
        self.finish_pictures: Callable[[], None] = _nothing
        """Called before a wall looks into pictures that were drawn for the frame, once all else is ready."""


def _nothing() -> None:
    pass
