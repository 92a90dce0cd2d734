"""Layers one behind the other: each adds its light to what those before it have left open."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import moderngl

from render.compose.air import AiredLayer, AiredWorld
from render.compose.scene import Ready
from render.gpu.context import fill_black

Draw = Callable[[AiredWorld, AiredLayer, float], None]
"""Draws one layer. The last argument is `fill` of `common/blended.glsl`."""
_BEHIND = -1.0


def blend(context: moderngl.Context, target: moderngl.Framebuffer, worlds: Sequence[AiredWorld], draw: Draw) -> None:
    """Sums the light of `worlds` in `target`.

    The alpha of `target` is what is still to be filled of a world's share: each layer adds its light times that, and
    leaves less of it. The first layer fills a target that needs no clearing, but for one that is not shown everywhere.
    """
    drawn = False
    for world in worlds:
        if drawn and world.layers:
            _begin(target, world.share)
        elif world.layers and world.layers[0].source.only_in is not None:
            target.use()
            target.clear(alpha=world.share)
            drawn = True
        for layer in world.layers:
            if drawn:
                with _behind_what_is_there(context):
                    draw(world, layer, _BEHIND)
            else:
                draw(world, layer, world.share)
            drawn = True
    if not drawn:
        fill_black(target)


def blend_ready(
    context: moderngl.Context, target: moderngl.Framebuffer, worlds: Sequence[AiredWorld], layers: Sequence[list[Ready]]
) -> None:
    """The same with passes that have only to be drawn, for each layer of the worlds in turn."""
    left = iter(layers)

    def draw(_world: AiredWorld, _layer: AiredLayer, fill: float) -> None:
        for ready in next(left):
            ready.draft.values["fill"] = fill
            ready.draw()

    blend(context, target, worlds, draw)


def _begin(target: moderngl.Framebuffer, share: float) -> None:
    """Makes room for another world's share."""
    target.use()
    target.color_mask = (False, False, False, True)
    target.clear(alpha=share)
    target.color_mask = (True, True, True, True)


@contextmanager
def _behind_what_is_there(context: moderngl.Context) -> Iterator[None]:
    context.enable(moderngl.BLEND)
    context.blend_func = (moderngl.DST_ALPHA, moderngl.ONE, moderngl.ZERO, moderngl.ONE_MINUS_SRC_ALPHA)  # type: ignore[assignment]  # its stub knows only pairs
    try:
        yield
    finally:
        context.disable(moderngl.BLEND)
