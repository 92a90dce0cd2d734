"""What the layers before leave of the last one: where that is nothing, it is not evaluated.

It is told by depth, which is tested before a pixel is shaded. A software renderer goes through a shader wherever one of
a few pixels needs it, and through both sides of its branches, but leaves out pixels that the test has refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import moderngl

from render.compose.air import AiredWorld

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
