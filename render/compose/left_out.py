"""LEDs that are left out of a wall's summed light: those that layers before the last one cover.

That is told by depth, which is tested before a pixel is shaded. A software renderer goes through a shader wherever one
of a few pixels needs it, and through both sides of its branches, but leaves out pixels that the test has refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import moderngl
import numpy as np

from render.compose.air import AiredWorld
from render.compose.regions import Rectangles

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
