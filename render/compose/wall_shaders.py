"""The shaders that all walls of a context share."""

from __future__ import annotations

import moderngl

from render.compose.cards import CardPasses
from render.compose.variants import ComposePasses
from render.gpu.passes import Pass


class WallPasses:
    """The shaders that walls share in one context."""

    def __init__(self, context: moderngl.Context) -> None:
        self.outer = Pass(context, "outer_on_wall.frag", uniforms=("outer_eye",), textures=("positions", "outer"))
        self.cards = CardPasses(context)
        self.compose = ComposePasses(context)
